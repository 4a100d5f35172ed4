// What a genesis file must hold beyond its form, so that a ledger never starts on members it could
// not judge later.
#include <map>

#include "base/log.h"
#include "ledger/genesis.h"
#include "ledger/members.h"
#include "ledger/parameters.h"
#include "ledger/state_tree.h"

namespace jangbu::ledger {
namespace {

constexpr const NumberParameter* own_parameters[] = {
    &parameters::window_max_ms, &parameters::heartbeat_ms, &parameters::halt_gap_ms,
    &parameters::expiries_per_block_max};

std::unexpected<Error> wrong(std::string what) {
    return fail(ErrorCode::verification_failed, "genesis file: " + std::move(what));
}

class GenesisCheck {
public:
    explicit GenesisCheck(const GenesisFile& file)
        : file_(file), possessions_(file.possessions.begin(), file.possessions.end()) {}

    Status run() {
        TRY(check_lists());
        for (const auto& [key, value] : file_.state) TRY(collect(key, value));
        for (const auto& [id, key] : keys_) TRY(check_key(KeyId(id), key));
        for (const auto& [id, organisation] : organisations_)
            TRY(check_organisation(OrgId(id), organisation));
        for (const auto& [name, parameter] : parameters_) TRY(check_parameter(name, parameter));
        for (const Validator& validator : file_.genesis.validators.validators)
            TRY(check_validator(validator.key));
        if (key_by_bytes_.size() != keys_.size())
            return wrong("table 14 names bytes that are no key's");
        if (!possessions_.empty())
            return wrong("possession proof " + possessions_.begin()->first.hex() +
                         " belongs to no ed25519 key");
        return {};
    }

private:
    Status check_lists() const;
    Status collect(const StateKey& key, const Bytes& value);
    Status check_key(const KeyId& id, const Key& key);
    Status check_organisation(const OrgId& id, const Organisation& organisation) const;
    Status check_parameter(const std::string& name, const Parameter& parameter) const;
    Status check_value(const std::string& name, const ParameterValue& value) const;
    Status check_validator(const PublicKey& validator) const;

    // Keeps a record of a table whose ids are 32 bytes.
    template <class Record>
    static Status keep(std::map<Hash, Record>& into, const StateKey& key, const Bytes& value);

