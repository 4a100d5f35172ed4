#include "app/command/commands.h"
#include "app/command/record_json.h"
#include "client/order_accept.h"
#include "client/order_fetch.h"
#include "client/order_key.h"
#include "client/order_open.h"
#include "client/order_place.h"
#include "client/plain_text.h"
#include "client/witnesses.h"

namespace jangbu::app {
namespace {

struct OrderPlace {
    std::string listing;
    Said voucher;
    Said voucher_amount;
    bool again = false;
};

using client::won_text;

Result<client::OrderId> read_order_id(const std::string& text) {
    return read_id<client::OrderId>(text, "ORDER");
}

std::string plan_text(const client::PlacePlan& plan) {
    std::string text = simulated_note(plan.dataset.origin);
    if (!plan.title.empty()) text += plan.title + "\n";
    return text + "Licence: " + licence_text(plan.listing.licence) + ".\nSupply value " +
           won_text(plan.supply) + ", tax " + won_text(plan.tax) + ", together " +
           won_text(plan.supply + plan.tax) + ".\nThe voucher pays " + won_text(plan.voucher) +
           ", you pay " + won_text(plan.own) + ", reserved now and paid when you have the data.\n" +
           "The seller puts up a bond of " + won_text(plan.seller_bond) + ".\nWindows: to accept " +
           client::duration_text(plan.accept_ms) + ", to lock " +
           client::duration_text(plan.lock_ms) + ", for the key " +
           client::duration_text(plan.key_ms) + ", to dispute " +
           client::duration_text(plan.dispute_ms) + ".";
}

Answer placed_answer(const client::Placed& placed) {
    const market::PlaceOrder& operation = placed.operation;
    Json json{{"schema", "jangbu-order-placed/1"},
              {"id", placed.order.hex()},
              {"txid", placed.txid.hex()},
              {"height", std::to_string(placed.height)},
              {"repeated", placed.repeated},
              {"supply", std::to_string(operation.supply)},
              {"tax", std::to_string(operation.tax)},
              {"own", std::to_string(operation.own)},
              {"voucher", std::to_string(operation.voucher)}};
    return {json, "Order " + placed.order.hex() +
                      (placed.repeated ? " was placed by an earlier run (--again places another).\n"
                                       : " is placed. Next, the seller: jangbu order accept " +
                                             placed.order.hex() + "\n")};
}

Json posted_json(const char* schema, const std::string& order, const client::Posted& posted) {
    Json json = to_json(posted);
    json["schema"] = schema;
    json["id"] = order;
    return json;
}

// Every answer about simulated data says so.
Answer labelled(Json json, const std::string& text, market::Origin origin) {
    json["simulated"] = origin == market::Origin::simulated;
    return {std::move(json), simulated_note(origin) + text};
}

// Who acts next, and until when.
std::string next_text(const client::OrderCase& that) {
    const std::string id = that.order.id.hex();
    std::string text;
    switch (that.order.state) {
        case market::OrderState::placed:
            text = "Next, the seller: jangbu order accept " + id;
            break;
        case market::OrderState::accepted:
            text = "Next, the buyer: jangbu order fetch " + id;
            break;
        case market::OrderState::locked:
            text = "Next, the seller: jangbu order key " + id;
            break;
        case market::OrderState::keyed:
            text = "Next, the buyer: jangbu order open " + id;
            break;
        default:
            return "It has ended, at height " + std::to_string(that.order.closed_height) + ".\n";
    }
    const auto deadline = client::deadline_estimate_ms(that);
    if (deadline)
        text += "\nuntil about " + client::iso_time(*deadline) +
                " (later if the ledger stands still meanwhile)";
    return text + ".\n";
}

Result<Answer> order_place(const Globals& globals, const OrderPlace& options) {
    client::PlaceRequest request;
    request.listing = TRY(read_id<client::ListingId>(options.listing, "LISTING"));
    if (options.voucher)
        request.voucher = TRY(read_id<client::VoucherId>(*options.voucher, "--voucher"));
    if (options.voucher_amount)
        request.voucher_amount = TRY(client::read_amount(*options.voucher_amount));
    client::Session session = TRY(globals.connect_signer());
    if (options.again) TRY(client::forget_order(session, request.listing));
    const auto begun = TRY(client::continue_order(session, request.listing));
    if (begun) {
        const Answer answer = placed_answer(*begun);
        const client::OrderCase that = TRY(client::read_case(session, begun->order));
        return labelled(answer.json, answer.text, that.dataset.origin);
    }
    const client::PlacePlan plan = TRY(client::plan_order(session, request));
    TRY(globals.confirm(plan_text(plan)));
    const client::Placed placed = TRY(client::place_order(session, plan));
    Answer answer = placed_answer(placed);
    answer.json["bond"] = std::to_string(plan.seller_bond);
    return labelled(answer.json, answer.text, plan.dataset.origin);
}

Result<Answer> order_accept(const Globals& globals, const std::string& order, const Said& file) {
    const auto id = TRY(read_order_id(order));
    client::Session session = TRY(globals.connect_signer());
    const client::OrderAnswer record = TRY(session.node().order(id));
    if (record.record.state == market::OrderState::placed && record.record.seller == session.org())
        TRY(globals.confirm("You put up a bond of " + won_text(record.money.bond) +
                            " and will be paid " +
                            won_text(record.money.supply + record.money.tax) + " less the fee of " +
                            std::to_string(record.money.fee_bps) +
                            " of 10,000. A chunk that does not open costs the bond."));
    std::optional<std::filesystem::path> given;
    if (file) given = *file;
    client::Progress progress(progress_bar());
    const client::AcceptResult result = TRY(client::accept_order(session, id, given, progress));
    Json json = posted_json("jangbu-order-accepted/1", order, result.posted);
    json["ciphertext_bytes"] = std::to_string(result.ciphertext_bytes);
    if (result.what == client::AcceptResult::What::rejected_mask) {
        json["rejected"] = true;
        return labelled(json,
                        "The order's mask was not made by the rule, so no key could open it: "
                        "the order is rejected.\n",
                        result.origin);
    }
    return labelled(json,
                    "Order " + order +
                        " is accepted: the ciphertext is in the store, and the own copy opens "
                        "chunk by chunk.\nNext, the buyer: jangbu order fetch " +
                        order + "\n",
                    result.origin);
}

Result<Answer> order_fetch(const Globals& globals, const std::string& order, bool keep_unlocked) {
    const auto id = TRY(read_order_id(order));
    client::Session session = TRY(globals.connect_signer());
    client::Progress progress(progress_bar());
    if (keep_unlocked) {
        const client::OrderCase that = TRY(client::read_case(session, id));
        TRY(client::need_buyer(session, that));
        const client::OrderFiles files = TRY(client::order_files(session, id));
        const client::Delivery delivery =
            TRY(client::fetch_ciphertext(session, that, files, progress));
        return labelled({{"schema", "jangbu-order-fetched/1"},
                         {"id", order},
                         {"ciphertext_bytes", std::to_string(delivery.bytes)},
                         {"locked", that.order.locked_height != 0}},
                        "Every chunk is here, lengths and both trees are right.\n",
                        that.dataset.origin);
    }
    const client::LockResult result = TRY(client::lock_order(session, id, progress));
    Json json = posted_json("jangbu-order-fetched/1", order, result.posted);
    json["ciphertext_bytes"] = std::to_string(result.bytes);
    json["locked"] = true;
    return labelled(json,
                    std::string("Every chunk is here, lengths and both trees are right. The "
                                "order ") +
                        (result.already ? "was locked before" : "is locked") +
                        ": your money is in escrow.\nNext, the seller: jangbu order key " + order +
                        "\n",
                    result.origin);
}

Result<Answer> order_key(const Globals& globals, const std::string& order,
                         const std::string& evidence) {
    const auto id = TRY(read_order_id(order));
    if (evidence != "E0" && evidence != "E1")
        return fail(ErrorCode::usage, "--evidence is E0 or E1");
    client::Session session = TRY(globals.connect_signer());
    TRY(
        globals.confirm("Posting the key is a one-way door: the buyer can read the data from then "
                        "on, and nobody can take it back."));
    const client::KeyResult result = TRY(client::post_key(session, id, evidence));
    Json json = posted_json("jangbu-order-keyed/1", order, result.posted);
    json["level"] = result.level;
    json["promise_kept"] = result.promise_kept;
    return labelled(
        json,
        (result.already
             ? "The key was posted before.\n"
             : "The key is posted; the lock was proven at level " + result.level + ".\n") +
            std::string(result.promise_kept ? "The node's signed promise to include it is kept.\n"
                                            : "") +
            "Next, the buyer: jangbu order open " + order + "\n",
        result.origin);
}

Result<Answer> order_open(const Globals& globals, const std::string& order, const Said& out) {
    const auto id = TRY(read_order_id(order));
    std::optional<std::filesystem::path> place;
    if (out) place = *out;
    client::Session session = TRY(globals.connect_signer());
    client::Progress progress(progress_bar());
    const client::OpenResult result = TRY(client::open_order(session, id, place, progress));
    Json json = posted_json("jangbu-order-opened/1", order, result.posted);
    json["bad_chunk"] = result.bad_chunk ? Json(std::to_string(*result.bad_chunk)) : Json();
    json["data"] = result.data.empty() ? Json() : Json(result.data.string());
    json["salts"] = result.salts.empty() ? Json() : Json(result.salts.string());
    if (result.what == client::OpenResult::What::proven) {
        json["outcome"] = "proven";
        return labelled(json,
                        "Chunk " + std::to_string(*result.bad_chunk) +
                            " is not what was registered. It is proven on the ledger: your "
                            "money is back, with the bond's share; the voucher is open "
                            "again.\n",
                        result.origin);
    }
    const bool confirmed = result.what == client::OpenResult::What::confirmed;
    json["outcome"] = confirmed ? "confirmed" : "opened";
    return labelled(json,
                    "Every chunk is exactly what was registered. The data is in " +
                        result.data.string() + ", its salts in " + result.salts.string() + ".\n" +
                        (confirmed ? "The order is confirmed: the seller is paid.\n"
                                   : "The order had ended before.\n"),
                    result.origin);
}

Result<Answer> order_show(const Globals& globals, const std::string& order) {
    const auto id = TRY(read_order_id(order));
    client::Session session = TRY(globals.connect_party());
    const client::OrderCase that = TRY(client::read_case(session, id));
    const client::OrderAnswer record = TRY(session.node().order(id));
    Json json = to_json(that.order, record.money);
    json["schema"] = "jangbu-order/1";
    json["simulated"] = that.dataset.origin == market::Origin::simulated;
    const auto deadline = client::deadline_estimate_ms(that);
    json["deadline_estimate_ms"] = deadline ? Json(std::to_string(*deadline)) : Json();
    return Answer{json, simulated_note(that.dataset.origin) + text_of(that.order, record.money) +
                            next_text(that)};
}

}  // namespace

void declare_orders(Line& line) {
    const auto options = std::make_shared<OrderPlace>();
    const auto id = std::make_shared<std::string>();
    const auto file = std::make_shared<Said>();
    const auto keep_unlocked = std::make_shared<bool>(false);
    const auto evidence = std::make_shared<std::string>("E0");
    CLI::App* order = line.group(
        "order",
        "buy and sell: place (buyer), accept (seller), fetch (buyer), key (seller), open (buyer)");
    CLI::App* place = line.command(
        order, "place", "buyer: order a listing; shows what it costs before signing",
        [=](const Globals& globals) { return order_place(globals, *options); },
        "jangbu order place LISTING --voucher VOUCHER");
    place->add_option("LISTING", options->listing)->required();
    place->add_option("--voucher", options->voucher, "voucher that pays a part");
    place->add_option("--voucher-amount", options->voucher_amount,
                      "won; default: as much as the programme allows");
    place->add_flag("--again", options->again,
                    "one more order of this listing (after a crash, run it without)");
    CLI::App* accept = line.command(
        order, "accept", "seller: encrypt for this order, upload, check the copy, accept",
        [=](const Globals& globals) { return order_accept(globals, *id, *file); });
    accept->add_option("ORDER", *id)->required();
    accept->add_option("--file", *file, "the data, if it moved");
    CLI::App* fetch = line.command(
        order, "fetch", "buyer: download, check lengths and both trees, lock the money",
        [=](const Globals& globals) { return order_fetch(globals, *id, *keep_unlocked); });
    fetch->add_option("ORDER", *id)->required();
    fetch->add_flag("--keep-unlocked", *keep_unlocked, "download and check only");
    CLI::App* key =
        line.command(order, "key", "seller: post the masked key (a one-way door)",
                     [=](const Globals& globals) { return order_key(globals, *id, *evidence); });
    key->add_option("ORDER", *id)->required();
    key->add_option("--evidence", *evidence, "least evidence of the lock")
        ->check(CLI::IsMember({"E0", "E1"}))
        ->capture_default_str();
    CLI::App* open =
        line.command(order, "open", "buyer: decrypt, compare, then confirm, or prove the bad chunk",
                     [=](const Globals& globals) { return order_open(globals, *id, *file); });
    open->add_option("ORDER", *id)->required();
    open->add_option("--out", *file, "where the data goes; default: into the home");
    CLI::App* show = line.command(order, "show", "one order, proven, and who acts next",
                                  [=](const Globals& globals) { return order_show(globals, *id); });
    show->add_option("ORDER", *id)->required();
    declare_order_ends(line, order);
}

}  // namespace jangbu::app
