#include <charconv>

#include "app/command/commands.h"
#include "client/json_fields.h"
#include "client/plain_text.h"

namespace jangbu::app {
namespace {

struct QueryProof {
    std::string kind;     // state, transaction, receipt, history
    std::string subject;  // state key in hex, txid, height
    std::string out = "-";
};

Result<Answer> query_status(const Globals& globals) {
    client::Session session = TRY(globals.connect());
    const client::NodeStatus status = TRY(session.node().status());
    const client::SignedHead& head = session.head();
    return Answer{{{"schema", "jangbu-status/1"},
                   {"node", session.node().url()},
                   {"name", status.name},
                   {"chain_id", status.chain_id.hex()},
                   {"height", std::to_string(head.header.height)},
                   {"header_hash", head.hash.hex()},
                   {"time_ms", std::to_string(head.header.time_ms)},
                   {"market_time_ms", std::to_string(head.header.market_time_ms)},
                   {"protocol_version", status.protocol_version},
                   {"software", status.software},
                   {"operator_org", status.operator_org.hex()},
                   {"pending", std::to_string(status.pending)}},
                  "Ledger \"" + status.name + "\" at " + session.node().url() + ", chain id " +
                      status.chain_id.hex() + "\nHeight " + std::to_string(head.header.height) +
                      ", " + client::iso_time(head.header.time_ms) +
                      "; the head extends the last one seen here.\nOperator " +
                      status.operator_org.hex() + ", " + status.software + ".\n"};
}

Result<Answer> query_block(const Globals& globals, u64 height) {
    client::Session session = TRY(globals.connect_party());
    const std::string text = TRY(session.node().block_json(height));
    TRY(client::parse_json(as_bytes(text), "block"));
    Json json = Json::parse(text, nullptr, false);
    const std::string shown = json.dump(1);
    return Answer{std::move(json), shown};
}

Result<Answer> query_transaction(const Globals& globals, const std::string& txid) {
    const auto id = TRY(read_id<client::TxId>(txid, "TXID"));
    client::Session session = TRY(globals.connect());
    const client::TransactionAnswer answer = TRY(session.node().transaction(id, 0));
    using Status_ = client::TransactionAnswer::Status;
    if (answer.status == Status_::unknown)
        return fail(ErrorCode::not_found, "the ledger does not know this transaction");
    const bool committed = answer.status == Status_::committed;
    Json events = Json::array();
    std::string names;
    for (const market::Event& event : answer.events) {
        events.push_back(market::event_name(event));
        names += (names.empty() ? "" : ", ") + std::string(market::event_name(event));
    }
    Json json{
        {"schema", "jangbu-transaction/1"},
        {"txid", txid},
        {"status", committed ? "committed" : "pending"},
        {"height", committed ? Json(std::to_string(answer.height)) : Json()},
        {"code", committed ? Json(answer.code) : Json()},
        {"rejection_name", answer.rejection_name.empty() ? Json() : Json(answer.rejection_name)},
        {"events", events}};
    if (!committed) return Answer{json, "Pending.\n"};
    return Answer{json, "In block " + std::to_string(answer.height) + ": " +
                            (answer.code == 0 ? "done" : "rejected, " + answer.rejection_name) +
                            ".\n" + (names.empty() ? "" : "Events: " + names + ".\n")};
}

Result<Answer> query_parameters(const Globals& globals) {
    client::Session session = TRY(globals.connect());
    Json list = Json::array();
    std::string text;
    for (const client::ParameterAnswer& one : TRY(session.node().parameters())) {
        list.push_back(
            {{"name", one.name}, {"value", one.value}, {"min", one.least}, {"max", one.most}});
        text += one.name + " = " + one.value + "  (" + one.least + " to " + one.most + ")\n";
    }
    return Answer{{{"schema", "jangbu-parameters/1"}, {"parameters", list}}, text};
}

Result<Answer> query_proof(const Globals& globals, const QueryProof& options) {
    client::Session session =
        TRY(options.kind == "state" && globals.open_home()->has_keys() ? globals.connect_party()
                                                                       : globals.connect());
    std::string file;
    if (options.kind == "state") {
        const std::optional<Bytes> key = from_hex(options.subject);
        if (!key || key->empty()) return fail(ErrorCode::usage, "a state key is hex digits");
        file = TRY(session.node().state_proof(*key));
    } else if (options.kind == "transaction" || options.kind == "receipt") {
        const auto id = TRY(read_id<client::TxId>(options.subject, "TXID"));
        file = options.kind == "receipt" ? TRY(session.node().receipt_proof(id))
                                         : TRY(session.node().transaction_proof(id));
    } else if (options.kind == "history") {
        const std::string& text = options.subject;
        u64 height = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), height);
        if (error != std::errc() || end != text.data() + text.size())
            return fail(ErrorCode::usage, "a height is a number");
        file = TRY(session.node().history_proof(height));
    } else {
        return fail(ErrorCode::usage, "a proof is of state, transaction, receipt or history");
    }
    if (const auto verified = ledger::jbproof::verify(file, session.trusted()); !verified)
        return fail(ErrorCode::verification_failed,
                    "the node's proof does not hold: " + verified.error().detail);
    TRY(write_named_file(options.out, as_bytes(file)));
    if (options.out == "-") return Answer{};
    return Answer{{{"schema", "jangbu-proof-saved/1"}, {"file", options.out}},
                  "The proof is in " + options.out + ".\n"};
}

}  // namespace

void declare_queries(Line& line) {
    const auto height = std::make_shared<u64>(u64{0});
    const auto id = std::make_shared<std::string>();
    const auto wanted = std::make_shared<QueryProof>();
    CLI::App* query = line.group("query", "read the ledger");
    line.command(query, "status", "node and head",
                 [=](const Globals& globals) { return query_status(globals); });
    line.command(query, "parameters", "parameters in force",
                 [=](const Globals& globals) { return query_parameters(globals); });
    CLI::App* block =
        line.command(query, "block", "a block (validators)",
                     [=](const Globals& globals) { return query_block(globals, *height); });
    block->add_option("HEIGHT", *height)->required();
    CLI::App* tx =
        line.command(query, "tx", "what became of a transaction",
                     [=](const Globals& globals) { return query_transaction(globals, *id); });
    tx->add_option("TXID", *id)->required();
    CLI::App* proof = line.command(
        query, "proof", "a jbproof file, checked before it is written",
        [=](const Globals& globals) { return query_proof(globals, *wanted); },
        "jangbu query proof receipt TXID --out receipt.json");
    proof->add_option("KIND", wanted->kind, "of what")
        ->check(CLI::IsMember({"state", "transaction", "receipt", "history"}))
        ->required();
    proof->add_option("SUBJECT", wanted->subject, "state key in hex, txid, or height")->required();
    proof->add_option("--out", wanted->out, "file to write")->capture_default_str();
}

}  // namespace jangbu::app
