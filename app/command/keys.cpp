#include <iostream>

#include "app/command/commands.h"
#include "app/command/record_json.h"
#include "client/plain_text.h"

namespace jangbu::app {
namespace {

struct KeysInit {
    bool korean = false;
    Said words_file;  // restore: read from here, else asked for
};

using crypto::Purpose;

constexpr std::size_t words_bytes_max = 4096;
constexpr u32 words_in_a_row = 6;

Result<Purpose> read_purpose(const std::string& text) {
    for (u8 number = 1; number <= 6; ++number)
        if (purpose_text(number) == text) return static_cast<Purpose>(number);
    return fail(ErrorCode::usage,
                "a purpose is transact, deliver, encrypt, operate, certify or witness");
}

std::string word_table(const std::vector<std::string>& words) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i) {
        text += std::to_string(i + 1) + ". " + words[i];
        text += (i + 1) % words_in_a_row == 0 ? "\n" : "   ";
    }
    return text;
}

Result<std::string> obtain_words(const Said& file) {
    if (file) {
        const Bytes content = TRY(read_named_file(*file, words_bytes_max));
        return std::string(as_text(content));
    }
    if (can_ask()) talk("Type the 24 words, then an empty line.");
    std::string words;
    std::string line;
    while (std::getline(std::cin, line) && !(line.empty() && !words.empty())) words += line + " ";
    return words;
}

// What these words own on the ledger, and what to do next.
Result<std::string> found_on_ledger(const Globals& globals, const std::string& password,
                                    Json& json) {
    client::Session session = TRY(globals.connect());
    TRY(session.unlock(password));
    const auto lines = client::list_keys(session);
    if (!lines && lines.error().code == ErrorCode::not_found)
        return std::string("The ledger does not know this organisation yet.\n");
    if (!lines) return std::unexpected(lines.error());
    const auto datasets = TRY(session.node().datasets(session.org(), ""));
    std::string text = "The ledger knows " + std::to_string(lines->size()) + " keys and " +
                       std::to_string(datasets.items.size()) +
                       (datasets.next.empty() ? "" : " or more") + " datasets.\n";
    json["keys"] = lines->size();
    json["orders"] = Json::array();
    for (const bool as_seller : {false, true}) {
        const auto orders = TRY(session.node().orders(as_seller, ""));
        for (const client::OrderAnswer& order : orders.items) {
            if (market::is_terminal(order.record.state)) continue;
            text += "Open order " + order.record.id.hex() + " (" +
                    market::name(order.record.state) + ", as " + (as_seller ? "seller" : "buyer") +
                    ").\n";
            json["orders"].push_back(order.record.id.hex());
        }
    }
    return text;
}

Result<Answer> keys_init(const Globals& globals, const KeysInit& options) {
    client::Home home = TRY(globals.open_home());
    TRY(home.lock());
    if (home.has_keys())
        return fail(ErrorCode::already_exists,
                    "there are keys in " + home.folder().string() + " already");
    const std::string password = TRY(globals.password(true));
    const auto secret = crypto::OrganisationSecret::random();
    const auto words = crypto::to_words(
        secret.bytes(), options.korean ? crypto::WordList::korean : crypto::WordList::english);
    const client::OrgId org = TRY(client::set_up_keys(home, secret, password, false));
    Json list = Json::array();
    for (const std::string& word : words) list.push_back(word);
    return Answer{
        {{"schema", "jangbu-keys-init/1"}, {"org_id", org.hex()}, {"words", list}},
        "Organisation " + org.hex() +
            "\n\nWrite these 24 words down; they are shown "
            "this once. With them and the ledger everything\ncan be restored; whoever has "
            "them is your organisation.\n\n" +
            word_table(words) + "\nThe keys are in " + home.keystore().string() +
            ". To take part in a ledger, give its operator the card:\n  jangbu keys card "
            "--out my.card\n"};
}

