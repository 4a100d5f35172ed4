// GET /v1/events: what is told, to whom, and that a reader who comes back gets exactly the rest.
#include "api/events.h"
#include "tests/api/api_world.h"

using namespace jangbu;
using namespace jangbu::test;

namespace {

struct Told {
    std::string id;
    std::string type;
    json data;
    bool operator==(const Told&) const = default;
};

std::vector<Told> read_told(const std::string& text) {
    std::vector<Told> out;
    for (std::size_t at = 0; (at = text.find("id: ", at)) != std::string::npos;) {
        const std::size_t end = text.find("\n\n", at);
        if (end == std::string::npos) break;
        const auto line = [&](const std::string& name) {
            const std::size_t from = text.find(name, at) + name.size();
            return text.substr(from, text.find('\n', from) - from);
        };
        out.push_back({line("id: "), line("event: "), json::parse(line("data: "))});
        at = end;
    }
    return out;
}

class Stream {
public:
    Stream(const ApiWorld& api, const std::string& query, const ApiWorld::Headers& headers = {})
        : connection_(api.server->port()) {
        std::string head = "GET /v1/events" + query + " HTTP/1.1\r\nHost: test\r\n";
        for (const auto& [name, value] : headers) head += name + ": " + value + "\r\n";
        REQUIRE(connection_.send(head + "\r\n"));
        text_ = connection_.read_until(
            [](const std::string& s) { return s.find("retry: 2000\n\n") != std::string::npos; });
        REQUIRE_MESSAGE(text_.starts_with("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"),
                        text_);
    }
    // The first `count` events from the beginning on.
    std::vector<Told> first(std::size_t count) {
        std::vector<Told> told = read_told(text_);
        while (told.size() < count && !connection_.closed()) {
            const std::string more =
                connection_.read_until([](const std::string& s) { return s.ends_with("\n\n"); });
            if (more.empty()) break;
            text_ += more;
            told = read_told(text_);
        }
        REQUIRE_MESSAGE(told.size() >= count, text_);
        told.resize(count);
        return told;
    }
    std::string to_end() {
        text_ += connection_.read_to_end(20'000);
        CHECK(connection_.closed());
        return text_;
    }

private:
    RawConnection connection_;
    std::string text_;
};

ApiWorld::Headers after(const std::string& id, ApiWorld::Headers headers = {}) {
    headers.emplace_back("Last-Event-ID", id);
    return headers;
}

// Every committed event by its position, from the node itself.
std::vector<std::pair<std::string, std::string>> committed_events(const node::Node& node) {
    std::vector<std::pair<std::string, std::string>> out;
    for (u64 height = 1; height <= node.head()->header.height; ++height) {
        std::size_t index = 0;
        const auto block = node.chain().blocks().block(height).value();
        for (const Bytes& bytes : block.receipts) {
            const auto receipt = bcs::decode<ledger::Receipt>(bytes).value();
            for (const Bytes& event : receipt.events)
                out.emplace_back(std::to_string(height) + "." + std::to_string(index++),
                                 event_name(decode_event(event).value()));
        }
    }
    return out;
}

}  // namespace

TEST_CASE("events: everything that was committed, in order, and resumed at each position") {
    ApiWorld api;
    NodeTrade trade(api.in);
    trade.to(OrderState::settled);
    const auto expected = committed_events(*api.in.node);
    REQUIRE(expected.size() > 10);
    const ApiWorld::Headers validator = api.pass(api.in.world.node);
    const std::vector<Told> all = Stream(api, "?from=0.0", validator).first(expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        CHECK(all[i].id == expected[i].first);
        CHECK(all[i].type == expected[i].second);
        CHECK(all[i].data["type"] == expected[i].second);
        CHECK(all[i].id == all[i].data["height"].get<std::string>() + "." +
                               std::to_string(all[i].data["index"].get<u64>()));
    }
    const auto check_rests = [&] {
        for (std::size_t i = 0; i < all.size(); ++i) {
            const std::vector<Told> rest(all.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                                         all.end());
            CHECK(Stream(api, "", after(all[i].id, validator)).first(rest.size()) == rest);
            // `from` includes the position, and yields to what the reader has seen since.
            CHECK(Stream(api, "?from=" + all[i].id, validator).first(1)[0] == all[i]);
            if (!rest.empty())
                CHECK(Stream(api, "?from=0.0", after(all[i].id, validator)).first(1)[0] == rest[0]);
        }
    };
    check_rests();
    api.stop();
    api.start();
    check_rests();

    // Without waiting: the whole, and its end.
    const HttpAnswer whole = api.get("/v1/events?from=0.0&follow=0", validator);
    CHECK(whole.status == 200);
    CHECK(read_told(whole.body) == all);
    CHECK(whole.body.find("event: end\ndata: {\"schema\":\"jangbu/events-end/1\",\"code\":"
                          "\"complete\"") != std::string::npos);

    // Who has seen all hears the next.
    Stream waiting(api, "", after(all.back().id, validator));
    api.in.mint(api.in.world.buyer, 7);
    const std::vector<Told> next = waiting.first(1);
    CHECK(next[0].type == "CreditsMinted");
    CHECK(next[0].data["amount"] == "7");
}

TEST_CASE("events: live, from now on, and only of the types that were asked for") {
    ApiWorld api;
    api.in.mint(api.in.world.buyer, 1);
    Stream everybody(api, "");
    Stream listings(api, "?type=ListingPublished,KeyAdded");
    Stream buyer(api, "", api.pass(api.in.world.buyer));
    api.in.mint(api.in.world.buyer, 2);
    const Offer offer = api.offer(api.in.world.seller, {{"title", "milling"}});
    const auto told = everybody.first(2);
    CHECK(told[0].type == "DatasetRegistered");
    CHECK(told[0].data["dataset"] == offer.dataset.id().hex());
    CHECK(told[0].data["txid"].is_string());
    CHECK(told[1].type == "ListingPublished");
    CHECK(listings.first(1)[0] == told[1]);
    const auto own = buyer.first(4);
    CHECK(own[0].type == "CreditsMinted");
    CHECK(own[0].data["amount"] == "2");
    CHECK(own[1].type == "MoneyMoved");
    REQUIRE(own[1].data["postings"].size() == 1);
    CHECK(own[1].data["postings"][0]["owner"] == api.in.world.buyer.id.hex());
    // Of that transaction the buyer does not see all, so its id is not told.
    CHECK(own[1].data["txid"].is_null());
    CHECK(own[2] == told[0]);
    CHECK(own[3] == told[1]);
}

TEST_CASE("events: orders are for their parties, whole blocks for validators and auditors") {
    ApiWorld api;
    NodeTrade trade(api.in);
    trade.to(OrderState::accepted);
    const auto types_for = [&](const ApiWorld::Headers& headers) {
        std::map<std::string, int> types;
        for (const Told& told : read_told(api.get("/v1/events?from=0.0&follow=0", headers).body))
            ++types[told.type];
        return types;
    };
    const auto everybody = types_for({});
    CHECK(everybody.contains("ListingPublished"));
    for (const char* hidden : {"OrderMoved", "MoneyMoved", "CreditsMinted"})
        CHECK_FALSE(everybody.contains(hidden));
    for (const Member* member : {&api.in.world.buyer, &api.in.world.seller}) {
        const auto types = types_for(api.pass(*member));
        CHECK(types.at("OrderMoved") == 2);
        CHECK(types.at("CreditsMinted") == 1);
        CHECK(types.contains("MoneyMoved"));
    }
    const auto outsider = types_for(api.pass(api.in.world.outsider));
    CHECK_FALSE(outsider.contains("OrderMoved"));
    CHECK_FALSE(outsider.contains("MoneyMoved"));
    CHECK(types_for(api.pass(api.in.world.node)).at("CreditsMinted") == 2);
}

TEST_CASE("events: of a bad chunk the others learn that the dataset is suspended, and no more") {
    const OrgId buyer(named_hash("buyer"));
    const OrgId seller(named_hash("seller"));
    const OrgId stranger(named_hash("stranger"));
    api::BlockEvents block;
    block.height = 9;
    block.receipts = {TxId(named_hash("proof")), std::nullopt};
    OrderMoved moved;
    moved.buyer = buyer;
    moved.seller = seller;
    MoneyMoved money;
    money.postings = {{1, buyer.bytes, true, 5}, {1, seller.bytes, false, 5}};
    block.items = {{DatasetSuspended{{}, seller, 3}, 0}, {moved, 0}, {money, 0}, {moved, 1}};
    const StateTree state;
    const auto shown = [&](std::size_t index, const api::EventReader& reader) {
        return api::event_json(block, index, reader, state);
    };
    const auto suspended = shown(0, {stranger, false});
    REQUIRE(suspended.has_value());
    CHECK((*suspended)["strikes"].is_null());
    CHECK((*suspended)["txid"].is_null());
    for (const std::size_t index : {1u, 2u, 3u})
        CHECK_FALSE(shown(index, {stranger, false}).has_value());
    CHECK_FALSE(shown(1, {}).has_value());
    CHECK((*shown(0, {seller, false}))["strikes"] == 3);
    CHECK((*shown(0, {buyer, false}))["strikes"].is_null());
    CHECK((*shown(2, {buyer, false}))["postings"].size() == 1);
    CHECK((*shown(2, {seller, false}))["postings"][0]["amount"] == "-5");
    CHECK((*shown(2, {stranger, true}))["postings"].size() == 2);
    CHECK((*shown(2, {stranger, true}))["txid"] == TxId(named_hash("proof")).hex());
    CHECK((*shown(3, {stranger, true}))["txid"].is_null());  // the ledger's own clock
}

TEST_CASE("events: what cannot be resumed is refused before a stream begins") {
    ApiWorld api;
    api.in.mint(api.in.world.buyer, 1);
    for (const char* bad :
         {"x", "1", "1.", ".1", "-1.0", "1.0.0", "1.x", " 1.0x", "1,0", "99999999999999999999.0",
          "1.18446744073709551616", "1.18446744073709551615"}) {
        CAPTURE(bad);
        const HttpAnswer answer = api.get("/v1/events", after(bad));
        CHECK(answer.status == 400);
        CHECK(answer.code() == "malformed");
    }
    for (const char* query : {"?from=1", "?from=", "?type=", "?type=OrderMoved,", "?follow="})
        CHECK_MESSAGE(api.get(std::string("/v1/events") + query).status == 400, query);
    CHECK(api.get("/v1/events?type=OrderMoved,Nonsense").status == 400);
    const u64 height = api.in.node->head()->header.height;
    const HttpAnswer ahead = api.get("/v1/events", after(std::to_string(height + 2) + ".0"));
    CHECK(ahead.status == 409);
    CHECK(ahead.code() == "conflict");
    CHECK(api.get("/v1/events", api.pass_by(api.in.world.buyer.deliver, api.in.world.seller.id))
              .status == 401);
    CHECK(api.get("/v1/events?follow=2").status == 400);
    CHECK(api.call("POST", "/v1/events").status == 405);
    CHECK(api.call("HEAD", "/v1/events").status == 200);
}

TEST_CASE("events: a stream ends with its pass, and another pass goes on from there") {
    ApiWorld api;
    Stream stream(api, "?from=0.0", api.pass(api.in.world.buyer, 60'000));
    api.in.mint(api.in.world.buyer, 1);
    const Told minted = stream.first(2).back();
    api.in.now_ms += 61'000;
    api.in.mint(api.in.world.buyer, 2);
    const std::string text = stream.to_end();
    const std::size_t end = text.find("event: end\ndata: ");
    REQUIRE(end != std::string::npos);
    CHECK(text.find("\"code\":\"unauthenticated\"", end) != std::string::npos);
    CHECK(read_told(text).back() == minted);
    CHECK(Stream(api, "", after(minted.id, api.pass(api.in.world.buyer)))
              .first(1)[0]
              .data["amount"] == "2");
}

TEST_CASE("events: streams are bounded in number, and an ended one makes room") {
    ApiWorld api;
    std::vector<std::unique_ptr<Stream>> open;
    for (std::size_t i = 0; i < api::Events::streams_max; ++i)
        open.push_back(std::make_unique<Stream>(api, ""));
    const HttpAnswer refused = api.get("/v1/events");
    CHECK(refused.status == 429);
    CHECK(refused.code() == "limit_exceeded");
    CHECK(api.get("/livez").status == 200);
    // All of them hear the same, and who left is noticed when there is something to tell.
    api.offer(api.in.world.seller, {{"title", "milling"}});
    const auto told = open[0]->first(2);
    for (const auto& stream : open) CHECK(stream->first(2) == told);
    open.clear();
    bool has_room = false;
    for (int i = 0; i < 200 && !has_room; ++i) {
        api.in.mint(api.in.world.buyer, 1);
        api.offer(api.in.world.seller, {{"title", "again " + std::to_string(i)}});
        has_room = api.call("HEAD", "/v1/events").status == 200;
    }
    CHECK(has_room);
}