    const GenesisFile& file_;
    std::map<KeyId, Signature> possessions_;  // those that no key has claimed yet
    std::map<Hash, Organisation> organisations_;
    std::map<Hash, Key> keys_;
    std::map<Hash, KeyByBytes> key_by_bytes_;
    std::map<std::string, Parameter> parameters_;
};

Status GenesisCheck::check_lists() const {
    for (std::size_t i = 1; i < file_.state.size(); ++i)
        if (!(file_.state[i - 1].first < file_.state[i].first))
            return wrong("state keys do not strictly ascend at " + to_hex(file_.state[i].first));
    StateTree::Changes entries;
    for (const auto& [key, value] : file_.state) entries[key] = value;
    if (StateTree().updated(entries).root() != file_.genesis.state_root)
        return wrong("the state entries do not have the state root that Genesis names");
    if (possessions_.size() != file_.possessions.size())
        return wrong("a possession proof stands twice");
    return {};
}

template <class Record>
Status GenesisCheck::keep(std::map<Hash, Record>& into, const StateKey& key, const Bytes& value) {
    Result<Record> record = bcs::decode<Record>(value);
    if (!record) return wrong("state entry " + to_hex(key) + ": " + record.error().detail);
    if (key.size() != 33) return wrong("state entry " + to_hex(key) + ": the id is not 32 bytes");
    Hash id{};
    std::copy(key.begin() + 1, key.end(), id.begin());
    into.emplace(id, std::move(*record));
    return {};
}

// The tables that the ledger itself reads; the others are judged by the application.
Status GenesisCheck::collect(const StateKey& key, const Bytes& value) {
    if (key.empty()) return wrong("a state key is empty");
    switch (static_cast<Table>(key[0])) {
        case Table::organisation:
            return keep(organisations_, key, value);
        case Table::key:
            return keep(keys_, key, value);
        case Table::key_by_bytes:
            return keep(key_by_bytes_, key, value);
        case Table::parameter: {
            Result<Parameter> record = bcs::decode<Parameter>(value);
            const std::string name(as_text(ByteView(key).subspan(1)));
            if (!record)
                return wrong("parameter " + log::json_quoted(name) + ": " + record.error().detail);
            parameters_.emplace(name, std::move(*record));
            return {};
        }
        default:
            return {};
    }
}

Status GenesisCheck::check_key(const KeyId& id, const Key& key) {
    const std::string named = "key " + id.hex() + " ";
    if (key_id(key.org, static_cast<KeyKind>(key.kind), static_cast<Purpose>(key.purpose),
               key.bytes) != id)
        return wrong(named + "does not stand under its own id");
    if (!organisations_.contains(key.org.bytes))
        return wrong(named + "belongs to no organisation of the file");
    if (key.valid_from_height != 0) return wrong(named + "is not valid from height 0");
    if (key.revoked_at_height) return wrong(named + "is revoked");
    const auto by_bytes = key_by_bytes_.find(key.bytes);
    if (by_bytes == key_by_bytes_.end() || by_bytes->second.key_id != id)
        return wrong(named + "is not the one that table 14 names for its bytes");
    std::optional<Signature> possession;
    if (key.kind == static_cast<u8>(KeyKind::ed25519)) {
        if (const auto found = possessions_.extract(id)) possession = found.mapped();
    }
    switch (admit_key(key.org, key.kind, key.purpose, key.bytes, possession)) {
        case KeyAdmission::ok:
            return {};
        case KeyAdmission::not_admissible:
            return wrong(named + "is not admissible");
        case KeyAdmission::possession_invalid:
            return wrong(named + "has no possession proof, or a wrong one");
    }
    return {};
}

Status GenesisCheck::check_organisation(const OrgId& id, const Organisation& organisation) const {
    if (organisation.id != id)
        return wrong("organisation " + id.hex() + " does not stand under its own id");
    for (const auto& [unused, key] : keys_)
        if (key.org == id && key.purpose == static_cast<u8>(Purpose::transact) &&
            org_id(PublicKey(key.bytes)) == id)
            return {};
    return wrong("organisation " + id.hex() + " is not named by one of its transact keys");
}

Status GenesisCheck::check_parameter(const std::string& name, const Parameter& parameter) const {
    TRY(check_value(name, parameter.value));
    if (parameter.next) TRY(check_value(name, parameter.next->first));
    return {};
}

Status GenesisCheck::check_value(const std::string& name, const ParameterValue& value) const {
    const std::string named = "parameter " + log::json_quoted(name) + " ";
    const u64* number = std::get_if<u64>(&value);
    if (!number && !organisations_.contains(std::get<OrgId>(value).bytes))
        return wrong(named + "names no organisation of the file");
    for (const NumberParameter* own : own_parameters) {
        if (own->name != name) continue;
        if (!number) return wrong(named + "is not a number");
        if (*number < own->least || *number > own->most)
            return wrong(named + "is outside " + std::to_string(own->least) + " to " +
                         std::to_string(own->most));
    }
    return {};
}

Status GenesisCheck::check_validator(const PublicKey& validator) const {
    const auto found = key_by_bytes_.find(validator.bytes);
    const std::string named = "validator " + validator.hex() + " ";
    if (found == key_by_bytes_.end()) return wrong(named + "is no registered key");
    const auto key = keys_.find(found->second.key_id.bytes);
    if (key == keys_.end() || key->second.purpose != static_cast<u8>(Purpose::operate))
        return wrong(named + "is not a key of purpose 4 (operate)");
    if ((organisations_.at(key->second.org.bytes).roles & role_validator) == 0)
        return wrong(named + "belongs to an organisation without the validator role");
    return {};
}

}  // namespace

Status check_genesis_file(const GenesisFile& file) {
    return GenesisCheck(file).run();
}

}  // namespace jangbu::ledger