Result<Answer> keys_restore(const Globals& globals, const KeysInit& options) {
    client::Home home = TRY(globals.open_home());
    TRY(home.lock());
    const std::string words = TRY(obtain_words(options.words_file));
    const ByteArray<32> bytes = TRY(crypto::from_words(words));
    const std::string password = TRY(globals.password(true));
    const client::OrgId org =
        TRY(client::set_up_keys(home, crypto::OrganisationSecret(bytes), password, true));
    Json json{{"schema", "jangbu-keys-restore/1"}, {"org_id", org.hex()}};
    std::string text = "Organisation " + org.hex() + " is restored.\n";
    const Result<std::string> found = found_on_ledger(globals, password, json);
    if (found)
        text += *found;
    else
        text += "The ledger could not be asked: " + found.error().detail + "\n";
    text += "Datasets are found again by naming their files with --file.\n";
    return Answer{json, text};
}

Result<Answer> keys_card(const Globals& globals, u32 prekeys, const Said& out) {
    const client::Home home = TRY(globals.open_home());
    const std::string password = TRY(globals.password(false));
    const auto secret = TRY(client::open_secret(home, password));
    const ledger::MemberCard card = ledger::make_member_card(secret, prekeys);
    const std::string text = ledger::to_text(card) + "\n";
    if (out) TRY(write_named_file(*out, as_bytes(text)));
    return Answer{{{"schema", "jangbu-member-card/1"}, {"org_id", card.org.hex()}, {"card", text}},
                  out ? "The card of " + card.org.hex() + " is in " + *out + ".\n" : text};
}

Result<Answer> keys_list(const Globals& globals) {
    client::Session session = TRY(globals.connect_party());
    Json keys = Json::array();
    std::string text;
    for (const client::KeyLine& line : TRY(client::list_keys(session))) {
        keys.push_back(to_json(line));
        text += line.id.hex() + "  " + purpose_text(line.key.purpose) +
                (line.number ? " " + std::to_string(*line.number) : ", not of these words") +
                (line.live ? ", live" : ", not live") + "\n";
    }
    return Answer{{{"schema", "jangbu-keys/1"}, {"org_id", session.org().hex()}, {"keys", keys}},
                  text};
}

Result<Answer> keys_add(const Globals& globals, const std::string& purpose, const Said& valid_until,
                        bool again) {
    const Purpose wanted = TRY(read_purpose(purpose));
    std::optional<u64> until;
    if (valid_until) until = TRY(client::read_time(*valid_until, client::now_ms()));
    client::Session session = TRY(globals.connect_signer());
    const client::AddedKey added = TRY(client::add_key(session, wanted, until, again));
    Json json = to_json(added.posted);
    json["schema"] = "jangbu-key-added/1";
    json["key_id"] = added.id.hex();
    json["number"] = added.number;
    return Answer{
        json,
        std::string(added.posted.repeated ? "Added before (--again adds another): " : "Added: ") +
            purpose + " key " + std::to_string(added.number) + ", " + added.id.hex() +
            ", in force from height " + std::to_string(added.posted.height + 1) + ".\n"};
}

Result<Answer> keys_revoke(const Globals& globals, const std::string& key_id) {
    const auto id = TRY(read_id<client::KeyId>(key_id, "KEY_ID"));
    client::Session session = TRY(globals.connect_signer());
    TRY(globals.confirm("Revoke key " + key_id + "? It can never be used again."));
    const client::Posted posted = TRY(client::revoke_key(session, id));
    if (posted.to_sign) return generated(globals, *posted.to_sign, {});
    Json json = to_json(posted);
    json["schema"] = "jangbu-key-revoked/1";
    json["key_id"] = key_id;
    return Answer{json, "Key " + key_id + " is revoked from height " +
                            std::to_string(posted.height + 1) + ".\n"};
}

