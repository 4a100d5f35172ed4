#include "market/transact_keys.h"

#include <algorithm>

namespace jangbu::market {
namespace {

KeyId id_of(const ledger::Key& key) {
    return ledger::key_id(key.org, static_cast<ledger::KeyKind>(key.kind),
                          static_cast<ledger::Purpose>(key.purpose), key.bytes);
}

TransactKeys list_of(const Context& context) {
    const auto list =
        ledger::read_record<TransactKeys>(context.state, transact_keys_key(context.author.org));
    return list ? *list : TransactKeys{};
}

void insert(std::vector<KeyId>& keys, const KeyId& id) {
    const auto place = std::ranges::lower_bound(keys, id);
    if (place == keys.end() || *place != id) keys.insert(place, id);
}

// What is added or revoked in this block counts from the next one on.
bool is_live_next(const Context& context, const KeyId& id) {
    const auto key = ledger::find_key(context.state, id);
    return key && key->purpose == static_cast<u8>(ledger::Purpose::transact) &&
           key->live_at(context.block.height + 1, context.block.time_ms);
}

}  // namespace

std::optional<Rejection> note_transact_key(Context& context, const KeyId& added) {
    TransactKeys list = list_of(context);
    insert(list.keys, added);
    if (context.author.purpose == static_cast<u8>(ledger::Purpose::transact))
        insert(list.keys, id_of(context.author));
    if (list.keys.size() > TransactKeys::keys_max)
        std::erase_if(list.keys,
                      [&](const KeyId& id) { return id != added && !is_live_next(context, id); });
    if (list.keys.size() > TransactKeys::keys_max) return Rejection::limit_exceeded;
    ledger::write_record(context.state, transact_keys_key(context.author.org), list);
    return std::nullopt;
}

bool has_other_transact_key(const Context& context, const KeyId& revoked) {
    std::vector<KeyId> known = list_of(context).keys;
    insert(known, id_of(context.author));
    return std::ranges::any_of(
        known, [&](const KeyId& id) { return id != revoked && is_live_next(context, id); });
}

void forget_transact_key(Context& context, const KeyId& revoked) {
    TransactKeys list = list_of(context);
    std::erase(list.keys, revoked);
    if (const KeyId author = id_of(context.author); author != revoked) insert(list.keys, author);
    // An author beyond the bound is left out: it counts anyway where it signs.
    if (list.keys.size() > TransactKeys::keys_max) std::erase(list.keys, id_of(context.author));
    ledger::write_record(context.state, transact_keys_key(context.author.org), list);
}

}  // namespace jangbu::market
