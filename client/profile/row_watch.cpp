#include "client/profile/row_watch.h"

#include <algorithm>

namespace jangbu::client {

void MissingTogether::add(const std::vector<u32>& missing, u64 line) {
    if (open_rows_ > 0 && missing == open_) {
        ++open_rows_;
        place_.last_line = line;
        return;
    }
    end_run();
    // Wider sets are told by their first columns.
    open_.assign(missing.begin(), missing.begin() + static_cast<std::ptrdiff_t>(std::min(
                                                        missing.size(), columns_kept_max)));
    open_rows_ = 1;
    place_ = {line, line};
}

void MissingTogether::end_run() {
    if (open_rows_ == 0 || open_.size() < 2) {
        open_rows_ = 0;
        return;
    }
    const auto known = std::find_if(sets_.begin(), sets_.end(),
                                    [&](const Set& set) { return set.columns == open_; });
    if (known != sets_.end()) {
        known->rows += open_rows_;
        known->episodes.note(place_);
    } else if (sets_.size() < sets_max) {
        Set& set = sets_.emplace_back();
        set.columns = open_;
        set.rows = open_rows_;
        set.episodes.note(place_);
    } else {
        u64 least = open_rows_;
        for (const Set& set : sets_) least = std::min(least, set.rows);
        lost_ += least;
        for (Set& set : sets_) set.rows -= least;
        std::erase_if(sets_, [](const Set& set) { return set.rows == 0; });
    }
    open_rows_ = 0;
}

RepeatedRows::RepeatedRows() : hashes_(buckets_min * ways), next_(buckets_min) {}

void RepeatedRows::add(u64 hash, u64 line) {
    if (hash == 0) hash = 1;  // 0 is an empty place
    __builtin_prefetch(hashes_.data() + (hash & (buckets_ - 1)) * ways);
    Waiting& place = waiting_[rows_++ % waiting_max];
    if (rows_ > waiting_max) look_up(place);
    place = {hash, line};
}

void RepeatedRows::finish() {
    const std::size_t waiting = std::min(rows_, waiting_max);
    for (std::size_t i = 0; i < waiting; ++i)
        look_up(waiting_[(rows_ - waiting + i) % waiting_max]);
    rows_ = 0;
}

void RepeatedRows::look_up(const Waiting& row) {
    for (;;) {
        const std::size_t bucket = row.hash & (buckets_ - 1);
        u64* const first = hashes_.data() + bucket * ways;
        for (std::size_t way = 0; way < ways; ++way)
            if (first[way] == row.hash) {
                repeated_.note({row.line, row.line});
                return;
            }
        u8& next = next_[bucket];
        if (first[next] != 0 && buckets_ < buckets_max) {
            grow();
            continue;
        }
        if (first[next] != 0) exact_ = false;
        first[next] = row.hash;
        next = static_cast<u8>((next + 1) % ways);
        return;
    }
}

// Each bucket parts in two, by the next bit of its hashes.
void RepeatedRows::grow() {
    std::vector<u64> hashes(buckets_ * 2 * ways);
    std::vector<u8> next(buckets_ * 2);
    for (const u64 hash : hashes_) {
        if (hash == 0) continue;
        const std::size_t bucket = hash & (buckets_ * 2 - 1);
        hashes[bucket * ways + next[bucket]] = hash;
        next[bucket] = static_cast<u8>((next[bucket] + 1) % ways);
    }
    hashes_ = std::move(hashes);
    next_ = std::move(next);
    buckets_ *= 2;
}

RowSample::RowSample(std::size_t columns)
    : columns_(columns), capacity_(std::clamp<std::size_t>(cells_max / columns, 64, rows_max)) {}

void RowSample::end_row() {
    if (rows() < capacity_) return;
    // Every second row goes, and from now on every second one that would have come.
    const std::size_t kept = rows() / 2;
    for (std::size_t row = 0; row < kept; ++row)
        std::copy_n(items_.begin() + static_cast<std::ptrdiff_t>(2 * row * columns_), columns_,
                    items_.begin() + static_cast<std::ptrdiff_t>(row * columns_));
    items_.resize(kept * columns_);
    mask_ = mask_ * 2 + 1;
}

}  // namespace jangbu::client
