#include "market/genesis_check.h"

#include "ledger/members.h"
#include "ledger/state_tree.h"
#include "market/parameters.h"
#include "market/state_keys.h"

namespace jangbu::market {
namespace {

using ledger::Table;

std::unexpected<Error> wrong(std::string what) {
    return fail(ErrorCode::verification_failed, "genesis file: " + std::move(what));
}

class EntryCheck {
public:
    explicit EntryCheck(const StateReader& state) : state_(state) {}

    Status check(const StateKey& key, ByteView value) const {
        switch (static_cast<Table>(key.front())) {
            case Table::organisation:
            case Table::key:
            case Table::key_by_bytes:
                return {};  // the ledger's
            case Table::parameter:
                return check_parameter(std::string(as_text(ByteView(key).subspan(1))), value);
            case Table::family:
                return check_family(key, value);
            case Table::attestation:
                return check_attestation(key, value);
            default:
                return wrong("no ledger begins with an entry of table " +
                             std::to_string(key.front()));
        }
    }

private:
    static Status check_parameter(const std::string& name, ByteView value) {
        const auto parameter = bcs::decode<ledger::Parameter>(value);
        if (!parameter) return wrong("parameter " + name + ": " + parameter.error().detail);
        TRY(check_value(name, parameter->value));
        if (parameter->next) TRY(check_value(name, parameter->next->first));
        return {};
    }
    static Status check_value(const std::string& name, const ledger::ParameterValue& value) {
        const u64* number = std::get_if<u64>(&value);
        if (name == parameters::treasury) {
            if (number) return wrong("parameter treasury names no organisation");
            return {};
        }
        const ledger::NumberParameter* known = find_parameter(name);
        if (!known) return wrong("parameter " + name + " is unknown");
        if (!number) return wrong("parameter " + name + " is not a number");
        if (*number < known->least || *number > known->most)
            return wrong("parameter " + name + " is outside " + std::to_string(known->least) +
                         " to " + std::to_string(known->most));
        return {};
    }
    Status check_family(const StateKey& key, ByteView value) const {
        const auto family = bcs::decode<Family>(value);
        if (!family) return wrong("family " + to_hex(key) + ": " + family.error().detail);
        if (key != family_key(family->id))
            return wrong("family " + family->id.hex() + " does not stand under its own id");
        if (!has_role(family->tag_authority, ledger::role_tag_authority))
            return wrong("family " + family->id.hex() + " names no tag authority");
        return {};
    }
    Status check_attestation(const StateKey& key, ByteView value) const {
        const auto found = bcs::decode<Attestation>(value);
        const std::string named = "attestation " + to_hex(key) + " ";
        if (!found) return wrong(named + "does not decode: " + found.error().detail);
        if (key != attestation_key(found->subject, found->family))
            return wrong(named + "does not stand under its subject and family");
        const std::optional<ByteView> family = state_.find(family_key(found->family));
        const auto decoded =
            family ? bcs::decode<Family>(*family) : Result<Family>(wrong("no such family"));
        if (!decoded) return wrong(named + "is in no family of the file");
        if (found->tag_key != decoded->tag_key)
            return wrong(named + "was not tagged with its family's key");
        if (!has_role(found->subject, 0)) return wrong(named + "is of no member");
        if (!has_role(found->issuer, ledger::role_attestor))
            return wrong(named + "was issued by no attestor");
        if (found->class_ < CompanyClass::micro || found->class_ > CompanyClass::other)
            return wrong(named + "has a class outside 1 to 4");
        if (found->revoked_at || found->valid_from_ms > found->valid_to_ms)
            return wrong(named + "is revoked, or ends before it begins");
        return {};
    }
    bool has_role(const OrgId& org, u16 role) const {
        const auto organisation = ledger::find_organisation(state_, org);
        return organisation && (organisation->roles & role) == role;
    }

    const StateReader& state_;
};

}  // namespace

Status check_genesis_entries(const ledger::GenesisFile& file) {
    ledger::StateTree::Changes entries;
    for (const auto& [key, value] : file.state) entries[key] = value;
    const ledger::StateTree state = ledger::StateTree().updated(entries);
    const EntryCheck check(state);
    for (const auto& [key, value] : file.state) TRY(check.check(key, value));
    return {};
}

}  // namespace jangbu::market
