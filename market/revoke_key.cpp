#include "market/rules.h"
#include "market/transact_keys.h"

namespace jangbu::market {

std::optional<Rejection> apply(const RevokeKey& operation, Context& context) {
    auto key = ledger::find_key(context.state, operation.key_id);
    if (!key) return Rejection::not_found;
    if (key->org != context.author.org) return Rejection::not_allowed;
    if (key->revoked_at_height) return Rejection::wrong_state;
    const bool transacts = key->purpose == static_cast<u8>(ledger::Purpose::transact);
    if (transacts && !has_other_transact_key(context, operation.key_id))
        return Rejection::last_transact_key;

    key->revoked_at_height = context.block.height + 1;
    ledger::write_record(context.state,
                         ledger::state_key(ledger::Table::key, operation.key_id.view()), *key);
    if (transacts) forget_transact_key(context, operation.key_id);
    context.emit(KeyRevoked{operation.key_id, key->org, *key->revoked_at_height});
    return std::nullopt;
}

std::vector<StateKey> keys(const RevokeKey&, const KeysContext& context) {
    return {transact_keys_key(context.author)};
}

}  // namespace jangbu::market
