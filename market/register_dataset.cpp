#include "market/guards.h"
#include "market/rules.h"

namespace jangbu::market {
namespace {

std::optional<Rejection> check_fields(const RegisterDataset& operation) {
    if (!crypto::fx1::chunk_size_is_valid(operation.byte_len, operation.chunk_size))
        return Rejection::bad_chunking;
    switch (static_cast<Origin>(operation.origin)) {
        case Origin::collected:
        case Origin::simulated:
            break;
        case Origin::derived:
            return Rejection::not_yet_enabled;
        default:
            return Rejection::bad_field;
    }
    if (!operation.parents.empty() || operation.process || operation.batch)
        return Rejection::not_yet_enabled;
    if (operation.description && !is_public(*operation.description)) return Rejection::bad_field;
    if (operation.profile && !is_document_class(operation.profile->access))
        return Rejection::bad_field;
    return std::nullopt;
}

std::optional<Rejection> check(const RegisterDataset& operation, const DatasetId& id,
                               const Context& context) {
    if (auto refusal = check_author(context, 0)) return refusal;
    if (auto refusal = check_fields(operation)) return refusal;
    if (context.state.find(dataset_key(id))) return Rejection::dataset_exists;
    if (operation.previous) {
        const auto previous = find_dataset(context.state, *operation.previous);
        if (!previous) return Rejection::not_found;
        if (previous->registrant != context.author.org) return Rejection::not_allowed;
    }
    return std::nullopt;
}

}  // namespace

std::optional<Rejection> apply(const RegisterDataset& operation, Context& context) {
    const DatasetId id = dataset_id(context.author.org, operation.data_root);
    if (auto refusal = check(operation, id, context)) return refusal;
    Dataset dataset;
    dataset.id = id;
    dataset.registrant = context.author.org;
    dataset.data_root = operation.data_root;
    dataset.seed_nonce = operation.seed_nonce;
    dataset.byte_len = operation.byte_len;
    dataset.chunk_size = operation.chunk_size;
    dataset.origin = static_cast<Origin>(operation.origin);
    dataset.schema_hash = operation.schema_hash;
    dataset.description = operation.description;
    dataset.profile = operation.profile;
    dataset.previous = operation.previous;
    dataset.registered_height = context.block.height;
    dataset.registered_ms = context.block.time_ms;
    dataset.ceiling_bits = licence_bits_all;  // nothing it was made from narrows it
    ledger::write_record(context.state, dataset_key(id), dataset);
    context.emit(DatasetRegistered{id, dataset.registrant, dataset.data_root});
    return std::nullopt;
}

std::vector<StateKey> keys(const RegisterDataset& operation, const KeysContext& context) {
    std::vector<StateKey> set = {dataset_key(dataset_id(context.author, operation.data_root))};
    if (operation.previous) set.push_back(dataset_key(*operation.previous));
    return set;
}

}  // namespace jangbu::market
