#include "market/sample_pool.h"

#include <doctest/doctest.h>

#include <numeric>

namespace jangbu::market {
namespace {

ByteArray<32> filled(u8 value) {
    ByteArray<32> out;
    out.fill(value);
    return out;
}

// The expected indices come from the rule of docs/exchange.md section 11 written again in Python.
TEST_CASE("sample pool: chunk 0 and one chunk in a hundred, as the header draws them") {
    const DatasetId dataset(filled(0x11));
    const ledger::HeaderHash draw(filled(0x22));
    const auto pool = [&](u64 n) { return sample_pool(dataset, n, draw); };
    using Indices = std::vector<u64>;
    CHECK(pool(1) == Indices{0});
    CHECK(pool(199) == Indices{0});
    CHECK(pool(200) == Indices{0, 17});
    CHECK(pool(555) == Indices{0, 44, 116, 327, 330});
    CHECK(pool(1000) == Indices{0, 219, 226, 290, 417, 550, 623, 711, 872, 914});
    const Indices many = pool(1'000'000'000);
    CHECK(many.size() == sample_pool_chunks_max);
    CHECK(many[1] == 89'841'711);
    CHECK(std::accumulate(many.begin(), many.end(), u64{0}) == 32'595'326'065);
    CHECK(sample_pool(DatasetId(filled(0x12)), 1000, draw) != pool(1000));
    CHECK(sample_pool(dataset, 1000, ledger::HeaderHash(filled(0x23))) != pool(1000));
}

}  // namespace
}  // namespace jangbu::market
