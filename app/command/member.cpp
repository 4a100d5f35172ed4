#include "app/command/commands.h"
#include "app/command/record_json.h"
#include "client/plain_text.h"
#include "client/programme.h"

namespace jangbu::app {
namespace {

Result<Answer> member_show(const Globals& globals, const Said& org) {
    client::Session session = TRY(globals.connect());
    const std::optional<client::OrgId>& own = session.home().config().org_id;
    if (!org && !own)
        return fail(ErrorCode::usage, "name an organisation, or make keys with: jangbu keys init");
    const client::OrgId id = org ? TRY(read_id<client::OrgId>(*org, "ORG")) : *own;
    const client::OrganisationAnswer answer = TRY(session.node().organisation(id));
    Json keys = Json::array();
    std::string text =
        "Organisation " + id.hex() + "\nRoles: " + roles_text(answer.record.roles) + ".\n" +
        (answer.record.endpoint.empty() ? "" : "Content store: " + answer.record.endpoint + "\n") +
        "Keys:\n";
    for (const ledger::Key& key : answer.keys) {
        const client::KeyLine line{
            ledger::key_id(key.org, static_cast<crypto::KeyKind>(key.kind),
                           static_cast<crypto::Purpose>(key.purpose), key.bytes),
            key, std::nullopt,
            key.live_at(session.head().header.height + 1, session.head().header.time_ms)};
        keys.push_back(to_json(line));
        text += "  " + line.id.hex() + "  " + purpose_text(key.purpose) +
                (line.live ? ", live" : ", not live") + "\n";
    }
    Json json = to_json(answer.record);
    json["schema"] = "jangbu-member/1";
    json["keys"] = keys;
    return Answer{json, text};
}

Result<Answer> credits_show(const Globals& globals) {
    client::Session session = TRY(globals.connect_party());
    const market::Account account = TRY(session.node().account(session.org()));
    Json json = to_json(account);
    json["schema"] = "jangbu-credits/1";
    return Answer{json, text_of(account)};
}

Result<Answer> credits_mint(const Globals& globals, const std::string& depositor,
                            const std::string& amount, const std::string& bank_reference) {
    const auto org = TRY(read_id<client::OrgId>(depositor, "DEPOSITOR"));
    const u64 won = TRY(client::read_amount(amount));
    client::Session session = TRY(globals.connect_signer());
    TRY(globals.confirm("Mint " + client::won_text(won) + " for " + depositor +
                        ", bank reference " + bank_reference + "."));
    const client::Posted posted = TRY(client::mint_credits(session, org, won, bank_reference));
    Json json = to_json(posted);
    json["schema"] = "jangbu-minted/1";
    json["depositor"] = depositor;
    json["amount"] = std::to_string(won);
    return Answer{json, client::won_text(won) + " minted for " + depositor + " in block " +
                            std::to_string(posted.height) +
                            (posted.repeated ? ", by an earlier run.\n" : ".\n")};
}

Result<Answer> config_show(const Globals& globals) {
    const client::Home home = TRY(globals.open_home());
    const client::HomeConfig& config = home.config();
    const auto hex = [](const auto& id) { return id ? id->hex() : std::string("none"); };
    return Answer{{{"schema", "jangbu-config/1"},
                   {"home", home.folder().string()},
                   {"node", config.node},
                   {"chain_id", config.chain_id ? Json(config.chain_id->hex()) : Json()},
                   {"org_id", config.org_id ? Json(config.org_id->hex()) : Json()}},
                  "home " + home.folder().string() + "\nnode " + config.node + "\nchain id " +
                      hex(config.chain_id) + "\norganisation " + hex(config.org_id) + "\n"};
}

Result<Answer> config_set(const Globals& globals, const std::string& name,
                          const std::string& value) {
    Globals wanted = globals;
    if (name == "node")
        wanted.node = value;
    else if (name == "chain-id")
        wanted.chain_id = value;
    else {
        client::Home home = TRY(wanted.open_home());
        client::HomeConfig config = home.config();
        if (name == "organisation") {
            if (home.has_keys())
                return fail(ErrorCode::not_allowed,
                            "the keys of this home say whose it is, " + config.org_id->hex());
            config.org_id = TRY(read_id<client::OrgId>(value, "an organisation"));
        } else {
            config.witnesses.push_back(TRY(read_id<ledger::PublicKey>(value, "a witness key")));
        }
        TRY(home.set_config(config));
    }
    return config_show(wanted);
}

}  // namespace

void declare_members(Line& line) {
    const auto org = std::make_shared<Said>();
    const auto id = std::make_shared<std::string>();
    const auto amount = std::make_shared<std::string>();
    const auto text = std::make_shared<std::string>();
    CLI::App* member = line.group("member", "who takes part");
    CLI::App* show =
        line.command(member, "show", "an organisation and its keys",
                     [=](const Globals& globals) { return member_show(globals, *org); });
    show->add_option("ORG", *org, "default: the own organisation");

    CLI::App* credits =
        line.group("credits", "credits, which mirror money at the settlement agent");
    line.command(credits, "show", "the own account",
                 [=](const Globals& globals) { return credits_show(globals); });
    CLI::App* mint = line.command(
        credits, "mint", "credit a deposit (settlement agent only)",
        [=](const Globals& globals) { return credits_mint(globals, *id, *amount, *text); },
        "jangbu credits mint --to ORG --amount 5,000,000 --bank-ref 2026-0001");
    mint->add_option("--to", *id, "the depositor")->required();
    mint->add_option("--amount", *amount, "won")->required();
    mint->add_option("--bank-ref", *text, "the bank's reference; used once")->required();

    CLI::App* config = line.group("config", "what this home remembers");
    line.command(config, "show", "home, node, ledger, organisation",
                 [=](const Globals& globals) { return config_show(globals); });
    CLI::App* set = line.command(
        config, "set",
        "node URL, chain-id, one more witness key, or, without keys, for whom acts are made",
        [=](const Globals& globals) { return config_set(globals, *id, *text); });
    set->add_option("NAME", *id, "what to set")
        ->check(CLI::IsMember({"node", "chain-id", "witness", "organisation"}))
        ->required();
    set->add_option("VALUE", *text)->required();
}

}  // namespace jangbu::app
