#include "client/attest.h"

#include <algorithm>

#include "client/dataset.h"
#include "client/derive.h"

namespace jangbu::client {
namespace {

void encode_file(bcs::Encoder& encoder, const LineageFile& file) {
    encoder(file.bytes);
    encoder(file.sha256);
}

// Which of the two runs' facts differ first, for the person who has to find out why.
std::string lineage_difference(const Lineage& theirs, const Lineage& own) {
    if (theirs.plan_digest != own.plan_digest) return "another plan";
    if (theirs.key_digest != own.key_digest) return "another key of pseudonyms";
    if (theirs.input.sha256 != own.input.sha256) return "another input";
    if (theirs.outputs.size() != own.outputs.size()) return "another number of files";
    return "another output";
}

// The own right to each parent, in the order of the lineage.
Result<std::vector<market::DataRight>> rights_to(Session& session,
                                                 const std::vector<ProvenParent>& parents,
                                                 const std::vector<OrderId>& orders) {
    std::vector<market::OrderPublic> bought;
    for (const OrderId& id : orders)
        bought.push_back(
            TRY(session.proven_record<market::OrderPublic>(market::order_public_key(id), "order")));
    std::vector<market::DataRight> rights;
    for (const ProvenParent& parent : parents) {
        if (parent.record.registrant == session.org()) {
            rights.emplace_back(market::Own{});
            continue;
        }
        const auto order =
            std::ranges::find(bought, parent.record.id, &market::OrderPublic::dataset);
        if (order == bought.end())
            return fail(ErrorCode::usage, "name the order by which " + parent.record.id.hex() +
                                              " was bought with --order");
        rights.emplace_back(order->id);
    }
    return rights;
}

std::string label_of(const DatasetId& dataset, const market::AttestDataset& operation) {
    static const crypto::Tag tag("jangbu/client/act/v1");
    const Hash act = tag({dataset.bytes, bcs::encode(market::Operation(operation))});
    return "attest-" + to_hex(ByteView(act).first(16));
}

}  // namespace

Hash rerun_digest(const Lineage& lineage) {
    static const crypto::Tag tag("jangbu/rerun/v1");
    bcs::Encoder encoder;
    encoder(lineage.plan_digest);
    encoder(lineage.key_digest);
    encode_file(encoder, lineage.input);
    encoder.uleb(static_cast<u32>(lineage.outputs.size()));
    for (const LineageFile& output : lineage.outputs) encode_file(encoder, output);
    return tag({encoder.out()});
}

Result<Lineage> published_lineage(Session& session, const market::Dataset& derived) {
    if (!derived.process)
        return fail(ErrorCode::not_found, "the dataset was registered without a lineage record");
    const ledger::Document document = TRY(session.node().document(derived.process->hash));
    if (document.media_type != lineage_media_type)
        return fail(ErrorCode::not_found, "its process document is no lineage record");
    return read_lineage(as_text(document.bytes));
}

Result<Posted> attest_rerun(Session& session, const DatasetId& dataset, const Lineage& own,
                            const std::vector<OrderId>& orders) {
    const market::Dataset record = TRY(proven_dataset(session, dataset));
    const Lineage theirs = TRY(published_lineage(session, record));
    market::AttestDataset operation;
    operation.dataset = dataset;
    operation.kind = static_cast<u8>(market::AttestationKind::rerun);
    operation.result = rerun_digest(own);
    if (operation.result != rerun_digest(theirs))
        return fail(
            ErrorCode::verification_failed,
            "the runs differ: " + lineage_difference(theirs, own) + "; nothing was attested");
    const std::vector<ProvenParent> parents = TRY(proven_parents(session, dataset));
    operation.rights = TRY(rights_to(session, parents, orders));
    return post(session, label_of(dataset, operation),
                [&]() -> Result<Draft> { return Draft{operation, {}}; });
}

Result<Posted> attest_report(Session& session, const DatasetId& dataset, const Report& report) {
    market::AttestDataset operation;
    operation.dataset = dataset;
    operation.kind = static_cast<u8>(report.kind);
    operation.result = crypto::sha256(report.content);
    operation.valid_until_ms = report.valid_until_ms;
    return post(session, label_of(dataset, operation), [&]() -> Result<Draft> {
        const ledger::Document document{crypto::random_array<32>(), report.media_type,
                                        report.content};
        market::AttestDataset full = operation;
        full.document = ledger::document_ref(document, ledger::DocumentClass::public_);
        return Draft{full, {document}};
    });
}

Result<std::vector<market::DatasetAttestation>> proven_attestations(Session& session,
                                                                    const DatasetId& dataset) {
    const ProvenValue proof = TRY(session.proven(market::dataset_attestations_key(dataset)));
    if (!proof.value) return std::vector<market::DatasetAttestation>();
    auto record = TRY(bcs::decode<market::DatasetAttestations>(*proof.value));
    return std::move(record.attestations);
}

}  // namespace jangbu::client
