#include "market/document_retention.h"

#include "ledger/members.h"
#include "market/records.h"

namespace jangbu::market {
namespace {

using ledger::DocumentClass;
using ledger::Table;

bool is_of(const DocumentRef& ref, DocumentClass access) {
    return ref.access == static_cast<u8>(access);
}
// Their class alone says how long, from their block on.
bool has_term_of_its_own(const DocumentRef& ref) {
    return is_of(ref, DocumentClass::evidence) || is_of(ref, DocumentClass::personal);
}

class Keeper {
public:
    explicit Keeper(const RetentionView& view) : view_(view) {}

    // As long as the record is there.
    void keep(const DocumentRef& ref) {
        if (!has_term_of_its_own(ref)) add(ref, std::nullopt);
    }
    void keep(const std::optional<DocumentRef>& ref) {
        if (ref) keep(*ref);
    }
    void keep_until(const DocumentRef& ref, std::optional<u64> until_ms) { add(ref, until_ms); }
    bool wants(const DocumentRef& ref) const { return view_.is_wanted(ref.hash); }
    std::vector<KeptByRecord> take() { return std::move(kept_); }

private:
    void add(const DocumentRef& ref, std::optional<u64> until_ms) {
        if (wants(ref)) kept_.push_back({ref.hash, until_ms});
    }
    const RetentionView& view_;
    std::vector<KeptByRecord> kept_;
};

void keep(const ledger::Organisation& record, const RetentionView&, Keeper& keeper) {
    keeper.keep(record.profile);
}
// A registered dataset has no end: what describes it stays.
void keep(const Dataset& record, const RetentionView&, Keeper& keeper) {
    keeper.keep(record.description);
    keeper.keep(record.profile);
    keeper.keep(record.process);
}
// Nor has a version of a listing: orders name it.
void keep(const Listing& record, const RetentionView&, Keeper& keeper) {
    keeper.keep(record.licence.odrl);
    keeper.keep(record.description);
}
// The law counts 5 years from the closing of a programme, which nothing can do yet.
void keep(const Programme& record, const RetentionView&, Keeper& keeper) {
    keeper.keep(record.terms.rules);
}

// Terms are the contract: as long as the order is open, and for the parties' term after its end.
// Voucher money makes them part of the programme's books, which stay until the programme closed.
void keep(const OrderPublic& record, const RetentionView& view, Keeper& keeper) {
    if (!record.terms || !keeper.wants(*record.terms)) return;
    if (!is_terminal(record.state)) return keeper.keep_until(*record.terms, std::nullopt);
    if (is_of(*record.terms, DocumentClass::personal)) return;
    const auto money = find_order_money(view.state, record.id);
    const bool is_in_books = money && money->programme.has_value();
    const Result<u64> closed_ms = view.time_of(record.closed_height);
    if (is_in_books || !closed_ms) return keeper.keep_until(*record.terms, std::nullopt);
    keeper.keep_until(*record.terms, *closed_ms + view.terms.parties_ms);
}

// Until what it attests ran out, and its term; one without an end by its class.
void keep_attested(const DocumentRef& ref, const std::optional<u64>& valid_until_ms,
                   const RetentionView& view, Keeper& keeper) {
    if (!valid_until_ms) return keeper.keep(ref);
    const u64 most = ~u64{0} - view.terms.attestation_ms;
    keeper.keep_until(ref, std::min(*valid_until_ms, most) + view.terms.attestation_ms);
}
void keep(const DatasetAttestations& record, const RetentionView& view, Keeper& keeper) {
    for (const DatasetAttestation& one : record.attestations)
        if (one.document) keep_attested(*one.document, one.valid_until_ms, view, keeper);
}
void keep(const Attestation& record, const RetentionView& view, Keeper& keeper) {
    if (record.document) keep_attested(*record.document, record.valid_to_ms, view, keeper);
}

using Names = std::vector<std::optional<DocumentRef>>;
Names names(const ledger::Organisation& record) {
    return {record.profile};
}
Names names(const Dataset& record) {
    return {record.description, record.profile, record.process};
}
Names names(const Listing& record) {
    return {record.licence.odrl, record.description};
}
Names names(const OrderPublic& record) {
    return {record.terms};
}
Names names(const Programme& record) {
    return {record.terms.rules};
}
Names names(const Attestation& record) {
    return {record.document};
}
Names names(const DatasetAttestations& record) {
    Names all;
    for (const DatasetAttestation& one : record.attestations) all.push_back(one.document);
    return all;
}

// Calls `visit` with the record, if it is of a table whose records name documents.
template <class Visit>
void visit_record(ByteView key, ByteView bytes, const Visit& visit) {
    const auto decoded = [&]<class Record>(std::type_identity<Record>) {
        const Result<Record> record = bcs::decode<Record>(bytes);
        JANGBU_ASSERT(record.has_value());  // the state was checked against its root
        visit(*record);
    };
    switch (key.empty() ? 0 : key.front()) {
        case static_cast<u8>(Table::organisation):
            return decoded(std::type_identity<ledger::Organisation>());
        case static_cast<u8>(Table::dataset):
            return decoded(std::type_identity<Dataset>());
        case static_cast<u8>(Table::listing_version):
            return decoded(std::type_identity<Listing>());
        case static_cast<u8>(Table::order_public):
            return decoded(std::type_identity<OrderPublic>());
        case static_cast<u8>(Table::programme):
            return decoded(std::type_identity<Programme>());
        case static_cast<u8>(Table::attestation):
            return decoded(std::type_identity<Attestation>());
        case static_cast<u8>(AggregateTable::attestations):
            return decoded(std::type_identity<DatasetAttestations>());
        default:
            return;
    }
}

}  // namespace

u64 kept_by_block(u8 access, u64 block_ms, const DocumentTerms& terms) {
    u64 term_ms = terms.unnamed_ms;
    if (access == static_cast<u8>(DocumentClass::evidence)) term_ms = terms.evidence_ms;
    if (access == static_cast<u8>(DocumentClass::personal)) term_ms = terms.personal_ms;
    return block_ms + term_ms;
}

std::vector<KeptByRecord> kept_by_record(ByteView key, ByteView record, const RetentionView& view) {
    Keeper keeper(view);
    visit_record(key, record, [&](const auto& one) { keep(one, view, keeper); });
    return keeper.take();
}

std::vector<DocumentRef> documents_of_record(ByteView key, ByteView record) {
    std::vector<DocumentRef> all;
    visit_record(key, record, [&](const auto& one) {
        for (const auto& ref : names(one))
            if (ref) all.push_back(*ref);
    });
    return all;
}

}  // namespace jangbu::market
