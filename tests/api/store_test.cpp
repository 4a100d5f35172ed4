// The content store over HTTP: tickets, leaves, chunks, ranges, samples.
#include "tests/api/api_world.h"

using namespace jangbu;
using namespace jangbu::test;

namespace {

std::string bytes_of_leaves(const std::vector<Hash>& leaves) {
    std::string out;
    for (const Hash& leaf : leaves) out += as_text(leaf);
    return out;
}

// An accepted order whose ciphertext is not uploaded yet.
struct Delivery {
    Delivery() : trade(api.in) {
        trade.to(OrderState::accepted);
        id = trade.trade->id;
        root = trade.trade->ct_root;
        leaves =
            bytes_of_leaves(trade.offer.dataset.leaves) + bytes_of_leaves(trade.trade->ct_leaves);
        for (const Bytes& chunk : trade.trade->ciphertext) ciphertext += as_text(chunk);
    }
    std::string path(const std::string& what) const { return "/v1/store/" + id.hex() + "/" + what; }
    ApiWorld::Headers write() const {
        return api.ticket(api.in.world.seller, TicketAction::write, id.bytes, root);
    }
    ApiWorld::Headers read() const {
        return api.ticket(api.in.world.buyer, TicketAction::read, id.bytes, root);
    }
    HttpAnswer range(const std::string& value) const {
        ApiWorld::Headers headers = read();
        headers.emplace_back("Range", value);
        return api.get(path("ciphertext"), headers);
    }
    void upload() const {
        REQUIRE(api.call("PUT", path("leaves"), leaves, write()).status == 204);
        REQUIRE(api.call("PUT", path("chunks/0"), ciphertext, write()).status == 204);
    }

    ApiWorld api;
    NodeTrade trade;
    OrderId id;
    Hash root{};
    std::string leaves;
    std::string ciphertext;
};

}  // namespace

TEST_CASE("api: the seller uploads leaves and chunks, the buyer downloads the same bytes") {
    const Delivery in;
    CHECK(in.api.call("PUT", in.path("leaves"), in.leaves, in.write()).status == 204);
    json missing = in.api.get_json(in.path("missing"), in.write());
    CHECK(missing["complete"] == false);
    CHECK(missing["missing"] == json::array({"0", "1", "2", "3"}));
    const std::size_t first_two = 2 * (4096 + 32);
    const std::string tail = in.ciphertext.substr(first_two);
    CHECK(in.api.call("PUT", in.path("chunks/2"), tail, in.write()).status == 204);
    missing = in.api.get_json(in.path("missing"), in.read());
    CHECK(missing["missing"] == json::array({"0", "1"}));
    CHECK(in.api.get(in.path("ciphertext"), in.read()).status == 404);
    CHECK(in.api.call("PUT", in.path("chunks/0"), in.ciphertext.substr(0, first_two), in.write())
              .status == 204);
    CHECK(in.api.get_json(in.path("missing"), in.read())["complete"] == true);

    CHECK(in.api.get(in.path("leaves"), in.read()).body == in.leaves);
    const HttpAnswer all = in.api.get(in.path("ciphertext"), in.read());
    CHECK(all.status == 206);
    CHECK(all.body == in.ciphertext);
    CHECK(all.header("content-range") == "bytes 0-" + std::to_string(in.ciphertext.size() - 1) +
                                             "/" + std::to_string(in.ciphertext.size()));
    CHECK(all.header("accept-ranges") == "bytes");
}

TEST_CASE("api: one range at a time, also across chunks; none outside the content") {
    const Delivery in;
    in.upload();
    const std::size_t size = in.ciphertext.size();
    const auto part = [&](std::size_t from, std::size_t last) {
        const HttpAnswer answer =
            in.range("bytes=" + std::to_string(from) + "-" + std::to_string(last));
        CHECK(answer.status == 206);
        return answer.body;
    };
    CHECK(part(0, 0) == in.ciphertext.substr(0, 1));
    CHECK(part(4'000, 9'000) == in.ciphertext.substr(4'000, 5'001));
    CHECK(part(size - 1, size - 1) == in.ciphertext.substr(size - 1));
    CHECK(part(size - 2, size + 500) == in.ciphertext.substr(size - 2));
    CHECK(in.range("bytes=100-").body == in.ciphertext.substr(100));
    for (const std::string& outside :
         {"bytes=" + std::to_string(size) + "-", std::string("bytes=99999999-99999999"),
          std::string("bytes=5-4")}) {
        const HttpAnswer answer = in.range(outside);
        CHECK_MESSAGE(answer.status == 416, outside);
        CHECK(answer.header("content-range") == "bytes */" + std::to_string(size));
    }
    for (const char* wrong : {"", "bytes=-5", "bytes=a-b", "bytes=1", "lines=1-2", "bytes=0-1,4-5",
                              "bytes=18446744073709551615-"})
        CHECK_MESSAGE(in.range(wrong).status == 400, wrong);
}

