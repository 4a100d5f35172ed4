#include "client/profile/value_counts.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <tuple>

#include "client/profile/text_source.h"

namespace jangbu::client {
namespace {

constexpr std::size_t slots_min = 16;

}  // namespace

ValueCounts::ValueCounts(std::size_t exact_max) : capacity_(exact_max), slots_(slots_min) {}

// The place of the hash, or the empty place where it would be.
std::size_t ValueCounts::slot_of(u64 hash) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = hash & mask;
    while (slots_[at].entry != 0 && slots_[at].hash != hash) at = (at + 1) & mask;
    return at;
}

void ValueCounts::place_all() {
    const std::size_t wanted = std::max(slots_min, std::bit_ceil((entries_.size() + 1) * 2));
    slots_.assign(wanted, {});
    for (std::size_t i = 0; i < entries_.size(); ++i)
        slots_[slot_of(entries_[i].hash)] = {entries_[i].hash, static_cast<u32>(i + 1)};
}

const std::vector<ValueCounts::Entry>& ValueCounts::entries() {
    for (std::size_t i = 0; i < entries_.size(); ++i) entries_[i].count = counts_[i];
    return entries_;
}

void ValueCounts::append(u64 hash, std::string_view text, const Cell& cell, u64 weight, u64 line) {
    Entry& entry = entries_.emplace_back();
    entry.hash = hash;
    entry.first_line = line;
    entry.cell = cell;
    counts_.push_back(weight);
    std::string_view shown = text;
    if (text.size() > text_bytes_max) {
        bool cut = false;
        shown = text.substr(0, text_bytes_max);
        shown = shown.substr(0, utf8_prefix(shown, &cut));
        entry.text_is_cut = true;
    }
    entry.text_bytes = static_cast<u8>(shown.size());
    std::memcpy(entry.text, shown.data(), shown.size());
    if ((entries_.size() + 1) * 2 > slots_.size())
        place_all();
    else
        slots_[slot_of(hash)] = {hash, static_cast<u32>(entries_.size())};
}

bool ValueCounts::add(u64 hash, std::string_view text, const Cell& cell, u64 weight, u64 line) {
    const std::size_t at = slot_of(hash);
    if (slots_[at].entry != 0) {
        counts_[slots_[at].entry - 1] += weight;
        return true;
    }
    if (entries_.size() >= capacity_) {
        if (exact_) return false;
        const u64 least = std::min(weight, *std::min_element(counts_.begin(), counts_.end()));
        decrement(least);
        if (weight == least || entries_.size() >= capacity_) return true;
        weight -= least;
    }
    append(hash, text, cell, weight, line);
    return true;
}

void ValueCounts::decrement(u64 weight) {
    lost_ += weight;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        counts_[i] -= weight;
        if (counts_[i] == 0) continue;
        if (kept != i) {
            entries_[kept] = entries_[i];
            counts_[kept] = counts_[i];
        }
        ++kept;
    }
    if (kept == entries_.size()) return;
    entries_.resize(kept);
    counts_.resize(kept);
    place_all();
}

bool ValueCounts::is_before(const Entry& a, const Entry& b) {
    return std::tie(b.count, a.first_line, a.hash) < std::tie(a.count, b.first_line, b.hash);
}

void ValueCounts::begin_frequent() {
    exact_ = false;
    capacity_ = frequent_max;
    entries();
    if (entries_.size() > frequent_max) {
        std::sort(entries_.begin(), entries_.end(), is_before);
        // Those that go were seen no more often than the first of them.
        lost_ = entries_[frequent_max].count;
        entries_.resize(frequent_max);
        entries_.shrink_to_fit();
    }
    counts_.clear();
    counts_.shrink_to_fit();
    for (const Entry& entry : entries_) counts_.push_back(entry.count);
    slots_ = {};
    place_all();
}

}  // namespace jangbu::client
