#include "node/genesis_plan.h"

#include <toml++/toml.h>

#include <map>
#include <set>
#include <sstream>

#include "base/file.h"
#include "ledger/member_card.h"
#include "ledger/state_tree.h"
#include "market/genesis_check.h"
#include "market/parameters.h"
#include "market/state_keys.h"

namespace jangbu::node {
namespace {

using ledger::MemberCard;
using ledger::OrgId;

constexpr u64 day_ms = 86'400'000;
constexpr std::size_t plan_bytes_max = 1 << 20;

std::unexpected<Error> wrong(const toml::node& at, const std::string& what) {
    return fail(ErrorCode::usage,
                "genesis plan, line " + std::to_string(at.source().begin.line) + ": " + what);
}

Status only_keys(const toml::table& table, const std::set<std::string_view>& known) {
    for (const auto& [key, value] : table)
        if (!known.contains(key.str()))
            return wrong(value, "unknown key \"" + std::string(key.str()) + "\"");
    return {};
}

Result<std::string> text(const toml::table& table, std::string_view key) {
    const auto value = table[key].value<std::string>();
    if (!value) return wrong(table, "\"" + std::string(key) + "\" is missing or not a string");
    return *value;
}

Result<u64> whole(const toml::table& table, std::string_view key, u64 most) {
    const auto value = table[key].value<std::int64_t>();
    if (!value || *value < 0 || static_cast<u64>(*value) > most)
        return wrong(
            table, "\"" + std::string(key) + "\" is a whole number up to " + std::to_string(most));
    return static_cast<u64>(*value);
}

class Maker {
public:
    Maker(std::filesystem::path folder, u64 now_ms) : folder_(std::move(folder)), now_ms_(now_ms) {}

    Result<ledger::GenesisFile> make(const toml::table& plan) {
        TRY(only_keys(plan, {"name", "time_ms", "treasury", "organisation", "family", "attestation",
                             "parameters"}));
        file_.genesis.name = TRY(text(plan, "name"));
        if (file_.genesis.name.size() > ledger::limits::chain_name_bytes_max)
            return wrong(plan, "\"name\" is longer than 64 bytes");
        file_.genesis.time_ms =
            plan.contains("time_ms") ? TRY(whole(plan, "time_ms", INT64_MAX)) : now_ms_;
        file_.genesis.protocol_version = 1;
        TRY(each(plan, "organisation", &Maker::add_organisation));
        TRY(each(plan, "family", &Maker::add_family));
        TRY(each(plan, "attestation", &Maker::add_attestation));
        if (const auto* parameters = plan["parameters"].as_table())
            TRY(add_parameters(*parameters));
        TRY(add_treasury(plan));
        return finish(plan);
    }

private:
    using Add = Status (Maker::*)(const toml::table&);

    Status each(const toml::table& plan, std::string_view key, Add add) {
        if (!plan.contains(key)) return {};
        const toml::array* items = plan[key].as_array();
        if (!items) return wrong(plan, "[[" + std::string(key) + "]] is a list of tables");
        for (const toml::node& item : *items) {
            if (!item.is_table())
                return wrong(item, "[[" + std::string(key) + "]] is a list of tables");
            TRY((this->*add)(*item.as_table()));
        }
        return {};
    }

    Result<OrgId> named(const toml::table& table, std::string_view key) {
        const std::string label = TRY(text(table, key));
        const auto at = labels_.find(label);
        if (at == labels_.end())
            return wrong(table, "no [[organisation]] has the label \"" + label + "\"");
        return at->second;
    }

    template <class Record>
    void put(ledger::StateKey key, const Record& record) {
        state_.insert_or_assign(std::move(key), bcs::encode(record));
    }

    Status add_organisation(const toml::table& table) {
        TRY(only_keys(table, {"label", "card", "roles", "endpoint"}));
        const std::string label = TRY(text(table, "label"));
        const std::string card_name = TRY(text(table, "card"));
        const Bytes card_bytes = TRY(base::read_file(folder_ / card_name, plan_bytes_max));
        Result<MemberCard> card = ledger::read_member_card(as_text(card_bytes));
        if (!card) return wrong(table, card_name + ": " + card.error().detail);
        if (!labels_.emplace(label, card->org).second)
            return wrong(table, "label \"" + label + "\" stands twice");

        ledger::Organisation organisation;
        organisation.id = card->org;
        organisation.roles = TRY(roles(table));
        organisation.endpoint = table.contains("endpoint") ? TRY(text(table, "endpoint")) : "";
        if (organisation.endpoint.size() > 200)
            return wrong(table, "\"endpoint\" is longer than 200 bytes");
        if (!organisations_.insert(card->org).second)
            return wrong(table, "this organisation stands twice");
        put(ledger::state_key(ledger::Table::organisation, card->org.view()), organisation);
        for (const MemberCard::Entry& entry : card->keys) add_key(*card, entry, organisation.roles);
        return {};
    }

    void add_key(const MemberCard& card, const MemberCard::Entry& entry, u16 roles_of_org) {
        const ledger::KeyId id = ledger::key_id(card.org, entry.kind, entry.purpose, entry.bytes);
        ledger::Key key;
        key.kind = static_cast<u8>(entry.kind);
        key.purpose = static_cast<u8>(entry.purpose);
        key.bytes = entry.bytes;
        key.org = card.org;
        put(ledger::state_key(ledger::Table::key, id.view()), key);
        put(ledger::state_key(ledger::Table::key_by_bytes, entry.bytes), ledger::KeyByBytes{id});
        if (entry.possession) possessions_.emplace(id, *entry.possession);
        if (entry.purpose == ledger::Purpose::operate &&
            (roles_of_org & ledger::role_validator) != 0)
            validators_.insert(ledger::PublicKey(entry.bytes));
    }