TEST_CASE("api: every ticket that does not fit is refused") {
    const Delivery in;
    in.upload();
    const MarketWorld& world = in.api.in.world;
    const auto refused = [&](const ApiWorld::Headers& headers, const char* why) {
        CHECK_MESSAGE(in.api.get(in.path("ciphertext"), headers).status == 403, why);
    };
    const auto read_by = [&](const Member& member) {
        return in.api.ticket(member, TicketAction::read, in.id.bytes, in.root);
    };
    const auto unknown = [&](const ApiWorld::Headers& headers, const char* why) {
        const HttpAnswer answer = in.api.get(in.path("ciphertext"), headers);
        CHECK_MESSAGE(answer.status == 401, why);
        CHECK_MESSAGE(answer.code() == "unauthenticated", why);
        CHECK(answer.header("www-authenticate") == "Jangbu-Ticket");
    };
    unknown({}, "none");
    unknown(in.api.pass(world.buyer), "a read pass");
    unknown({{"Authorization", "Jangbu-Ticket AAAA"}}, "no ticket");
    unknown({{"Authorization", "Jangbu-Ticket !"}}, "not base64url");
    refused(in.write(), "for writing");
    refused(read_by(world.seller), "of the seller");
    refused(read_by(world.rival), "of a stranger");
    refused(in.api.ticket(world.buyer, TicketAction::read, named_hash("x"), in.root),
            "for another order");
    refused(in.api.ticket(world.buyer, TicketAction::read, in.id.bytes, named_hash("x")),
            "for another root");
    Ticket ticket{world.chain,     in.id.bytes,
                  world.seller.id, static_cast<u8>(TicketAction::read),
                  in.root,         in.api.in.now_ms + 1'000};
    const auto as_header = [](const SignedTicket& one) -> ApiWorld::Headers {
        return {{"Authorization", "Jangbu-Ticket " + to_base64url(bcs::encode(one))}};
    };
    refused(as_header(sign(ticket, world.buyer.deliver)), "for another store");
    ticket.store_org = world.node.id;
    CHECK(in.api.get(in.path("ciphertext"), as_header(sign(ticket, world.buyer.deliver))).status ==
          206);
    SignedTicket changed = sign(ticket, world.buyer.deliver);
    changed.ticket.expires_ms += 1;
    refused(as_header(changed), "changed after signing");
    ticket.expires_ms = in.api.in.now_ms;
    refused(as_header(sign(ticket, world.buyer.deliver)), "expired");
    const std::string none = "/v1/store/" + OrderId(named_hash("x")).hex() + "/ciphertext";
    CHECK(in.api.get(none, in.read()).status == 404);
    CHECK(in.api.call("PUT", in.path("leaves"), in.leaves, in.read()).status == 403);
    CHECK(in.api.call("PUT", in.path("chunks/0"), in.ciphertext, in.read()).status == 403);
}

TEST_CASE("api: only what the order committed to is stored") {
    const Delivery in;
    const auto put = [&](const std::string& what, const std::string& body) {
        return in.api.call("PUT", in.path(what), body, in.write()).status;
    };
    CHECK(put("chunks/0", in.ciphertext) >= 400);  // no leaves yet
    std::string wrong = in.leaves;
    wrong[40] = static_cast<char>(wrong[40] ^ 1);
    CHECK(put("leaves", wrong) == 400);
    wrong = in.leaves;
    wrong.back() = static_cast<char>(wrong.back() ^ 1);
    CHECK(put("leaves", wrong) == 400);
    CHECK(put("leaves", in.leaves.substr(64)) == 400);
    CHECK(put("leaves", in.leaves + std::string(64, 'a')) == 413);
    CHECK(put("leaves", in.leaves) == 204);
    wrong = in.ciphertext;
    wrong[5'000] = static_cast<char>(wrong[5'000] ^ 1);
    CHECK(put("chunks/0", wrong) == 400);
    CHECK(put("chunks/0", in.ciphertext.substr(0, 100)) == 400);
    CHECK(put("chunks/1", in.ciphertext) == 400);
    CHECK(put("chunks/4", in.ciphertext.substr(0, 4128)) == 400);
    CHECK(put("chunks/0", "") == 400);
    CHECK(put("chunks/x", in.ciphertext) == 400);
    CHECK(in.api.get_json(in.path("missing"), in.write())["missing"].size() == 4);
    CHECK(put("chunks/0", in.ciphertext) == 204);
    CHECK(put("chunks/0", in.ciphertext) == 204);  // again is fine
    CHECK(put("chunks/0", std::string((8 << 20) + (1 << 16) + 1, 'a')) == 413);
}

