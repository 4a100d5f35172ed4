#include "market/data_right.h"
#include "market/guards.h"
#include "market/rules.h"

namespace jangbu::market {
namespace {

std::optional<Rejection> check_fields(const RegisterDataset& operation) {
    if (!crypto::fx1::chunk_size_is_valid(operation.byte_len, operation.chunk_size))
        return Rejection::bad_chunking;
    const auto origin = static_cast<Origin>(operation.origin);
    if (origin != Origin::collected && origin != Origin::simulated && origin != Origin::derived)
        return Rejection::bad_field;
    if (operation.batch) return Rejection::not_yet_enabled;
    // Derived data names what it was made from, other data names nothing.
    if ((origin == Origin::derived) == operation.parents.empty()) return Rejection::bad_field;
    if (operation.process &&
        (origin != Origin::derived || !is_document_class(operation.process->access)))
        return Rejection::bad_field;
    if (operation.description && !is_public(*operation.description)) return Rejection::bad_field;
    if (operation.profile && !is_document_class(operation.profile->access))
        return Rejection::bad_field;
    return std::nullopt;
}

// What the licences of the parents leave: the bits that all allow, until the first of them ends.
struct Ceiling {
    u16 bits = licence_bits_all;
    std::optional<u64> expires_ms;
    void lower(u16 to_bits, std::optional<u64> to_expires_ms) {
        bits = static_cast<u16>(bits & to_bits);
        if (to_expires_ms && (!expires_ms || *to_expires_ms < *expires_ms))
            expires_ms = to_expires_ms;
    }
};

// An order's licence must let derive; one's own data needs no licence.
std::optional<Rejection> check_right(const Parent& parent, const Dataset& dataset,
                                     const Context& context, Ceiling& ceiling) {
    const auto terms = terms_of_right(context.state, context.author.org, dataset, parent.right);
    const bool own = std::holds_alternative<Own>(parent.right);
    if (!terms || (!own && (terms->bits & licence_derive) == 0)) return Rejection::right_missing;
    ceiling.lower(terms->bits, terms->expires_ms);
    return std::nullopt;
}

std::optional<Rejection> check_parents(const RegisterDataset& operation, const Context& context,
                                       Ceiling& ceiling) {
    for (std::size_t i = 0; i < operation.parents.size(); ++i) {
        const Parent& parent = operation.parents[i];
        for (std::size_t j = 0; j < i; ++j)
            if (operation.parents[j].dataset == parent.dataset) return Rejection::bad_field;
        const auto dataset = find_dataset(context.state, parent.dataset);
        if (!dataset) return Rejection::parent_missing;
        if (auto refusal = check_right(parent, *dataset, context, ceiling)) return refusal;
        if (parent.share_ppm != 0) return Rejection::not_yet_enabled;
    }
    return std::nullopt;
}

std::optional<Rejection> check(const RegisterDataset& operation, const DatasetId& id,
                               const Context& context, Ceiling& ceiling) {
    if (auto refusal = check_author(context, 0)) return refusal;
    if (auto refusal = check_fields(operation)) return refusal;
    if (context.state.find(dataset_key(id))) return Rejection::dataset_exists;
    if (operation.previous) {
        const auto previous = find_dataset(context.state, *operation.previous);
        if (!previous) return Rejection::not_found;
        if (previous->registrant != context.author.org) return Rejection::not_allowed;
    }
    return check_parents(operation, context, ceiling);
}

}  // namespace

std::optional<Rejection> apply(const RegisterDataset& operation, Context& context) {
    const DatasetId id = dataset_id(context.author.org, operation.data_root);
    Ceiling ceiling;
    if (auto refusal = check(operation, id, context, ceiling)) return refusal;
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
    dataset.process = operation.process;
    dataset.previous = operation.previous;
    dataset.registered_height = context.block.height;
    dataset.registered_ms = context.block.time_ms;
    dataset.ceiling_bits = ceiling.bits;
    dataset.ceiling_expires_ms = ceiling.expires_ms;
    ledger::write_record(context.state, dataset_key(id), dataset);
    if (!operation.parents.empty())
        ledger::write_record(context.state, lineage_key(id), Lineage{id, operation.parents});
    context.emit(DatasetRegistered{id, dataset.registrant, dataset.data_root});
    return std::nullopt;
}

std::vector<StateKey> keys(const RegisterDataset& operation, const KeysContext& context) {
    const DatasetId id = dataset_id(context.author, operation.data_root);
    std::vector<StateKey> set = {dataset_key(id)};
    if (operation.previous) set.push_back(dataset_key(*operation.previous));
    if (!operation.parents.empty()) set.push_back(lineage_key(id));
    for (const Parent& parent : operation.parents) {
        set.push_back(dataset_key(parent.dataset));
        add_right_keys(context.state, parent.right, set);
    }
    return set;
}

}  // namespace jangbu::market
