#include <algorithm>

#include "market/data_right.h"
#include "market/guards.h"
#include "market/rules.h"

namespace jangbu::market {
namespace {

bool is_rerun(const AttestDataset& operation) {
    return operation.kind == static_cast<u8>(AttestationKind::rerun);
}

std::optional<Rejection> check_fields(const AttestDataset& operation, const Context& context) {
    if (operation.kind < static_cast<u8>(AttestationKind::inspection) ||
        operation.kind > static_cast<u8>(AttestationKind::rerun))
        return Rejection::bad_field;
    if (operation.document && !is_document_class(operation.document->access))
        return Rejection::bad_field;
    if (operation.valid_until_ms && *operation.valid_until_ms <= context.block.time_ms)
        return Rejection::bad_field;
    // A report says what was found. A re-run says all by its digest, and that does not age.
    if (!is_rerun(operation))
        return operation.document && operation.rights.empty() ? std::nullopt
                                                              : std::optional(Rejection::bad_field);
    if (operation.valid_until_ms || operation.result == Hash{}) return Rejection::bad_field;
    return std::nullopt;
}

// Who ran the plan again had the content of every parent, by a right of its own.
std::optional<Rejection> check_rerun(const AttestDataset& operation, const Context& context) {
    const auto lineage = find_lineage(context.state, operation.dataset);
    if (!lineage || lineage->parents.size() != operation.rights.size()) return Rejection::bad_field;
    for (std::size_t i = 0; i < operation.rights.size(); ++i) {
        const auto parent = find_dataset(context.state, lineage->parents[i].dataset);
        JANGBU_ASSERT(parent);  // a dataset is never removed
        const auto terms =
            terms_of_right(context.state, context.author.org, *parent, operation.rights[i]);
        if (!terms || (terms->bits & licence_use) == 0) return Rejection::right_missing;
    }
    return std::nullopt;
}

std::optional<Rejection> check(const AttestDataset& operation, const Context& context) {
    const u16 roles = is_rerun(operation) ? 0 : ledger::role_attestor;
    if (auto refusal = check_author(context, roles)) return refusal;
    if (auto refusal = check_fields(operation, context)) return refusal;
    const auto dataset = find_dataset(context.state, operation.dataset);
    if (!dataset) return Rejection::not_found;
    if (dataset->registrant == context.author.org) return Rejection::not_allowed;
    return is_rerun(operation) ? check_rerun(operation, context) : std::nullopt;
}

// In its place among the others, instead of an earlier one of this attestor and kind.
std::optional<Rejection> enter(DatasetAttestations& record, DatasetAttestation attestation) {
    constexpr auto rank = DatasetAttestations::rank;
    auto& all = record.attestations;
    const auto at = std::ranges::lower_bound(all, rank(attestation), {}, rank);
    if (at != all.end() && rank(*at) == rank(attestation)) {
        *at = std::move(attestation);
        return std::nullopt;
    }
    if (all.size() == DatasetAttestations::attestations_max) return Rejection::limit_exceeded;
    all.insert(at, std::move(attestation));
    return std::nullopt;
}

}  // namespace

std::optional<Rejection> apply(const AttestDataset& operation, Context& context) {
    if (auto refusal = check(operation, context)) return refusal;
    const auto kind = static_cast<AttestationKind>(operation.kind);
    DatasetAttestations record = attestations_of(context.state, operation.dataset);
    if (auto refusal =
            enter(record, {context.author.org, kind, operation.result, operation.valid_until_ms,
                           operation.document, context.block.height, context.block.time_ms}))
        return refusal;
    ledger::write_record(context.state, dataset_attestations_key(operation.dataset), record);
    context.emit(DatasetAttested{operation.dataset, context.author.org, kind, operation.result});
    return std::nullopt;
}

std::vector<StateKey> keys(const AttestDataset& operation, const KeysContext& context) {
    std::vector<StateKey> set = {dataset_key(operation.dataset),
                                 dataset_attestations_key(operation.dataset)};
    if (!is_rerun(operation)) return set;
    set.push_back(lineage_key(operation.dataset));
    if (const auto lineage = find_lineage(context.state, operation.dataset))
        for (const Parent& parent : lineage->parents) set.push_back(dataset_key(parent.dataset));
    for (const DataRight& right : operation.rights) add_right_keys(context.state, right, set);
    return set;
}

}  // namespace jangbu::market
