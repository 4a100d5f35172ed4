#include "client/profile/sketches.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <set>

#include "base/bytes.h"
#include "client/profile/value_counts.h"

using namespace jangbu;
using namespace jangbu::client;

namespace {

// A hash whose bits are as good as random.
u64 mixed(u64 x) {
    x ^= x >> 30;
    x *= 0xbf58476d1ce4e5b9ull;
    x ^= x >> 27;
    x *= 0x94d049bb133111ebull;
    return x ^ (x >> 31);
}

}  // namespace

TEST_CASE("distinct sketch: within five standard errors from one to a million values") {
    for (const unsigned precision : {11u, 13u})
        for (const u64 values : {u64{1}, u64{10}, u64{1'000}, u64{40'000}, u64{1'000'000}}) {
            DistinctSketch sketch(precision);
            for (u64 i = 0; i < values; ++i) {
                sketch.add(mixed(i + 1));
                if (i % 3 == 0) sketch.add(mixed(i / 2 + 1));  // repeats change nothing
            }
            const double truth = static_cast<double>(values);
            const double off = std::abs(static_cast<double>(sketch.estimate()) - truth);
            CHECK(off <= 5 * sketch.standard_error() * truth + 1);
        }
    CHECK(DistinctSketch(11).estimate() == 0);
}

TEST_CASE("quantile sketch: ranks are off by less than it says, whatever the order") {
    for (const char* order : {"ascending", "descending", "shuffled"}) {
        for (const u32 k : {128u, 512u}) {
            std::vector<double> values(200'000);
            for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i);
            if (order[0] == 'd') std::reverse(values.begin(), values.end());
            std::mt19937 random(7);
            if (order[0] == 's') std::shuffle(values.begin(), values.end(), random);
            QuantileSketch sketch(k);
            for (const double value : values) sketch.add(value);
            CHECK(sketch.count() == values.size());
            for (const double rank : {0.001, 0.01, 0.25, 0.5, 0.75, 0.99, 0.999}) {
                const double found = sketch.quantile(rank) / static_cast<double>(values.size());
                CHECK(std::abs(found - rank) <= 2 * sketch.rank_error());
            }
        }
    }
}

TEST_CASE("quantile sketch: a weight is as good as so many additions") {
    QuantileSketch sketch(512);
    u64 total = 0;
    for (u64 i = 1; i <= 1'000; ++i) {
        sketch.add(static_cast<double>(i), i);
        total += i;
    }
    CHECK(sketch.count() == total);
    // Half of the weight of 1..1000 lies at or below 707.
    CHECK(std::abs(sketch.quantile(0.5) - 707) < 15);
}

TEST_CASE("histogram: no value is lost and each lies in its bin, however the range grows") {
    std::mt19937 random(3);
    std::uniform_real_distribution<double> exponent(-6, 9);
    std::uniform_int_distribution<int> sign(0, 1);
    Histogram histogram(20, 21);
    std::vector<double> values;
    for (int i = 0; i < 5'000; ++i) {
        const double size = std::pow(10.0, exponent(random));
        const double value = sign(random) == 0 ? size : -size;
        values.push_back(value);
        histogram.add(value, 2);
    }
    std::vector<u64> expected(histogram.counts().size());
    for (const double value : values) {
        const double bin = std::floor((value - histogram.start()) / histogram.width());
        REQUIRE(bin >= 0);
        REQUIRE(bin < static_cast<double>(expected.size()));
        expected[static_cast<std::size_t>(bin)] += 2;
    }
    CHECK(histogram.counts() == expected);
    const Histogram::View view = histogram.view(32);
    CHECK(view.counts.size() <= 32);
    u64 sum = 0;
    for (const u64 count : view.counts) sum += count;
    CHECK(sum == 2 * values.size());
}

TEST_CASE("histogram: one value far outside and one value only") {
    Histogram histogram(0, 1);
    histogram.add(0.5);
    histogram.add(1e300);
    histogram.add(-1e300);
    u64 sum = 0;
    for (const u64 count : histogram.counts()) sum += count;
    CHECK(sum == 3);
    Histogram same(7, 7);
    same.add(7, 5);
    CHECK(same.view(32).counts == std::vector<u64>{5});
}

TEST_CASE("value counts: exact up to the bound, then never more than it says") {
    ValueCounts counts(100);
    std::vector<u64> truth(5'000);
    std::mt19937 random(5);
    std::geometric_distribution<int> draw(0.02);
    for (int i = 0; i < 50'000; ++i) {
        const auto value = static_cast<std::size_t>(std::min(draw(random), 4'999));
        const u64 weight = 1 + value % 3;
        truth[value] += weight;
        const std::string text = std::to_string(value);
        if (counts.add(mixed(value + 1), text, {}, weight, 1)) continue;
        CHECK(counts.size() == 100);
        counts.begin_frequent();
        REQUIRE(counts.add(mixed(value + 1), text, {}, weight, 1));
    }
    CHECK_FALSE(counts.is_exact());
    CHECK(counts.size() <= ValueCounts::frequent_max);
    std::set<std::size_t> kept;
    for (const ValueCounts::Entry& entry : counts.entries()) {
        const auto value = static_cast<std::size_t>(std::stoul(std::string(entry.shown())));
        kept.insert(value);
        CHECK(entry.count <= truth[value]);
        CHECK(truth[value] <= entry.count + counts.lost());
    }
    for (std::size_t value = 0; value < truth.size(); ++value)
        if (truth[value] > counts.lost()) CHECK(kept.contains(value));
}

TEST_CASE("value counts: a long text is cut between characters") {
    ValueCounts counts(10);
    std::string text;
    for (int i = 0; i < 30; ++i) text += "한";
    REQUIRE(counts.add(1, text, {}, 1, 1));
    const ValueCounts::Entry& entry = counts.entries().front();
    CHECK(entry.text_is_cut);
    CHECK(is_utf8(as_bytes(entry.shown())));
    CHECK(entry.shown().size() == 42);
}

TEST_CASE("course: the sum of all points is the sum of all values") {
    Course course;
    double sum = 0;
    u64 row = 0;
    for (u64 i = 0; i < 3'000; ++i) {
        const u64 weight = 1 + i % 7;
        course.add(row, static_cast<double>(i), weight);
        sum += static_cast<double>(i * weight);
        row += weight + i % 2;
    }
    double points = 0;
    for (const Course::Point& point : course.points()) points += point.sum;
    CHECK(points == doctest::Approx(sum));
    CHECK(course.points().size() <= Course::buckets_max);
}
