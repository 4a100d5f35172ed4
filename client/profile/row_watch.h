// What only whole rows show: columns that are missing together, rows that repeat, columns that are
// equal, and a sample of rows for correlation and leakage.
//
// Threads: one. Memory: RepeatedRows 16 MiB; RowSample at most cells_max cells of 16 bytes.
#pragma once

#include <array>
#include <vector>

#include "base/integers.h"
#include "client/profile/signal_watch.h"

namespace jangbu::client {

// Which sets of columns are missing in the same row, and how often. Keeps the sets_max most
// frequent sets by Misra-Gries.
class MissingTogether {
public:
    void add(const std::vector<u32>& missing, u64 line);
    void finish() { end_run(); }

    struct Set {
        std::vector<u32> columns;
        u64 rows = 0;
        SignalWatch::Places episodes;  // runs of rows
    };
    const std::vector<Set>& sets() const { return sets_; }
    bool is_exact() const { return lost_ == 0; }

private:
    static constexpr std::size_t sets_max = 64;
    static constexpr std::size_t columns_kept_max = 256;

    void end_run();

    std::vector<u32> open_;
    u64 open_rows_ = 0;
    Place place_;
    std::vector<Set> sets_;
    u64 lost_ = 0;
};

// Rows that were there before, by a 64-bit hash of their cells, in buckets of 8 that double in
// number when one overflows, up to 2^18 of them. Where one overflows then, its oldest hash goes,
// and the count becomes a lower bound.
class RepeatedRows {
public:
    RepeatedRows();
    // Looked up some rows later, so that memory has the bucket ready by then.
    void add(u64 hash, u64 line);
    void finish();
    const SignalWatch::Places& repeated() const { return repeated_; }
    bool is_exact() const { return exact_; }

private:
    static constexpr std::size_t buckets_min = 1 << 10;
    static constexpr std::size_t buckets_max = 1 << 18;
    static constexpr std::size_t ways = 8;
    static constexpr std::size_t waiting_max = 16;

    struct Waiting {
        u64 hash = 0;
        u64 line = 0;
    };
    void look_up(const Waiting& row);
    void grow();

    std::array<Waiting, waiting_max> waiting_{};
    std::size_t rows_ = 0;
    std::size_t buckets_ = buckets_min;
    std::vector<u64> hashes_;
    std::vector<u8> next_;  // of each bucket: the place of the next hash
    SignalWatch::Places repeated_;
    bool exact_ = true;
};

// Every 2^k-th row, k as small as fits.
class RowSample {
public:
    static constexpr std::size_t cells_max = 1 << 20;
    static constexpr std::size_t rows_max = 4096;

    struct Item {
        double number;  // NaN where the cell is none
        u64 hash;       // 0 = missing
    };

    explicit RowSample(std::size_t columns);
    bool wants(u64 row) const { return (row & mask_) == 0; }
    // Once for a row that it wants: cell by cell.
    void add(const Item& item) { items_.push_back(item); }
    void end_row();

    std::size_t rows() const { return items_.size() / columns_; }
    const Item& at(std::size_t row, std::size_t column) const {
        return items_[row * columns_ + column];
    }
    std::size_t columns() const { return columns_; }

private:
    std::size_t columns_;
    std::size_t capacity_;
    u64 mask_ = 0;
    std::vector<Item> items_;
};

}  // namespace jangbu::client
