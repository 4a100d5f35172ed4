// What remembers a column in bounded memory: distinct values, quantiles, a histogram, moments, the
// course over the rows. All take weights, since a run of equal cells is added once.
//
// Deterministic: the same values in the same order give the same result on every machine. Nothing
// here allocates more than its constructor says. Threads: one.
#pragma once

#include <array>
#include <vector>

#include "base/integers.h"

namespace jangbu::client {

// How many different values, from their 64-bit hashes. 2^precision registers of one byte; standard
// error 1.04 / sqrt(2^precision). Source: Flajolet et al. 2007, with the 64-bit hashes of
// HyperLogLog++ (Heule et al. 2013) and the estimator of Ertl 2017 in place of its tables of bias.
class DistinctSketch {
public:
    explicit DistinctSketch(unsigned precision);
    void add(u64 hash);
    u64 estimate() const;
    double standard_error() const;

private:
    unsigned precision_;
    std::vector<u8> registers_;
};

// Quantiles of a stream: KLL (Karnin, Lang, Liberty 2016). The rank of an answer is off by less
// than rank_error() of all values with a probability of 99 % (constants as measured by the
// DataSketches library). Its coin is a counter-seeded xorshift, always the same.
class QuantileSketch {
public:
    explicit QuantileSketch(u32 k);
    void add(double value, u64 weight = 1);
    // The least value with at least a share of `rank` at or below it; 0 of nothing.
    double quantile(double rank) const;
    // How many values are below `value`, estimated.
    u64 count_below(double value) const;
    u64 count() const { return count_; }
    double rank_error() const;

private:
    struct Weighted {
        double value;
        u64 weight;
    };
    void insert(std::size_t level, double value);
    void compact_from(std::size_t level);
    void set_capacities();
    std::vector<Weighted> weighted() const;

    u32 k_;
    u64 count_ = 0;
    u64 coin_ = 0x9E3779B97F4A7C15ull;
    std::vector<std::vector<double>> levels_;  // level 0 as it came, the others sorted
    std::vector<std::size_t> capacity_;
};

// Exact counts in equal bins whose width is a power of two and which lie at its multiples, so that
// two neighbours join when the range grows.
class Histogram {
public:
    static constexpr std::size_t bins_max = 256;

    // The range that is expected; values outside widen it.
    Histogram(double low, double high);
    void add(double value, u64 weight = 1);

    double width() const { return width_; }
    // The lower edge of the first bin of counts().
    double start() const { return static_cast<double>(first_) * width_; }
    const std::vector<u64>& counts() const { return counts_; }
    // At most `bins` bins between the least and the greatest that holds something.
    struct View {
        double start = 0;
        double width = 0;
        std::vector<u64> counts;
    };
    View view(std::size_t bins) const;

private:
    void widen(double value);

    double width_;
    double inverse_;
    double first_;  // number of the first bin; a whole number
    std::vector<u64> counts_;
};

// Mean and variance in one pass: Welford 1962, with weights as in West 1979.
struct Moments {
    u64 count = 0;
    double mean = 0;
    double squares = 0;  // sum of squared differences from the mean
    double least = 0;
    double greatest = 0;
    u64 least_line = 0;
    u64 greatest_line = 0;

    void add(double value, u64 weight, u64 line);
    double deviation() const;  // of a sample: n - 1
};

// The mean over the rows, in at most buckets_max buckets of equal length.
class Course {
public:
    static constexpr std::size_t buckets_max = 96;

    void add(u64 row, double value, u64 weight);
    struct Point {
        double sum = 0;
        u64 count = 0;
        double least = 0;
        double greatest = 0;
    };
    const std::vector<Point>& points() const { return points_; }
    u64 rows_per_point() const { return u64{1} << shift_; }

private:
    unsigned shift_ = 0;
    std::vector<Point> points_;
};

}  // namespace jangbu::client
