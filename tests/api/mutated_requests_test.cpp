// Malformed input of every kind gets a 4xx answer, never a 5xx, and never ends the server.
#include <random>

#include "market/state_keys.h"
#include "tests/api/api_world.h"

using namespace jangbu;
using namespace jangbu::test;

namespace {

struct Shape {
    const char* method;
    std::string path;
};

// Every route, with an id in its place that exists nowhere, and one that is there.
std::vector<Shape> shapes(const ApiWorld& api, const Offer& offer) {
    const std::string none = to_hex(named_hash("none"));
    const std::string org = api.in.world.seller.id.hex();
    std::vector<Shape> out{
        {"GET", "/livez"},
        {"GET", "/readyz"},
        {"GET", "/metrics"},
        {"GET", "/v1/status"},
        {"GET", "/v1/genesis"},
        {"GET", "/v1/head"},
        {"GET", "/v1/headers/1"},
        {"GET", "/v1/blocks/1"},
        {"GET", "/v1/blocks?from=1"},
        {"POST", "/v1/cosignatures"},
        {"GET", "/v1/cosignatures/1"},
        {"GET", "/v1/proofs/consistency?from=1"},
        {"GET", "/v1/proofs/history?height=1"},
        {"GET", "/v1/proofs/state?key=" + to_hex(dataset_key(offer.dataset.id()))},
        {"POST", "/v1/transactions?wait_ms=10"},
        {"GET", "/v1/parameters"},
        {"GET", "/v1/datasets?registrant=" + org + "&cursor=1"},
        {"GET", "/v1/listings?q=a&limit=1&cursor=1"},
        {"GET", "/v1/orders?role=buyer"},
        {"GET", "/v1/vouchers"},
        {"GET", "/v1/datasets/" + offer.dataset.id().hex()},
        {"GET", "/v1/listings/" + offer.listing.hex()},
        {"GET", "/v1/organisations/" + org},
        {"GET", "/v1/accounts/" + org},
        {"GET", "/v1/attestations/" + org + "/" + api.in.world.family.hex()},
        {"PUT", "/v1/samples/" + offer.dataset.id().hex()},
        {"GET", "/v1/samples/" + offer.dataset.id().hex()}};
    for (const char* path :
         {"/v1/proofs/transaction/", "/v1/proofs/receipt/", "/v1/transactions/", "/v1/keys/",
          "/v1/documents/", "/v1/orders/", "/v1/programmes/", "/v1/vouchers/"})
        out.push_back({"GET", path + none});
    for (const char* what : {"leaves", "missing", "ciphertext"})
        out.push_back({"GET", "/v1/store/" + none + "/" + what});
    out.push_back({"PUT", "/v1/store/" + none + "/leaves"});
    out.push_back({"PUT", "/v1/store/" + none + "/chunks/0"});
    return out;
}

std::string random_text(std::mt19937_64& random) {
    static const std::vector<std::string> pieces{"0",
                                                 "-1",
                                                 "18446744073709551616",
                                                 "%00",
                                                 "%FF%FE",
                                                 "%",
                                                 "%2",
                                                 "..",
                                                 "%2e%2e%2f",
                                                 "'",
                                                 "\"",
                                                 "%EC%A0%88",
                                                 "a",
                                                 "*",
                                                 "NEAR",
                                                 "%22%20OR%20%22",
                                                 "true",
                                                 "null",
                                                 "{}",
                                                 "[]",
                                                 "+",
                                                 "e9",
                                                 "0x10",
                                                 "1.5",
                                                 "%0d%0aX:y",
                                                 "A",
                                                 "~",
                                                 ";",
                                                 "%7f",
                                                 std::string(300, 'f'),
                                                 std::string(64, '0'),
                                                 std::string(64, 'G'),
                                                 std::string(66, 'a')};
    std::string out;
    for (std::size_t i = random() % 3 + 1; i > 0; --i) out += pieces[random() % pieces.size()];
    return out;
}

// One change to the path, the query, the method, a header or the body.
struct Mutated {
    std::string method;
    std::string target;
    std::string body;
    ApiWorld::Headers headers;
};
Mutated mutate(const Shape& shape, const ApiWorld& api, std::mt19937_64& random) {
    Mutated out{shape.method, shape.path, {}, {}};
    if (out.method != "GET") out.body = "body";
    std::string& target = out.target;
    switch (random() % 9) {
        case 0: {  // one segment is another
            const std::size_t slash = target.rfind('/');
            target = target.substr(0, slash + 1) + random_text(random);
            break;
        }
        case 1:
            target += (target.find('?') == std::string::npos ? "?" : "&") + random_text(random) +
                      "=" + random_text(random);
            break;
        case 2:  // the value of a parameter
            if (const std::size_t equals = target.rfind('='); equals != std::string::npos)
                target = target.substr(0, equals + 1);
            target += random_text(random);
            break;
        case 3:
            out.method = std::vector<std::string>{"DELETE", "PATCH", "OPTIONS", "PUT",
                                                  "POST",   "TRACE", "GET",     "X"}[random() % 8];
            break;
        case 4:
            target[1 + random() % (target.size() - 1)] = static_cast<char>(33 + random() % 94);
            break;
        case 5:
            out.headers = {{"Authorization", "Jangbu-Pass " + random_text(random)}};
            break;
        case 6: {  // a ticket or pass with one bit flipped
            auto bytes = bcs::encode(
                sign(Ticket{api.in.world.chain, named_hash("none"), api.in.world.node.id,
                            u8(1 + random() % 3), named_hash("root"), api.in.now_ms + 1'000},
                     api.in.world.seller.deliver));
            bytes[random() % bytes.size()] ^= static_cast<u8>(1U << random() % 8);
            out.headers = {{"Authorization", "Jangbu-Ticket " + to_base64url(bytes)}};
            break;
        }
        case 7:
            out.body = random_text(random);
            break;
        default:
            out.headers = {{"Range", "bytes=" + random_text(random)}};
            target += "/" + random_text(random);
    }
    return out;
}

}  // namespace

TEST_CASE("api: no malformed request is answered with 5xx or ends the server") {
    ApiWorld api;
    const Offer offer = api.offer(api.in.world.seller, {{"title", "a"}});
    const std::vector<Shape> all = shapes(api, offer);
    std::mt19937_64 random(20'260'701);
    std::map<int, int> statuses;
    for (int i = 0; i < 1'500; ++i) {
        const Shape& shape = all[static_cast<std::size_t>(i) % all.size()];
        const Mutated request = mutate(shape, api, random);
        const HttpAnswer answer =
            api.call(request.method, request.target, request.body, request.headers);
        CHECK_MESSAGE(answer.status >= 200, request.method, " ", request.target);
        CHECK_MESSAGE(answer.status < 500, request.method, " ", request.target, " ", answer.body);
        if (answer.status >= 400) {
            CHECK(answer.header("content-type") == "application/problem+json");
            CHECK_FALSE(answer.code().empty());
        }
        ++statuses[answer.status / 100];
    }
    CHECK(statuses[4] >= 500);
    CHECK(api.get("/v1/status").status == 200);
    CHECK(api.get("/metrics").body.find("status=\"5") == std::string::npos);
}

TEST_CASE(
    "api: bundles with flipped bits and cut ends are refused, and only what was signed goes on") {
    ApiWorld api;
    const Member& seller = api.in.world.seller;
    const TestDataset dataset = make_dataset(api.in.world, seller, 5'000);
    const ledger::Transaction first = api.in.signed_by(seller.transact, dataset.registration());
    const ledger::Transaction second = api.in.signed_by(
        seller.transact, make_listing(api.in.world, dataset.id(), FixedPrice{10'000, 1}));
    const std::set<std::string> signed_ids{api.in.id_of(first).hex(), api.in.id_of(second).hex()};
    const Bytes good = ledger::encode(api.in.bundle({first, second}));
    std::mt19937_64 random(7);
    for (int i = 0; i < 500; ++i) {
        Bytes bad = good;
        if (random() % 4 == 0) bad.resize(random() % bad.size());
        for (std::size_t flips = 1 + random() % 3; flips > 0 && !bad.empty(); --flips)
            bad[random() % bad.size()] ^= static_cast<u8>(1U << random() % 8);
        const HttpAnswer answer = api.post(bad, "");
        CHECK_MESSAGE((answer.status >= 200 && answer.status < 500), answer.status);
        if (answer.status == 400) continue;
        const json all = answer.as_json();
        for (const json& item : all["transactions"])  // the flips may have fallen into the other
            if (item["status"] != "refused") CHECK(signed_ids.contains(item["txid"]));
    }
    CHECK(api.get("/livez").status == 200);
}

TEST_CASE("api: a description nested deep is stored and harms nobody") {
    ApiWorld api;
    const Member& seller = api.in.world.seller;
    const TestDataset dataset = make_dataset(api.in.world, seller, 5'000);
    REQUIRE(api.in.run(seller.transact, dataset.registration()) == 0);
    PublishListing listing = make_listing(api.in.world, dataset.id(), FixedPrice{10'000, 1});
    const std::size_t depth = 45'000;
    const std::string text =
        R"({"title":"deep","keywords":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
    listing.description = api.in.world.documents.add(
        {named_hash("salt"), "application/vnd.jangbu.description+json", to_bytes(as_bytes(text))},
        ledger::DocumentClass::public_);
    CHECK(ApiWorld::only(api.post(api.in.signed_by(seller.transact, listing)))["code"] == 0);
    const std::string id = listing_id(api.in.world.chain, seller.id, listing.nonce).hex();
    const json answer = api.get_json("/v1/listings/" + id);
    CHECK(answer["description_text"].is_null());
    CHECK(api.get_json("/v1/listings")["items"].size() == 1);
    CHECK(api.get_json("/v1/listings?q=deep")["items"].empty());
    CHECK(api.get("/v1/documents/" + listing.description.hash.hex()).status == 200);
}
