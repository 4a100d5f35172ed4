// The catalogue over HTTP: Korean search, pages, datasets, and the read index made anew.
#include "tests/api/api_world.h"

using namespace jangbu;
using namespace jangbu::test;

namespace {

std::vector<std::string> titles(const ApiWorld& api, const std::string& query) {
    std::vector<std::string> out;
    const json answer = api.get_json("/v1/listings?q=" + percent_encoded(query));
    for (const json& item : answer["items"]) out.push_back(item["title"]);
    return out;
}

json description(const char* title, const char* summary, std::vector<std::string> keywords = {}) {
    return {{"title", {{"ko", title}, {"en", "a title"}}},
            {"summary", {{"ko", summary}}},
            {"keywords", {{"ko", std::move(keywords)}}}};
}

using Titles = std::vector<std::string>;

}  // namespace

TEST_CASE("api: listings are found by Korean words, whatever the spacing and normalisation") {
    ApiWorld api;
    const Member& seller = api.in.world.seller;
    api.offer(seller, description("CNC 절삭가공 데이터", "공구 마모와 진동"));
    api.offer(seller, description("사출 성형 조건", "금형 온도", {"압력", "Injection Molding"}));
    const Titles cutting{"CNC 절삭가공 데이터"};
    const Titles moulding{"사출 성형 조건"};
    CHECK(titles(api, "절삭") == cutting);
    CHECK(titles(api, "가공") == cutting);
    CHECK(titles(api, "절삭가공") == cutting);
    CHECK(titles(api, "절삭 가공") == cutting);
    CHECK(titles(api, "cnc") == cutting);
    CHECK(titles(api, "공구마모") == cutting);
    CHECK(titles(api, "사출성형") == moulding);
    CHECK(titles(api, "성형조건") == moulding);
    CHECK(titles(api, "INJECTION") == moulding);
    CHECK(titles(api, "압력") == moulding);
    // The jamo of 절삭 one by one, as some systems write it (NFD).
    CHECK(titles(api, "\u110C\u1165\u11AF\u1109\u1161\u11A8") == cutting);
    CHECK(titles(api, "절삭 사출").empty());
    CHECK(titles(api, "용접").empty());
    CHECK(titles(api, "...").empty());
    CHECK(titles(api, "\"절삭\" OR *").empty());
    CHECK(titles(api, "").size() == 2);
}

TEST_CASE("api: a word in the title counts more than one in the text") {
    ApiWorld api;
    api.offer(api.in.world.seller, description("진동 데이터", "선반"));
    api.offer(api.in.world.seller, description("선반 데이터", "진동"));
    CHECK(titles(api, "진동") == Titles{"진동 데이터", "선반 데이터"});
    CHECK(titles(api, "선반") == Titles{"선반 데이터", "진동 데이터"});
}