Result<Answer> keys_export(const Globals& globals, Purpose purpose, const std::string& out,
                           const Said& out_password_file) {
    const client::Home home = TRY(globals.open_home());
    const std::string password = TRY(globals.password(false));
    const auto secret = TRY(client::open_secret(home, password));
    std::string other = password;
    if (out_password_file) {
        Globals reader = globals;
        reader.password_file = *out_password_file;
        other = TRY(reader.password(true));
    }
    TRY(client::export_key(secret, purpose, out, other));
    const std::string key = secret.signing_key(purpose, 0).public_key().hex();
    if (purpose == Purpose::witness)
        return Answer{{{"schema", "jangbu-witness-exported/1"}, {"file", out}, {"key", key}},
                      "The witness key " + key + " is in " + out +
                          ", for jangbud follow --witness. The ledger knows it after: jangbu keys "
                          "add witness\n"};
    return Answer{{{"schema", "jangbu-operate-exported/1"}, {"file", out}, {"key", key}},
                  "The operate key is in " + out +
                      ", for jangbud init --keystore or jangbud follow --key.\n"};
}

}  // namespace

void declare_keys(Line& line) {
    const auto words = std::make_shared<KeysInit>();
    const auto prekeys = std::make_shared<u32>(1);
    const auto file = std::make_shared<Said>();
    const auto text = std::make_shared<std::string>();
    const auto more = std::make_shared<Said>();
    const auto again = std::make_shared<bool>(false);
    const auto id = std::make_shared<std::string>();
    CLI::App* keys = line.group("keys", "keys of the own organisation, all from 24 words");
    CLI::App* init = line.command(
        keys, "init", "make an organisation secret; shows its 24 words once",
        [=](const Globals& globals) { return keys_init(globals, *words); },
        "jangbu keys init --korean");
    init->add_flag("--korean", words->korean, "Korean words");
    CLI::App* restore = line.command(
        keys, "restore", "bring everything back from the words and the ledger",
        [=](const Globals& globals) { return keys_restore(globals, *words); },
        "jangbu keys restore --node http://127.0.0.1:8640");
    restore->add_option("--words-file", words->words_file, "read the words from a file");
    CLI::App* card = line.command(
        keys, "card", "public keys with their possession proofs, for a genesis",
        [=](const Globals& globals) { return keys_card(globals, *prekeys, *file); },
        "jangbu keys card --out seller.card");
    card->add_option("--prekeys", *prekeys, "keys for orders")->check(CLI::Range(1, 32));
    card->add_option("--out", *file, "file to write");
    line.command(keys, "list", "own keys as the ledger knows them",
                 [=](const Globals& globals) { return keys_list(globals); });
    CLI::App* add = line.command(
        keys, "add", "register the next key of a purpose",
        [=](const Globals& globals) { return keys_add(globals, *text, *more, *again); },
        "jangbu keys add encrypt");
    add->add_option("PURPOSE", *text, "what it is for")
        ->check(CLI::IsMember({"transact", "deliver", "encrypt", "operate", "certify", "witness"}))
        ->required();
    add->add_option("--valid-until", *more, "date, or +365d");
    add->add_flag("--again", *again, "one more than the last one added");
    CLI::App* revoke =
        line.command(keys, "revoke", "revoke a key for ever",
                     [=](const Globals& globals) { return keys_revoke(globals, *id); });
    revoke->add_option("KEY_ID", *id)->required();
    line.add_generate_only(revoke);
    CLI::App* operate = line.command(
        keys, "export-operate", "write the operate key as a keystore file for jangbud",
        [=](const Globals& globals) {
            return keys_export(globals, crypto::Purpose::operate, *text, *more);
        },
        "jangbu keys export-operate --out validator.keystore");
    CLI::App* witness = line.command(
        keys, "export-witness", "write the witness key as a keystore file for jangbud follow",
        [=](const Globals& globals) {
            return keys_export(globals, crypto::Purpose::witness, *text, *more);
        },
        "jangbu keys export-witness --out witness.keystore");
    for (CLI::App* one : {operate, witness}) {
        one->add_option("--out", *text, "file to write")->required();
        one->add_option("--out-password-file", *more, "its own password; else the home's");
    }
}

}  // namespace jangbu::app
