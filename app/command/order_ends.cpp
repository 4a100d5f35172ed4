#include "app/command/commands.h"
#include "app/command/record_json.h"
#include "client/order_case.h"
#include "client/outbox.h"
#include "client/plain_text.h"
#include "client/witnesses.h"

namespace jangbu::app {
namespace {

Result<Answer> order_list(const Globals& globals, const std::string& role) {
    if (role != "buyer" && role != "seller" && role != "both")
        return fail(ErrorCode::usage, "--role is buyer, seller or both");
    client::Session session = TRY(globals.connect_party());
    Json items = Json::array();
    std::string text;
    for (const bool as_seller : {false, true}) {
        if (role == (as_seller ? "buyer" : "seller")) continue;
        std::string cursor;
        do {
            const auto page = TRY(session.node().orders(as_seller, cursor));
            for (const client::OrderAnswer& order : page.items) {
                Json item = to_json(order.record, order.money);
                const market::Origin origin =
                    TRY(session.node().dataset(order.record.dataset)).origin;
                item["simulated"] = origin == market::Origin::simulated;
                item["role"] = as_seller ? "seller" : "buyer";
                items.push_back(item);
                text += order.record.id.hex() + "  " + market::name(order.record.state) + "  as " +
                        (as_seller ? "seller" : "buyer") + "  " +
                        client::won_text(order.money.supply + order.money.tax) +
                        (origin == market::Origin::simulated ? "  [SIMULATED]" : "") + "\n";
            }
            cursor = page.next;
        } while (!cursor.empty());
    }
    if (text.empty()) text = "No orders.\n";
    return Answer{{{"schema", "jangbu-orders/1"}, {"items", items}}, text};
}

// Before money is locked, either side may step back.
Result<Answer> step_back(const Globals& globals, const std::string& order, const std::string& label,
                         const market::Operation& operation, const char* schema,
                         const std::string& sentence) {
    client::Session session = TRY(globals.connect_signer());
    const auto posted = TRY(client::post(session, label + order, [&]() -> Result<client::Draft> {
        return client::Draft{operation, {}};
    }));
    if (posted.to_sign) return generated(globals, *posted.to_sign, order);
    Json json = to_json(posted);
    json["schema"] = schema;
    json["id"] = order;
    return Answer{json, "Order " + order + sentence};
}

Result<Answer> order_decline(const Globals& globals, const std::string& order, u16 reason) {
    const auto id = TRY(read_id<client::OrderId>(order, "ORDER"));
    return step_back(globals, order, "decline-", market::DeclineOrder{id, reason},
                     "jangbu-order-declined/1", " is declined; your money is available again.\n");
}

Result<Answer> order_reject(const Globals& globals, const std::string& order, u16 reason) {
    const auto id = TRY(read_id<client::OrderId>(order, "ORDER"));
    return step_back(globals, order, "reject-", market::RejectOrder{id, reason},
                     "jangbu-order-rejected/1", " is rejected.\n");
}

Result<Answer> order_receipt(const Globals& globals, const std::string& order,
                             const std::string& out, const Said& money_out, u32 witnesses) {
    const auto id = TRY(read_id<client::OrderId>(order, "ORDER"));
    client::Session session = TRY(globals.connect_party());
    const client::OrderCase that = TRY(client::read_case(session, id));
    const auto write = [&](const ledger::StateKey& key, const std::string& name) -> Status {
        const std::string file = TRY(client::state_proof(session, key, witnesses));
        if (!ledger::jbproof::verify(file, session.trusted()))
            return fail(ErrorCode::verification_failed, "the node's proof does not hold");
        return write_named_file(name, as_bytes(file));
    };
    TRY(write(market::order_public_key(id), out));
    if (money_out) TRY(write(market::order_money_key(id), *money_out));
    if (out == "-") return Answer{};
    return Answer{{{"schema", "jangbu-receipt/1"},
                   {"id", order},
                   {"state_name", market::name(that.order.state)},
                   {"file", out},
                   {"money_file", money_out ? Json(*money_out) : Json()},
                   {"simulated", that.dataset.origin == market::Origin::simulated}},
                  simulated_note(that.dataset.origin) + "The receipt of order " + order + " (" +
                      market::name(that.order.state) + ") is in " + out + ".\n" +
                      (money_out ? "Its money is in " + *money_out + ".\n" : "")};
}

}  // namespace

void declare_order_ends(Line& line, CLI::App* order) {
    const auto role = std::make_shared<std::string>("both");
    const auto id = std::make_shared<std::string>();
    const auto reason = std::make_shared<u16>(u16{0});
    const auto out = std::make_shared<std::string>("-");
    const auto money = std::make_shared<Said>();
    const auto witnesses = std::make_shared<u32>(0);
    CLI::App* list = line.command(order, "list", "own orders", [=](const Globals& globals) {
        return order_list(globals, *role);
    });
    list->add_option("--role", *role, "as whom")
        ->check(CLI::IsMember({"buyer", "seller", "both"}))
        ->capture_default_str();
    CLI::App* decline =
        line.command(order, "decline", "buyer: withdraw before locking",
                     [=](const Globals& globals) { return order_decline(globals, *id, *reason); });
    CLI::App* reject =
        line.command(order, "reject", "seller: refuse before accepting",
                     [=](const Globals& globals) { return order_reject(globals, *id, *reason); });
    for (CLI::App* end : {decline, reject}) {
        end->add_option("ORDER", *id)->required();
        line.add_generate_only(end);
        end->add_option("--reason", *reason, "a number for the other side");
    }
    CLI::App* receipt = line.command(
        order, "receipt", "trade receipt, a file that verifies offline",
        [=](const Globals& globals) {
            return order_receipt(globals, *id, *out, *money, *witnesses);
        },
        "jangbu order receipt ORDER --out receipt.json --money money.json");
    receipt->add_option("ORDER", *id)->required();
    receipt->add_option("--out", *out, "file to write, - for stdout")->required();
    receipt->add_option("--money", *money, "also the amounts, in a file of their own");
    add_witnesses(receipt, *witnesses);
}

}  // namespace jangbu::app
