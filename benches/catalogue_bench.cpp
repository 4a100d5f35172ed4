// The catalogue: searches over many listings, each with every facet counted.
//
// Listings are made up from a fixed seed (words of machining, moulding and pressing; sizes and
// prices over five decades), put into a state tree and indexed as a node does at start. /N: N
// listings; 100,000 stand behind JANGBU_BENCH_LARGE=1. A case asks 400 questions of one kind, in
// turn; p50, p99 and most are wall times of single calls in ms, as a reader would wait, with
// nothing cached between calls. "mixed" draws the kinds as a page would ask them. "follow" is one
// block with 100 new listings; "make" is the whole index from state, once.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>

#include "api/read_index.h"
#include "market/state_keys.h"

using namespace jangbu;
using namespace jangbu::market;

namespace {

using Clock = std::chrono::steady_clock;

double ms_since(Clock::time_point start) {
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

const std::vector<std::string> processes{"절삭", "연삭", "사출 성형", "프레스", "용접",
                                         "주조", "도금", "열처리",    "조립",   "검사"};
const std::vector<std::string> machines{"CNC 밀링",  "CNC 선반",     "사출기",   "서보 프레스",
                                        "용접 로봇", "다이캐스팅기", "열처리로", "컨베이어"};
const std::vector<std::string> industries{"자동차부품", "기계", "전자", "금속", "플라스틱", "조선"};
const std::vector<std::string> nouns{"진동", "전류", "온도",   "압력",    "토크", "소음",
                                     "불량", "마모", "주축",   "금형",    "전력", "두께",
                                     "속도", "유량", "베어링", "표면조도"};
const std::vector<std::string> formats{"csv", "parquet", "json"};

struct Documents final : ledger::DocumentReader {
    std::map<ledger::DocumentHash, ledger::Document> all;
    std::optional<ledger::Document> find(const ledger::DocumentHash& hash) const override {
        const auto at = all.find(hash);
        return at == all.end() ? std::nullopt : std::optional(at->second);
    }
};

Result<u64> time_of(u64 height) {
    return u64{1'790'000'000'000} + height * 60'000;
}

class World {
public:
    explicit World(u64 listings)
        : file(std::filesystem::temp_directory_path() /
               ("jangbu-catalogue-bench-" + std::to_string(std::random_device()()))) {
        ledger::Snapshot snapshot;
        snapshot.state = ledger::StateTree().updated(more(listings));
        snapshot.hash.bytes[0] = 1;
        index = api::ReadIndex::open(file).value();
        const auto start = Clock::now();
        if (!index->rebuild(snapshot, documents, time_of)) std::abort();
        make_ms = ms_since(start);
    }
    ~World() {
        index.reset();
        for (const char* suffix : {"", "-wal", "-shm"})
            std::filesystem::remove(file.string() + suffix);
    }
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    // New datasets with their listings, as the changes of a block.
    ledger::StateTree::Changes more(u64 listings) {
        ledger::StateTree::Changes changes;
        for (u64 i = 0; i < listings; ++i) add(changes);
        return changes;
    }
    const std::string& one_of(const std::vector<std::string>& words) {
        return words[random() % words.size()];
    }

    std::mt19937_64 random{20'261'125};
    Documents documents;
    std::filesystem::path file;
    std::unique_ptr<api::ReadIndex> index;
    double make_ms = 0;
    u64 made = 0;

private:
    void add(ledger::StateTree::Changes& changes) {
        const u64 number = ++made;
        const auto id = [&](u8 kind) { return crypto::sha256({ByteView(&kind, 1), le64(number)}); };
        Dataset dataset;
        dataset.id = DatasetId(id(1));
        dataset.registrant.bytes[0] = static_cast<u8>(number % 200);
        dataset.byte_len = u64{1} << (12 + random() % 24);
        dataset.chunk_size = 65'536;
        dataset.origin = number % 3 == 0 ? Origin::collected : Origin::simulated;
        dataset.registered_height = number / 10;
        const std::string process = one_of(processes);
        const std::string machine = one_of(machines);
        const std::string first = one_of(nouns);
        const std::string second = one_of(nouns);
        const std::string third = one_of(nouns);
        const std::string title =
            machine + " " + process + " " + first + " 데이터 " + std::to_string(number % 1'000);
        const std::string summary = process + " 공정에서 모은 " + second + "와 " + third +
                                    " 신호, 설비 " + machine + ", 1 kHz, 라벨 포함";
        const nlohmann::json text{{"title", {{"ko", title}, {"en", "Process signals"}}},
                                  {"summary", {{"ko", summary}}},
                                  {"keywords", {{"ko", {first, second, third}}}},
                                  {"process", {process}},
                                  {"equipment", {machine}},
                                  {"industry", {one_of(industries)}},
                                  {"format", one_of(formats)}};
        const ledger::Document document{id(3), "application/vnd.jangbu.description+json",
                                        to_bytes(as_bytes(text.dump()))};
        Listing listing;
        listing.id = ListingId(id(2));
        listing.seller = dataset.registrant;
        listing.dataset = dataset.id;
        if (random() % 10 == 0)
            listing.pricing = FreePrice{};
        else
            listing.pricing = FixedPrice{1'000 * (1 + random() % 20'000), 1};
        listing.licence.bits = static_cast<u16>(1 + random() % 63);
        listing.category = static_cast<u16>(random() % 12);
        listing.description = ledger::document_ref(document, ledger::DocumentClass::public_);
        listing.published_height = number / 10;
        documents.all.emplace(listing.description.hash, document);
        changes[dataset_key(dataset.id)] = bcs::encode(dataset);
        changes[listing_version_key(listing.id, 1)] = bcs::encode(listing);
    }
};

World& world_of(u64 listings) {
    static std::map<u64, std::unique_ptr<World>> worlds;
    auto& world = worlds[listings];
    if (!world) world = std::make_unique<World>(listings);
    return *world;
}

using Question = api::ListingQuery (*)(World&);

void want(api::ListingQuery& query, api::Facet facet, std::string value) {
    query.wanted[static_cast<std::size_t>(facet)] = {std::move(value)};
}
api::ListingQuery everything(World&) {
    return {};
}
api::ListingQuery common_word(World&) {  // in every title
    api::ListingQuery query;
    query.text = "데이터";
    return query;
}
api::ListingQuery one_word(World& world) {
    api::ListingQuery query;
    query.text = world.one_of(nouns);
    return query;
}
api::ListingQuery three_words(World& world) {
    api::ListingQuery query;
    query.text = world.one_of(processes) + " " + world.one_of(nouns) + " 데이터";
    return query;
}
api::ListingQuery narrowed(World& world) {
    api::ListingQuery query = one_word(world);
    want(query, api::Facet::process, world.one_of(processes));
    want(query, api::Facet::price, "1m_10m");
    want(query, api::Facet::updated, "365d");
    query.order = api::SortOrder::price_low;
    return query;
}
api::ListingQuery mixed(World& world) {
    constexpr Question kinds[]{everything, common_word, one_word, three_words, narrowed};
    return kinds[world.random() % 5](world);
}

void ask(benchmark::State& state, Question question) {
    World& world = world_of(static_cast<u64>(state.range(0)));
    std::vector<double> times;
    u64 found = 0;
    for (auto _ : state) {
        api::ListingQuery query = question(world);
        query.count_facets = true;
        query.now_ms = time_of(world.made / 10).value();
        const auto start = Clock::now();
        const auto page = world.index->listings(query);
        times.push_back(ms_since(start));
        state.SetIterationTime(times.back() / 1'000);
        found += page.value().total;
    }
    std::ranges::sort(times);
    state.counters["p50_ms"] = times[times.size() / 2];
    state.counters["p99_ms"] = times[times.size() * 99 / 100];
    state.counters["most_ms"] = times.back();
    state.counters["found"] = static_cast<double>(found) / static_cast<double>(times.size());
}

void follow(benchmark::State& state) {
    World& world = world_of(static_cast<u64>(state.range(0)));
    ledger::HeaderHash head;
    for (auto _ : state) {
        const auto changes = world.more(100);
        head.bytes[1] = static_cast<u8>(head.bytes[1] + 1);
        const auto start = Clock::now();
        if (!world.index->apply(head, changes, world.documents, time_of)) std::abort();
        state.SetIterationTime(ms_since(start) / 1'000);
    }
}

void make(benchmark::State& state) {
    World& world = world_of(static_cast<u64>(state.range(0)));
    for (auto _ : state) state.SetIterationTime(world.make_ms / 1'000);
}

void sizes(benchmark::internal::Benchmark* bench) {
    bench->Iterations(400)->UseManualTime()->Unit(benchmark::kMillisecond);
    bench->Arg(std::getenv("JANGBU_BENCH_LARGE") ? 100'000 : 2'000);
}
BENCHMARK_CAPTURE(ask, mixed, mixed)->Apply(sizes);
BENCHMARK_CAPTURE(ask, everything, everything)->Apply(sizes);
BENCHMARK_CAPTURE(ask, common_word, common_word)->Apply(sizes);
BENCHMARK_CAPTURE(ask, one_word, one_word)->Apply(sizes);
BENCHMARK_CAPTURE(ask, three_words, three_words)->Apply(sizes);
BENCHMARK_CAPTURE(ask, narrowed, narrowed)->Apply(sizes);
BENCHMARK(make)->Apply(sizes)->Iterations(1);
BENCHMARK(follow)->Apply(sizes)->Iterations(10);

}  // namespace

BENCHMARK_MAIN();