TEST_CASE("api: what does not fit the seller's quota is 413") {
    Delivery in;
    in.api.stop();
    in.api.quota_bytes = in.leaves.size() + in.ciphertext.size() / 2;
    in.api.start();
    REQUIRE(in.api.call("PUT", in.path("leaves"), in.leaves, in.write()).status == 204);
    const HttpAnswer answer = in.api.call("PUT", in.path("chunks/0"), in.ciphertext, in.write());
    CHECK(answer.status == 413);
    CHECK(answer.code() == "limit_exceeded");
}

TEST_CASE("api: an upload without a ticket that fits is refused before its body is sent") {
    const Delivery in;
    const std::string path = in.path("chunks/0");
    RawConnection connection(in.api.server->port());
    const auto head = [&](const ApiWorld::Headers& headers) {
        std::string out = "PUT " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 8000000\r\n";
        for (const auto& [name, value] : headers) out += name + ": " + value + "\r\n";
        return out + "Expect: 100-continue\r\n\r\n";
    };
    REQUIRE(connection.send(head(in.read())));
    CHECK(connection.read_to_end().starts_with("HTTP/1.1 403 "));
    CHECK(connection.closed());
    RawConnection allowed(in.api.server->port());
    REQUIRE(allowed.send(head(in.write())));
    CHECK(allowed.read_answer() == "HTTP/1.1 100 Continue\r\n\r\n");
}

TEST_CASE("api: after the lock nothing is written, and the buyer still reads") {
    Delivery in;
    in.upload();
    REQUIRE(in.api.in.run(in.api.in.world.buyer.deliver, in.trade.trade->lock()) == 0);
    const HttpAnswer answer = in.api.call("PUT", in.path("leaves"), in.leaves, in.write());
    CHECK(answer.status == 409);
    CHECK(answer.code() == "conflict");
    CHECK(in.api.get(in.path("ciphertext"), in.read()).body == in.ciphertext);
}

TEST_CASE("api: a sample is published by the registrant and read by all") {
    Delivery in;
    const TestDataset& dataset = in.trade.offer.dataset;
    const Sample sample{0, dataset.records[0], crypto::merkle::inclusion(0, dataset.leaves)};
    const Bytes body = bcs::encode(sample);
    const std::string path = "/v1/samples/" + dataset.id().hex();
    const Hash subject = dataset.id().bytes;
    const auto by = [&](const Member& member, const Hash& root) {
        return in.api.ticket(member, TicketAction::sample, subject, root);
    };
    const Member& seller = in.api.in.world.seller;
    CHECK(in.api.get(path).status == 404);
    CHECK(in.api.call("PUT", path, as_text(body)).status == 401);
    CHECK(in.api.call("PUT", path, as_text(body), by(in.api.in.world.rival, dataset.root)).status ==
          403);
    CHECK(in.api.call("PUT", path, as_text(body), by(seller, named_hash("x"))).status == 403);
    Sample wrong = sample;
    wrong.record.back() ^= 1;
    CHECK(in.api.call("PUT", path, as_text(bcs::encode(wrong)), by(seller, dataset.root)).status ==
          400);
    CHECK(in.api.call("PUT", path, "abc", by(seller, dataset.root)).status == 400);
    CHECK(in.api.call("PUT", path, as_text(body), by(seller, dataset.root)).status == 204);
    const HttpAnswer answer = in.api.get(path);
    CHECK(answer.status == 200);
    CHECK(answer.body == as_text(body));
    CHECK(in.api.get(path + "/0").body == as_text(body));
    // Four chunks: the pool is chunk 0 alone.
    const Sample outside{1, dataset.records[1], crypto::merkle::inclusion(1, dataset.leaves)};
    const HttpAnswer refusal =
        in.api.call("PUT", path, as_text(bcs::encode(outside)), by(seller, dataset.root));
    CHECK(refusal.status == 400);
    CHECK(refusal.body.find("not in the sample pool") != std::string::npos);
    CHECK(in.api.get(path + "/1").status == 404);
    CHECK(in.api.get(path + "/9").status == 400);
    CHECK(in.api.get("/v1/samples/" + DatasetId(named_hash("x")).hex()).status == 404);
}
