// sign, broadcast, tx show: a transaction that one machine makes, another signs, a third sends.
#include "app/command/commands.h"
#include "app/command/operation_text.h"
#include "app/command/record_json.h"
#include "client/outbox.h"
#include "client/plain_text.h"

namespace jangbu::app {
namespace {

using client::TransactionFile;

constexpr std::size_t shown_bytes_max = 4'096;

Result<TransactionFile> read_transaction(const std::string& name) {
    const auto named = [&](const std::string& what) { return name + ": " + what; };
    const Result<Bytes> bytes = read_named_file(name, client::transaction_file_bytes_max);
    if (!bytes && bytes.error().code == ErrorCode::limit_exceeded)
        return fail(ErrorCode::malformed, named("this is no transaction file: it is too long"));
    if (!bytes) return std::unexpected(bytes.error());
    Result<TransactionFile> file = client::decode_transaction_file(*bytes);
    if (!file) return fail(file.error().code, named(file.error().detail));
    return file;
}

// Texts are read by the person who signs; of the rest, and of long ones, the hash binds.
std::string content_text(const ledger::Document& document) {
    if (document.bytes.size() > shown_bytes_max || !is_utf8(document.bytes)) return "";
    return std::string(as_text(document.bytes));
}

struct Summary {
    Json json;
    std::string text;
    bool whole = false;  // every field is in it
};

Result<Summary> summary_of(const TransactionFile& file) {
    const ledger::Body& body = file.transaction.body;
    const auto operation = TRY(market::decode_operation(body.operation));
    const auto fields = fields_of(operation);
    const std::string name = market::operation_name(operation);
    std::string text = name + (file.is_signed ? ", signed" : ", not signed yet") + "\n  ledger " +
                       file.chain_id.hex() + "\n  transaction " + file.id().hex() + "\n  author " +
                       body.author.hex() + "\n  valid from " +
                       client::iso_time(body.valid_from_ms) + " to " +
                       client::iso_time(file.ends_ms()) + "\n";
    Json said = Json::array();
    for (const auto& [field, value] : fields) {
        text += "  " + field + ": " + value + "\n";
        said.push_back({{"name", field}, {"value", value}});
    }
    if (fields.empty())
        text +=
            "  this program does not show what such an operation says: " + to_hex(body.operation) +
            "\n";
    Json documents = Json::array();
    for (const ledger::Document& document : file.documents) {
        const std::string hash = ledger::document_hash(bcs::encode(document)).hex();
        const std::string content = content_text(document);
        text += "  document " + hash + ", " + document.media_type + ", " +
                std::to_string(document.bytes.size()) + " bytes" +
                (content.empty() ? "\n" : ":\n" + content + "\n");
        documents.push_back({{"hash", hash},
                             {"media_type", document.media_type},
                             {"bytes", std::to_string(document.bytes.size())}});
    }
    return Summary{{{"schema", "jangbu-transaction-file/1"},
                    {"operation", name},
                    {"signed", file.is_signed},
                    {"chain_id", file.chain_id.hex()},
                    {"txid", file.id().hex()},
                    {"author", body.author.hex()},
                    {"valid_from_ms", std::to_string(body.valid_from_ms)},
                    {"valid_until_ms", std::to_string(file.ends_ms())},
                    {"fields", said},
                    {"documents", documents}},
                   text,
                   !fields.empty()};
}

Result<Answer> tx_show(const std::string& name) {
    const TransactionFile file = TRY(read_transaction(name));
    Summary summary = TRY(summary_of(file));
    return Answer{std::move(summary.json), summary.text};
}

Result<Answer> sign(const Globals& globals, const std::string& name, const Said& out) {
    const TransactionFile file = TRY(read_transaction(name));
    const client::Home home = TRY(globals.open_home());
    const std::optional<client::ChainId>& trusted = home.config().chain_id;
    if (!trusted)
        return fail(ErrorCode::usage, "this home trusts no ledger yet: name it with --chain-id");
    if (*trusted != file.chain_id)
        return fail(ErrorCode::verification_failed, "it is for ledger " + file.chain_id.hex() +
                                                        ", this home trusts " + trusted->hex());
    const Summary summary = TRY(summary_of(file));
    if (!summary.whole) {
        talk(summary.text);
        return fail(ErrorCode::not_allowed, "what is not shown whole is not signed");
    }
    const std::string password = TRY(globals.password(false));
    const auto secret = TRY(client::open_secret(home, password));
    const TransactionFile made = TRY(client::sign(file, secret, client::now_ms()));
    TRY(globals.confirm(summary.text));
    const std::string to = out.value_or(name);
    TRY(write_named_file(to, client::encode(made)));
    if (to == "-") return Answer{};
    return Answer{{{"schema", "jangbu-transaction-signed/1"},
                   {"file", to},
                   {"txid", made.id().hex()},
                   {"valid_until_ms", std::to_string(made.ends_ms())}},
                  "Signed, in " + to + ". Where a node can be reached, until " +
                      client::iso_time(made.ends_ms()) + ": jangbu broadcast " + to + "\n"};
}

Result<Answer> broadcast(const Globals& globals, const std::string& name) {
    const TransactionFile file = TRY(read_transaction(name));
    client::Session session = TRY(globals.connect());
    const client::Posted posted = TRY(client::broadcast(session, file));
    Json json = to_json(posted);
    json["schema"] = "jangbu-broadcast/1";
    json["operation"] = market::operation_name(posted.operation);
    return Answer{json, "Transaction " + posted.id.hex() + " is in block " +
                            std::to_string(posted.height) +
                            (posted.repeated ? ", since an earlier broadcast.\n" : ".\n")};
}

}  // namespace

Result<Answer> generated(const Globals& globals, const TransactionFile& file,
                         const std::string& id) {
    TRY(write_named_file(globals.generate_only, client::encode(file)));
    if (globals.generate_only == "-") return Answer{};
    const Summary summary = TRY(summary_of(file));
    Json json = summary.json;
    json["schema"] = "jangbu-generated/1";
    json["file"] = globals.generate_only;
    json["id"] = id.empty() ? Json() : Json(id);
    return Answer{json, summary.text + (id.empty() ? "" : "It is about " + id + ".\n") +
                            "Nothing was signed. Where the keys are: jangbu sign " +
                            globals.generate_only + "\n"};
}

void declare_transactions(Line& line) {
    const auto file = std::make_shared<std::string>();
    const auto out = std::make_shared<Said>();
    CLI::App* signs = line.command(
        "sign", "sign what --generate-only wrote; needs the keys of this home and no node",
        [=](const Globals& globals) { return sign(globals, *file, *out); }, "jangbu sign fund.tx");
    signs->add_option("FILE", *file)->required();
    signs->add_option("--out", *out, "file to write; default: FILE itself");
    CLI::App* sends = line.command(
        "broadcast", "send a signed transaction; needs a node and no keys; may be run again",
        [=](const Globals& globals) { return broadcast(globals, *file); },
        "jangbu broadcast fund.tx --node http://127.0.0.1:8640");
    sends->add_option("FILE", *file)->required();
    CLI::App* tx = line.group("tx", "transaction files of --generate-only");
    CLI::App* show = line.command(
        tx, "show", "what a transaction file says; needs no home",
        [=](const Globals&) { return tx_show(*file); }, "jangbu tx show fund.tx");
    show->add_option("FILE", *file)->required();
}

}  // namespace jangbu::app