    static Result<u16> roles(const toml::table& table) {
        static const std::map<std::string, u16> names{
            {"validator", ledger::role_validator},
            {"settlement_agent", ledger::role_settlement_agent},
            {"programme_owner", ledger::role_programme_owner},
            {"attestor", ledger::role_attestor},
            {"tag_authority", ledger::role_tag_authority},
            {"auditor", ledger::role_auditor},
            {"store", ledger::role_store}};
        u16 out = 0;
        if (!table.contains("roles")) return out;
        const toml::array* list = table["roles"].as_array();
        if (!list) return wrong(table, "\"roles\" is a list of strings");
        for (const toml::node& item : *list) {
            const auto at = names.find(item.value<std::string>().value_or(""));
            if (at == names.end()) return wrong(item, "unknown role");
            out = static_cast<u16>(out | at->second);
        }
        return out;
    }

    Status add_family(const toml::table& table) {
        TRY(only_keys(table, {"name", "tag_authority", "tag_key"}));
        market::Family family;
        family.id = market::family_id(TRY(text(table, "name")));
        family.tag_authority = TRY(named(table, "tag_authority"));
        family.tag_key = static_cast<u16>(TRY(whole(table, "tag_key", 65'535)));
        families_[family.id] = family;
        put(market::family_key(family.id), family);
        return {};
    }

    Status add_attestation(const toml::table& table) {
        TRY(only_keys(table, {"subject", "family", "class", "group_tag", "issuer", "valid_days"}));
        static const std::map<std::string, market::CompanyClass> classes{
            {"micro", market::CompanyClass::micro},
            {"small", market::CompanyClass::small},
            {"medium", market::CompanyClass::medium},
            {"other", market::CompanyClass::other}};
        market::Attestation attestation;
        attestation.subject = TRY(named(table, "subject"));
        attestation.issuer = TRY(named(table, "issuer"));
        attestation.family = market::family_id(TRY(text(table, "family")));
        const auto family = families_.find(attestation.family);
        if (family == families_.end()) return wrong(table, "no [[family]] has this name");
        attestation.tag_key = family->second.tag_key;
        const auto class_name = classes.find(TRY(text(table, "class")));
        if (class_name == classes.end())
            return wrong(table, "\"class\" is micro, small, medium or other");
        attestation.class_ = class_name->second;
        const auto tag = from_hex_array<32>(TRY(text(table, "group_tag")));
        if (!tag) return wrong(table, "\"group_tag\" is 64 lower-case hex digits");
        attestation.group_tag = *tag;
        attestation.valid_from_ms = file_.genesis.time_ms;
        attestation.valid_to_ms =
            file_.genesis.time_ms + TRY(whole(table, "valid_days", 36'500)) * day_ms;
        put(market::attestation_key(attestation.subject, attestation.family), attestation);
        return {};
    }

    Status add_parameters(const toml::table& table) {
        for (const auto& [key, value] : table) {
            const std::string name(key.str());
            const ledger::NumberParameter* parameter = market::find_parameter(name);
            if (!parameter) return wrong(value, "unknown parameter \"" + name + "\"");
            const auto number = value.value<std::int64_t>();
            if (!number || *number < 0 || static_cast<u64>(*number) < parameter->least ||
                static_cast<u64>(*number) > parameter->most)
                return wrong(value, name + " lies between " + std::to_string(parameter->least) +
                                        " and " + std::to_string(parameter->most));
            put(ledger::state_key(ledger::Table::parameter, as_bytes(name)),
                ledger::Parameter{static_cast<u64>(*number), {}});
        }
        return {};
    }

    Status add_treasury(const toml::table& plan) {
        const OrgId treasury = TRY(named(plan, "treasury"));
        put(ledger::state_key(ledger::Table::parameter, as_bytes(market::parameters::treasury)),
            ledger::Parameter{treasury, {}});
        return {};
    }

    Result<ledger::GenesisFile> finish(const toml::table& plan) {
        if (validators_.empty()) return wrong(plan, "no organisation has the role validator");
        for (const ledger::PublicKey& key : validators_)
            file_.genesis.validators.validators.push_back({key, 1});
        ledger::StateTree::Changes entries;
        for (const auto& [key, value] : state_) entries.emplace(key, value);
        file_.genesis.state_root = ledger::StateTree().updated(entries).root();
        file_.state.assign(state_.begin(), state_.end());
        file_.possessions.assign(possessions_.begin(), possessions_.end());
        TRY(ledger::check_genesis_file(file_));
        TRY(market::check_genesis_entries(file_));
        return file_;
    }

    std::filesystem::path folder_;
    u64 now_ms_;
    ledger::GenesisFile file_;
    std::map<std::string, OrgId> labels_;
    std::set<OrgId> organisations_;
    std::map<market::FamilyId, market::Family> families_;
    std::map<ledger::StateKey, Bytes> state_;
    std::map<ledger::KeyId, ledger::Signature> possessions_;
    std::set<ledger::PublicKey> validators_;
};

}  // namespace

Result<ledger::GenesisFile> make_genesis(const std::filesystem::path& plan_file, u64 now_ms) {
    const Bytes bytes = TRY(base::read_file(plan_file, plan_bytes_max));
    try {
        const toml::table plan = toml::parse(as_text(bytes), plan_file.string());
        return Maker(plan_file.parent_path(), now_ms).make(plan);
    } catch (const toml::parse_error& error) {
        return fail(ErrorCode::usage, "genesis plan, line " +
                                          std::to_string(error.source().begin.line) + ": " +
                                          std::string(error.description()));
    }
}

}  // namespace jangbu::node
