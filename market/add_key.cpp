#include "market/rules.h"
#include "market/transact_keys.h"

namespace jangbu::market {
namespace {

std::optional<Rejection> check(const AddKey& operation, const Context& context) {
    switch (ledger::admit_key(context.author.org, operation.kind, operation.purpose,
                              operation.bytes, operation.possession)) {
        case ledger::KeyAdmission::ok:
            break;
        case ledger::KeyAdmission::not_admissible:
            return Rejection::key_not_admissible;
        case ledger::KeyAdmission::possession_invalid:
            return Rejection::possession_invalid;
    }
    if (context.state.find(ledger::state_key(ledger::Table::key_by_bytes, operation.bytes)))
        return Rejection::key_exists;
    if (operation.valid_until_ms && *operation.valid_until_ms < context.block.time_ms)
        return Rejection::bad_field;
    return std::nullopt;
}

}  // namespace

std::optional<Rejection> apply(const AddKey& operation, Context& context) {
    if (auto refusal = check(operation, context)) return refusal;
    const OrgId& org = context.author.org;
    const KeyId id =
        ledger::key_id(org, static_cast<ledger::KeyKind>(operation.kind),
                       static_cast<ledger::Purpose>(operation.purpose), operation.bytes);
    if (operation.purpose == static_cast<u8>(ledger::Purpose::transact)) {
        if (auto refusal = note_transact_key(context, id)) return refusal;
    }

    ledger::Key key;
    key.kind = operation.kind;
    key.purpose = operation.purpose;
    key.bytes = operation.bytes;
    key.org = org;
    key.valid_from_height = context.block.height + 1;
    key.valid_until_ms = operation.valid_until_ms;
    ledger::write_record(context.state, ledger::state_key(ledger::Table::key, id.view()), key);
    ledger::write_record(context.state,
                         ledger::state_key(ledger::Table::key_by_bytes, operation.bytes),
                         ledger::KeyByBytes{id});
    context.emit(KeyAdded{id, org, key.kind, key.purpose, key.valid_from_height});
    return std::nullopt;
}

std::vector<StateKey> keys(const AddKey&, const KeysContext& context) {
    return {transact_keys_key(context.author)};
}

}  // namespace jangbu::market