TEST_CASE("api: a listing with its description and its dataset") {
    ApiWorld api;
    const json text = description("제목", "요약");
    const Offer offer = api.offer(api.in.world.seller, text, 12'000);
    const json answer = api.get_json("/v1/listings/" + offer.listing.hex());
    const auto record = record_of<Listing>(answer["record"]);
    CHECK(record.id == offer.listing);
    CHECK(record.seller == api.in.world.seller.id);
    CHECK(answer["pricing"] == json{{"kind", "fixed"}, {"supply", "12000"}, {"tax_rule", 1}});
    CHECK(answer["description_text"] == text);
    CHECK(record_of<Dataset>(answer["dataset_record"]).id == offer.dataset.id());
    CHECK(api.get("/v1/listings/" + ListingId(named_hash("x")).hex()).status == 404);
    const json hit = api.get_json("/v1/listings")["items"][0];
    CHECK(hit["record"] == answer["record"]);
    CHECK(hit["summary"] == "요약");
    CHECK(hit["origin"] == 2);
}

TEST_CASE("api: pages go on at their cursor until all is seen once") {
    ApiWorld api;
    std::set<std::string> expected;
    for (int i = 0; i < 7; ++i) {
        const Member& owner = i == 3 ? api.in.world.rival : api.in.world.seller;
        const std::string title = "데이터 " + std::to_string(i);
        expected.insert(api.offer(owner, description(title.c_str(), "")).listing.hex());
    }
    for (const std::string query : {"", "&q=%EB%8D%B0%EC%9D%B4%ED%84%B0"}) {
        std::set<std::string> seen;
        std::string cursor;
        int pages = 0;
        while (true) {
            const json page = api.get_json("/v1/listings?limit=3" + query + cursor);
            ++pages;
            for (const json& item : page["items"]) CHECK(seen.insert(item["id"]).second);
            if (page["next"].is_null()) break;
            CHECK(page["items"].size() == 3);
            cursor = "&cursor=" + page["next"].get<std::string>();
        }
        CHECK(pages == 3);
        CHECK(seen == expected);
    }
    const std::string rival = api.in.world.rival.id.hex();
    CHECK(api.get_json("/v1/listings?seller=" + rival)["items"].size() == 1);
    const std::string seller = api.in.world.seller.id.hex();
    CHECK(api.get_json("/v1/listings?seller=" + seller + "&limit=100")["items"].size() == 6);
    const std::string next = api.get_json("/v1/listings?limit=3")["next"].get<std::string>();
    CHECK(api.get("/v1/listings?limit=4&cursor=" + next).status == 200);
    CHECK(api.get("/v1/listings?q=a&cursor=" + next).status == 400);  // of another question
    for (const char* wrong :
         {"limit=0", "limit=101", "limit=x", "cursor=x", "cursor=-1", "cursor=3", "seller=12",
          "limit=3&limit=3", "sort=best", "facets=2", "size=big", "voucher=maybe", "updated=8d",
          "price=", "process=a,,b", "process=,", "licence=use,own"})
        CHECK_MESSAGE(api.get(std::string("/v1/listings?") + wrong).status == 400, wrong);
    CHECK(api.get("/v1/listings?q=" + std::string(201, 'a')).status == 400);
}

TEST_CASE("api: a page that was begun shows neither twice nor not at all what was there") {
    ApiWorld api;
    const Member& seller = api.in.world.seller;
    std::vector<std::string> first;
    for (int i = 0; i < 5; ++i)
        first.push_back(api.offer(seller, description("절삭 데이터", "진동")).listing.hex());
    for (const std::string query : {"", "&q=%EC%A0%88%EC%82%AD", "&sort=price_low"}) {
        std::vector<std::string> seen;
        std::string cursor;
        do {
            const json page = api.get_json("/v1/listings?limit=2" + query + cursor);
            for (const json& item : page["items"]) seen.push_back(item["id"]);
            cursor = page["next"].is_null() ? "" : "&cursor=" + page["next"].get<std::string>();
            api.offer(seller, description("절삭", "진동 절삭"), 9'000);
        } while (!cursor.empty());
        for (const std::string& id : first) CHECK_MESSAGE(std::ranges::count(seen, id) == 1, query);
    }
}

TEST_CASE("api: facets narrow the catalogue, and each counts what its values would leave") {
    ApiWorld api;
    const Member& seller = api.in.world.seller;
    const auto offer = [&](const char* title, std::vector<std::string> process,
                           const char* equipment, u64 supply) {
        json text = description(title, "");
        text["process"] = std::move(process);
        text["equipment"] = json::array({equipment});
        text["format"] = "csv";
        api.offer(seller, text, supply);
    };
    offer("가", {"절삭", "연삭"}, "CNC 밀링", 50'000);
    offer("나", {"절삭"}, "CNC 선반", 500'000);
    offer("다", {"사출"}, "사출기", 500'000);
    const auto found = [&](const std::string& query) {
        Titles out;
        const json answer = api.get_json("/v1/listings?sort=price_low" + query);
        for (const json& item : answer["items"]) out.push_back(item["title"]);
        std::ranges::sort(out);
        CHECK(answer["total"] == std::to_string(out.size()));
        return out;
    };
    const std::string cutting = "&process=" + percent_encoded("절삭");
    CHECK(found(cutting) == Titles{"가", "나"});
    CHECK(found("&process=" + percent_encoded("연삭,사출")) == Titles{"가", "다"});
    CHECK(found(cutting + "&price=100k_1m") == Titles{"나"});
    CHECK(found("&process=" + percent_encoded("용접")).empty());
    CHECK(found("&size=under_1mib&origin=simulated&format=csv&updated=7d").size() == 3);
    CHECK(found("&origin=collected").empty());
    CHECK(found("&licence=use").size() == 3);
    CHECK(found("&licence=use,resell").empty());
    CHECK(found("&voucher=yes").empty());
    CHECK(found("&q=" + percent_encoded("밀링")) == Titles{"가"});  // facet values are words too

    const json counts =
        api.get_json("/v1/listings?facets=1" + cutting + "&price=100k_1m")["facets"];
    const auto value = [](const char* name, const char* count) {
        return json{{"value", name}, {"count", count}};
    };
    CHECK(counts["process"] == json{value("사출", "1"), value("절삭", "1")});
    CHECK(counts["price"] == json{value("100k_1m", "1"), value("under_100k", "1")});
    CHECK(counts["equipment"] == json{value("CNC 선반", "1")});
    CHECK(counts["updated"][0] == value("7d", "1"));
    CHECK(api.get_json("/v1/listings")["facets"].is_null());
}

TEST_CASE("api: whether a voucher can pay follows the programmes that are open") {
    ApiWorld api;
    MarketWorld& world = api.in.world;
    api.offer(world.seller, description("절삭", ""));
    const auto eligible = [&] { return api.get_json("/v1/listings?voucher=yes")["total"]; };
    CHECK(eligible() == "0");
    const CreateProgramme create = world.programme_terms();
    const ProgrammeId id = programme_id(world.chain, world.agency.id, create.nonce);
    api.in.mint(world.agency, 50'000'000);
    REQUIRE(api.in.run(world.agency.transact, create) == 0);
    REQUIRE(api.in.run(world.agency.transact, FundProgramme{id, 20'000'000}) == 0);
    CHECK(eligible() == "0");
    REQUIRE(api.in.run(world.agency.transact, OpenProgramme{id}) == 0);
    CHECK(eligible() == "1");
}

TEST_CASE("api: datasets by registrant, and a root that others registered too") {
    ApiWorld api;
    const Member& seller = api.in.world.seller;
    const Member& rival = api.in.world.rival;
    const TestDataset first = make_dataset(api.in.world, seller, 5'000);
    const TestDataset second = make_dataset(api.in.world, seller, 6'000);
    REQUIRE(api.in.run(seller.transact, first.registration()) == 0);
    REQUIRE(api.in.run(seller.transact, second.registration()) == 0);
    REQUIRE(api.in.run(rival.transact, first.registration()) == 0);
    const json all = api.get_json("/v1/datasets?registrant=" + seller.id.hex());
    REQUIRE(all["items"].size() == 2);
    CHECK(all["items"][0]["id"] == second.id().hex());  // the newest first
    const json answer = api.get_json("/v1/datasets/" + first.id().hex());
    CHECK(answer["n"] == "2");
    CHECK(answer["byte_len"] == "5000");
    const std::string copy = dataset_id(rival.id, first.root).hex();
    CHECK(answer["data_root_registered_by_others"] == json::array({copy}));
    CHECK(api.get_json("/v1/datasets/" + second.id().hex())["data_root_registered_by_others"] ==
          json::array());
    CHECK(api.get("/v1/datasets").status == 400);
    CHECK(api.get("/v1/datasets/" + DatasetId(named_hash("x")).hex()).status == 404);
}

TEST_CASE("api: a read index that was deleted, spoilt or left behind is made anew") {
    ApiWorld api;
    const Member& seller = api.in.world.seller;
    api.offer(seller, description("CNC 절삭가공", "진동"));
    api.offer(api.in.world.rival, description("절삭 공구", "절삭 마모"));
    NodeTrade trade(api.in);
    trade.to(OrderState::accepted);
    const auto answers = [&] {
        json all = json::array();
        all.push_back(api.get_json("/v1/listings"));
        all.push_back(api.get_json("/v1/listings?q=" + percent_encoded("절삭")));
        all.push_back(api.get_json("/v1/datasets?registrant=" + seller.id.hex()));
        all.push_back(api.get_json("/v1/orders?role=seller", api.pass(seller)));
        all.push_back(api.get_json("/v1/organisations/" + seller.id.hex()));
        return all;
    };
    const json before = answers();
    CHECK(before[0]["items"].size() == 3);
    CHECK(before[1]["items"].size() == 2);
    CHECK(before[3]["items"].size() == 1);
    api.stop();
    SUBCASE("deleted") {
        std::filesystem::remove(api.index_file());
    }
    SUBCASE("spoilt") {
        REQUIRE(write_file_atomically(api.index_file(), Bytes(10'000, 7), FileMode::owner_only)
                    .has_value());
    }
    SUBCASE("left behind") {
        auto opened = api.in.open();
        REQUIRE(opened.has_value());
        api.in.node = std::move(*opened);
        REQUIRE(api.in.node->start().has_value());
        // Committed without the index; it changes no answer that is compared, but the head.
        api.in.now_ms += 1;
        api.in.mint(api.in.world.outsider, 1);
        api.in.node.reset();
    }
    SUBCASE("kept") {}
    api.start();
    json after = answers();
    json expected = before;
    for (json* all : {&after, &expected})
        for (json& answer : *all) {
            answer.erase("at");
            if (answer.contains("items"))
                for (json& item : answer["items"]) item.erase("at");
            if (answer.contains("keys"))
                for (json& item : answer["keys"]) item.erase("at");
        }
    CHECK(after == expected);
    CHECK(api.get("/readyz").status == 200);
}
