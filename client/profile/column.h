// Column: one column while it is read. Equal neighbours cost one comparison; a new value is read,
// counted exactly while few values differ, and goes to the sketches after that.
//
// Threads: one. Memory: Budget says what a column may hold.
#pragma once

#include <cstring>
#include <memory>
#include <string>

#include "client/profile/profile.h"
#include "client/profile/signal_watch.h"
#include "client/profile/time_order.h"
#include "client/profile/value_counts.h"

namespace jangbu::client {

// Wide tables get smaller sketches, so that the whole stays bounded.
struct Budget {
    std::size_t distinct_exact_max = 1024;
    unsigned distinct_precision = 13;
    u32 quantile_k = 512;

    static Budget of(std::size_t columns) {
        if (columns <= 256) return {};
        return {128, 11, 128};
    }
};

// memcmp without the call, which costs more than comparing a short cell.
inline bool equal_bytes(const char* a, const char* b, std::size_t size) {
    const auto word = [](const char* at) {
        u64 out;
        std::memcpy(&out, at, 8);
        return out;
    };
    const auto half = [](const char* at) {
        u32 out;
        std::memcpy(&out, at, 4);
        return out;
    };
    if (size < 4) {
        for (std::size_t i = 0; i < size; ++i)
            if (a[i] != b[i]) return false;
        return true;
    }
    // Two words may overlap.
    if (size < 8) return half(a) == half(b) && half(a + size - 4) == half(b + size - 4);
    for (std::size_t i = 0; i + 8 < size; i += 8)
        if (word(a + i) != word(b + i)) return false;
    return word(a + size - 8) == word(b + size - 8);
}

// The bytes of the last cell, copied without a call.
class CellBytes {
public:
    std::string_view view() const { return {bytes_.data(), size_}; }
    void assign(std::string_view text) {
        if (text.size() > bytes_.size()) bytes_.resize(text.size() + 16);
        size_ = text.size();
        char* const to = bytes_.data();
        const char* const from = text.data();
        if (size_ < 8) {
            if (size_ >= 4) {
                std::memcpy(to, from, 4);
                std::memcpy(to + size_ - 4, from + size_ - 4, 4);
                return;
            }
            for (std::size_t i = 0; i < size_; ++i) to[i] = from[i];
            return;
        }
        for (std::size_t i = 0; i + 8 < size_; i += 8) std::memcpy(to + i, from + i, 8);
        std::memcpy(to + size_ - 8, from + size_ - 8, 8);
    }

private:
    std::string bytes_;
    std::size_t size_ = 0;
};

class Column {
public:
    Column(std::string name, Unit unit, char decimal, const Budget& budget);

    // The next cell, in the row that begins at `line`. `row` counts from 0.
    void put(std::string_view text, u64 row, u64 line) {
        const std::string_view last = raw_.view();
        if (rows_ > 0 && text.size() == last.size() &&
            equal_bytes(text.data(), last.data(), text.size())) {
            ++rows_;
            last_line_ = line;
        } else {
            change(text, row, line);
        }
        whole_ = whole_ * 0x9E3779B97F4A7C15ull + hash_;
    }
    // Equal for two columns that are equal in every row.
    u64 whole() const { return whole_; }
    // Of the cell in the last row.
    u64 hash() const { return hash_; }
    bool is_missing() const { return cell_.kind == CellKind::missing; }
    const Cell& cell() const { return cell_; }

    u64 rows_per_point() const { return course_.rows_per_point(); }

    // After finish(): where the column stood still (signal_watch.h).
    std::vector<Place> stuck() const { return watch_ ? watch_->stuck() : std::vector<Place>(); }

    // After the last row. The findings that need one column only are added.
    ColumnProfile finish(u64 rows, u32 index, std::vector<Finding>& findings);

private:
    struct Numbers {
        Moments moments;
        QuantileSketch quantiles;
        Histogram histogram;
    };

    void change(std::string_view text, u64 row, u64 line);
    void end_run();
    void count_value();
    void end_exact();
    void add_number(double value, u64 weight, u64 line);
    void note_stray(CellKind kind, const Place& place);

    ColumnType decide_type(u64 present) const;
    u64 of_kind(CellKind kind) const { return kinds_[static_cast<std::size_t>(kind)]; }
    NumberFacts number_facts();
    void judge(const ColumnProfile& column, u64 rows, u32 index, std::vector<Finding>& findings);

    std::string name_;
    Unit unit_;
    Quantity quantity_;
    CellRules rules_;
    Budget budget_;

    // The run that is open.
    CellBytes raw_;
    u64 hash_ = 0;
    u64 whole_ = 0;
    Cell cell_;
    u64 rows_ = 0;
    u64 first_row_ = 0;
    u64 first_line_ = 0;
    u64 last_line_ = 0;

    std::array<u64, cell_kinds> kinds_{};
    std::array<SignalWatch::Places, cell_kinds> first_places_;
    std::vector<u64> missing_words_;
    ValueCounts counts_;
    std::unique_ptr<DistinctSketch> distinct_;
    std::unique_ptr<Numbers> numbers_;
    std::unique_ptr<TimeOrder> times_;
    std::unique_ptr<SignalWatch> watch_;
    Course course_;
};

}  // namespace jangbu::client
