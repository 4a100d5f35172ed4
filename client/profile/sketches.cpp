#include "client/profile/sketches.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace jangbu::client {
namespace {

double sigma(double x) {
    double y = 1;
    double z = x;
    for (double before = -1; z != before;) {
        x *= x;
        before = z;
        z += x * y;
        y += y;
    }
    return z;
}

double tau(double x) {
    if (x <= 0 || x >= 1) return 0;
    double y = 1;
    double z = 1 - x;
    for (double before = -1; z != before;) {
        x = std::sqrt(x);
        before = z;
        y *= 0.5;
        z -= (1 - x) * (1 - x) * y;
    }
    return z / 3;
}

constexpr std::size_t level_capacity_min = 16;

}  // namespace

DistinctSketch::DistinctSketch(unsigned precision)
    : precision_(precision), registers_(std::size_t{1} << precision) {}

void DistinctSketch::add(u64 hash) {
    const std::size_t index = hash >> (64 - precision_);
    const u64 rest = hash << precision_;
    const auto rank = static_cast<u8>(
        rest == 0 ? 64 - precision_ + 1 : static_cast<unsigned>(std::countl_zero(rest)) + 1);
    if (registers_[index] < rank) registers_[index] = rank;
}

u64 DistinctSketch::estimate() const {
    const unsigned q = 64 - precision_;
    const double m = static_cast<double>(registers_.size());
    std::array<u32, 66> counts{};
    for (const u8 rank : registers_) ++counts[rank];
    if (counts[0] == registers_.size()) return 0;
    double z = m * tau(1 - static_cast<double>(counts[q + 1]) / m);
    for (unsigned k = q; k >= 1; --k) z = 0.5 * (z + static_cast<double>(counts[k]));
    z += m * sigma(static_cast<double>(counts[0]) / m);
    constexpr double alpha = 0.7213475204444817;  // 1 / (2 ln 2)
    return static_cast<u64>(std::llround(alpha * m * m / z));
}

double DistinctSketch::standard_error() const {
    return 1.04 / std::sqrt(static_cast<double>(registers_.size()));
}

QuantileSketch::QuantileSketch(u32 k) : k_(k), levels_(1) {
    set_capacities();
}

void QuantileSketch::set_capacities() {
    capacity_.resize(levels_.size());
    double capacity = k_;
    for (std::size_t level = levels_.size(); level-- > 0; capacity *= 2.0 / 3.0)
        capacity_[level] = std::max(level_capacity_min, static_cast<std::size_t>(capacity));
}

void QuantileSketch::add(double value, u64 weight) {
    count_ += weight;
    if (weight == 1) {
        levels_[0].push_back(value);
        if (levels_[0].size() >= capacity_[0]) compact_from(0);
        return;
    }
    for (std::size_t level = 0; weight >> level != 0; ++level)
        if ((weight >> level & 1) != 0) insert(level, value);
}

void QuantileSketch::insert(std::size_t level, double value) {
    if (levels_.size() <= level) {
        levels_.resize(level + 1);
        set_capacities();
    }
    std::vector<double>& values = levels_[level];
    values.insert(level == 0 ? values.end() : std::upper_bound(values.begin(), values.end(), value),
                  value);
    if (values.size() >= capacity_[level]) compact_from(level);
}

// Half of a full level, every second of its values, moves up with twice the weight.
void QuantileSketch::compact_from(std::size_t level) {
    for (; level < levels_.size() && levels_[level].size() >= capacity_[level]; ++level) {
        if (level + 1 == levels_.size()) {
            levels_.emplace_back();
            set_capacities();
            if (levels_[level].size() < capacity_[level]) return;
        }
        std::vector<double>& values = levels_[level];
        std::vector<double>& above = levels_[level + 1];
        if (level == 0) std::sort(values.begin(), values.end());
        coin_ ^= coin_ << 13;
        coin_ ^= coin_ >> 7;
        coin_ ^= coin_ << 17;
        // An odd one out stays behind, so that no weight is lost.
        const bool odd = values.size() % 2 != 0;
        const double left = values.back();
        const std::size_t even = values.size() - (odd ? 1 : 0);
        // Merged from the back, into the room that is made first.
        const std::size_t offset = coin_ >> 63;
        std::size_t from_above = above.size();
        std::size_t from_values = even / 2;
        above.resize(from_above + from_values);
        for (std::size_t to = above.size(); from_values > 0;) {
            const double value = values[2 * (from_values - 1) + offset];
            if (from_above > 0 && above[from_above - 1] > value) {
                above[--to] = above[--from_above];
            } else {
                above[--to] = value;
                --from_values;
            }
        }
        values.clear();
        if (odd) values.push_back(left);
    }
}

std::vector<QuantileSketch::Weighted> QuantileSketch::weighted() const {
    std::vector<Weighted> all;
    for (std::size_t level = 0; level < levels_.size(); ++level)
        for (const double value : levels_[level]) all.push_back({value, u64{1} << level});
    std::sort(all.begin(), all.end(),
              [](const Weighted& a, const Weighted& b) { return a.value < b.value; });
    return all;
}

double QuantileSketch::quantile(double rank) const {
    const std::vector<Weighted> all = weighted();
    if (all.empty()) return 0;
    const double wanted = rank * static_cast<double>(count_);
    u64 seen = 0;
    for (const Weighted& one : all) {
        seen += one.weight;
        if (static_cast<double>(seen) >= wanted) return one.value;
    }
    return all.back().value;
}

