#include "ledger/keys_ahead.h"

#include <algorithm>

#include "ledger/state_hashes.h"

namespace jangbu::ledger {
namespace {

// Where the authors' keys stand, all of them fetched.
std::vector<StateKey> author_keys(std::span<const Transaction> transactions, Overlay& view) {
    std::vector<StateKey> keys;
    for (const Transaction& one : transactions)
        keys.push_back(state_key(Table::key_by_bytes, one.body.author.bytes));
    view.fetch(keys);
    std::vector<StateKey> ids;
    for (const StateKey& key : keys)
        if (const auto known = read_record<KeyByBytes>(view, key))
            ids.push_back(state_key(Table::key, known->key_id.view()));
    view.fetch(ids);
    keys.insert(keys.end(), ids.begin(), ids.end());
    return keys;
}

}  // namespace

std::vector<StateKey> keys_ahead(const CheckedBlock& checked, std::size_t first,
                                 const BlockContext& block, Overlay& view) {
    const auto soon = std::span(checked.input.transactions)
                          .subspan(first)
                          .first(std::min(fetched_together, checked.ids.size() - first));
    std::vector<StateKey> keys = author_keys(soon, view);
    for (std::size_t i = 0; i < soon.size(); ++i) {
        const std::optional<Key> author = find_key_by_bytes(view, soon[i].body.author.bytes);
        if (!author) continue;
        for (StateKey& key : checked.prepared->keys_ahead(first + i, block, author->org))
            keys.push_back(std::move(key));
    }
    return keys;
}

HashedKeys hashed(std::vector<StateKey> keys) {
    std::vector<crypto::MessageParts> messages;
    messages.reserve(keys.size());
    for (const StateKey& key : keys) messages.push_back({key, {}, {}});
    HashedKeys out{std::move(keys), std::vector<Hash>(messages.size())};
    hashed_state_keys(messages, out.hashed);
    return out;
}

}  // namespace jangbu::ledger