u64 QuantileSketch::count_below(double value) const {
    u64 below = 0;
    for (std::size_t level = 0; level < levels_.size(); ++level)
        for (const double one : levels_[level])
            if (one < value) below += u64{1} << level;
    return below;
}

double QuantileSketch::rank_error() const {
    return 2.296 / std::pow(static_cast<double>(k_), 0.9723);
}

Histogram::Histogram(double low, double high) : counts_(bins_max) {
    const double span = high > low ? high - low : std::max(std::abs(low), 1.0) / 64;
    // A quarter of the bins at first, so that a range may grow a little for nothing.
    int exponent = 0;
    std::frexp(span / 128, &exponent);
    width_ = std::ldexp(1.0, exponent);
    inverse_ = 1 / width_;
    first_ = std::floor(low * inverse_) - 64;
}

void Histogram::add(double value, u64 weight) {
    const double place = std::floor(value * inverse_) - first_;
    if (place >= 0 && place < static_cast<double>(bins_max)) {
        counts_[static_cast<std::size_t>(place)] += weight;
        return;
    }
    widen(value);
    counts_[static_cast<std::size_t>(std::floor(value * inverse_) - first_)] += weight;
}

void Histogram::widen(double value) {
    for (;;) {
        const double place = std::floor(value * inverse_);
        if (place >= first_ && place < first_ + static_cast<double>(bins_max)) return;
        // What is in use and the new value may fit without wider bins, by moving.
        std::size_t low = 0;
        std::size_t high = bins_max;
        while (low < high && counts_[low] == 0) ++low;
        while (high > low && counts_[high - 1] == 0) --high;
        const double from = std::min(first_ + static_cast<double>(low), place);
        const double to = std::max(first_ + static_cast<double>(high), place + 1);
        if (low == high || to - from <= static_cast<double>(bins_max)) {
            const double start =
                low == high ? place - static_cast<double>(bins_max / 2)
                            : from - std::floor((static_cast<double>(bins_max) - (to - from)) / 2);
            std::vector<u64> moved(bins_max);
            for (std::size_t i = low; i < high; ++i)
                moved[static_cast<std::size_t>(first_ + static_cast<double>(i) - start)] =
                    counts_[i];
            counts_ = std::move(moved);
            first_ = start;
            return;
        }
        std::vector<u64> joined(bins_max);
        const double start = std::floor(first_ / 2);
        for (std::size_t i = low; i < high; ++i) {
            const double bin = std::floor((first_ + static_cast<double>(i)) / 2) - start;
            joined[static_cast<std::size_t>(bin)] += counts_[i];
        }
        counts_ = std::move(joined);
        first_ = start;
        width_ *= 2;
        inverse_ = 1 / width_;
    }
}

Histogram::View Histogram::view(std::size_t bins) const {
    std::size_t low = 0;
    std::size_t high = counts_.size();
    while (low < high && counts_[low] == 0) ++low;
    while (high > low && counts_[high - 1] == 0) --high;
    if (low == high) return {};
    std::size_t join = 1;
    const auto bin_of = [&](std::size_t i) {
        return std::floor((first_ + static_cast<double>(i)) / static_cast<double>(join));
    };
    while (bin_of(high - 1) - bin_of(low) + 1 > static_cast<double>(bins)) join *= 2;
    View out;
    out.width = width_ * static_cast<double>(join);
    out.start = bin_of(low) * out.width;
    out.counts.resize(static_cast<std::size_t>(bin_of(high - 1) - bin_of(low)) + 1);
    for (std::size_t i = low; i < high; ++i)
        out.counts[static_cast<std::size_t>(bin_of(i) - bin_of(low))] += counts_[i];
    return out;
}

void Moments::add(double value, u64 weight, u64 line) {
    if (count == 0 || value < least) {
        least = value;
        least_line = line;
    }
    if (count == 0 || value > greatest) {
        greatest = value;
        greatest_line = line;
    }
    count += weight;
    const double share = static_cast<double>(weight);
    const double delta = value - mean;
    mean += delta * share / static_cast<double>(count);
    squares += share * delta * (value - mean);
}

double Moments::deviation() const {
    return count < 2 ? 0 : std::sqrt(squares / static_cast<double>(count - 1));
}

void Course::add(u64 row, double value, u64 weight) {
    while (weight > 0) {
        const u64 bucket = row >> shift_;
        if (bucket >= buckets_max) {
            // Twice as long: neighbours join.
            std::vector<Point> joined((points_.size() + 1) / 2);
            for (std::size_t i = 0; i < points_.size(); ++i) {
                Point& to = joined[i / 2];
                const Point& from = points_[i];
                if (from.count == 0) continue;
                to.least = to.count == 0 ? from.least : std::min(to.least, from.least);
                to.greatest = to.count == 0 ? from.greatest : std::max(to.greatest, from.greatest);
                to.sum += from.sum;
                to.count += from.count;
            }
            points_ = std::move(joined);
            ++shift_;
            continue;
        }
        if (points_.size() <= bucket) points_.resize(bucket + 1);
        Point& point = points_[bucket];
        const u64 room = ((bucket + 1) << shift_) - row;
        const u64 taken = std::min(room, weight);
        point.least = point.count == 0 ? value : std::min(point.least, value);
        point.greatest = point.count == 0 ? value : std::max(point.greatest, value);
        point.sum += value * static_cast<double>(taken);
        point.count += taken;
        row += taken;
        weight -= taken;
    }
}

}  // namespace jangbu::client
