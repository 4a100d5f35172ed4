#include "ledger/sparse_update.h"

#include <algorithm>

#include "base/assert.h"
#include "ledger/state_hashes.h"

namespace jangbu::ledger::sparse {
namespace {

constexpr std::size_t hashes_planned_max = 2'048;  // stay in the cache
constexpr std::size_t look_ahead_buckets = 6;
constexpr std::size_t look_ahead_nodes = 24;

u8 at_most_two(std::size_t leaves) {
    return static_cast<u8>(std::min<std::size_t>(leaves, 2));
}

u32 reversed_byte(u32 byte) {
    u32 reversed = 0;
    for (int i = 0; i < 8; ++i) reversed |= (byte >> i & 1) << (7 - i);
    return reversed;
}

// The level at which a region has 1 to 4 leaves a bucket: it grows when there are more than 2, in
// the last region when there are more than 4.
std::size_t fitting_level(std::size_t region, std::size_t leaves, std::size_t level) {
    const std::size_t most_in_256 = 512 + 2 * reversed_byte(static_cast<u32>(region));
    while (level < Top::level_max && leaves * 256 > most_in_256 << (level - region_bits)) ++level;
    return level;
}

template <class Item, class Key>
std::size_t run_length(std::span<Item> sorted, Key key) {
    std::size_t length = 1;
    while (length < sorted.size() && key(sorted[length]) == key(sorted[0])) ++length;
    return length;
}

}  // namespace

void Dropped::add(const Dropped& more) {
    buckets.insert(buckets.end(), more.buckets.begin(), more.buckets.end());
    leaves.insert(leaves.end(), more.leaves.begin(), more.leaves.end());
}

void Dropped::clear() {
    buckets.clear();
    leaves.clear();
}

void Version::clear() {
    pinned = false;
    next = nullptr;
    overwritten.clear();
    dropped.clear();
    taken_back.clear();
    new_buckets.clear();
    new_leaves.clear();
}

Updater::Updater(Top& top, Pool& buckets, Pool& leaves)
    : top_(top), buckets_(buckets), leaves_(leaves) {
    top_.deepen(region_bits);
}

void Updater::run(Version* before, Version& after, std::span<const Change> changes) {
    before_ = before;
    after_ = &after;
    while (!changes.empty()) {
        const std::size_t region = changes[0].key[0];
        const auto here =
            changes.first(run_length(changes, [](const Change& c) { return c.key[0]; }));
        changes = changes.subspan(here.size());
        const auto puts = static_cast<std::size_t>(
            std::ranges::count_if(here, [](const Change& c) { return c.value.has_value(); }));
        const Region& now = after.regions[region];
        const std::size_t level = fitting_level(region, now.size + puts, now.level);
        if (level > now.level)
            grow(region, level, here);
        else
            change_buckets(region, here);
    }
    finish_bottoms();
    climb();
    after.root = top_.node(0, 0).hash;
}

void Updater::change_buckets(std::size_t region, std::span<const Change> changes) {
    const std::size_t level = after_->regions[region].level;
    const auto index_of = [&](const Change& change) { return index_at(change.key, level); };
    while (!changes.empty()) {
        if (changes.size() > 2 * look_ahead_buckets)
            top_.prefetch_slot(level, index_of(changes[2 * look_ahead_buckets]));
        if (changes.size() > look_ahead_buckets)
            if (const Bucket* soon = top_.bucket(level, index_of(changes[look_ahead_buckets])))
                soon->prefetch();
        const u32 index = index_of(changes[0]);
        const auto here = changes.first(run_length(changes, index_of));
        changes = changes.subspan(here.size());
        Bucket* old = top_.bucket(level, index);
        if (!merge(old ? old->entries() : std::span<Entry>(), here)) continue;
        after_->regions[region].size += static_cast<u32>(entries_.size() - (old ? old->size : 0));
        after_->size += entries_.size() - (old ? old->size : 0);
        make_bucket({index, static_cast<u32>(level)}, old, entries_);
        drop(old);
    }
}

// All buckets of the region are made anew, one or more levels deeper. The old ones stay where they
// are for the readers of older versions.
void Updater::grow(std::size_t region, std::size_t level, std::span<const Change> changes) {
    const std::size_t old_level = after_->regions[region].level;
    top_.deepen(level);
    const auto first = static_cast<u32>(region << (old_level - region_bits));
    const auto end = static_cast<u32>((region + 1) << (old_level - region_bits));
    std::size_t size = 0;
    for (u32 index = first; index < end; ++index) {
        std::size_t here = 0;
        while (here < changes.size() && index_at(changes[here].key, old_level) == index) ++here;
        Bucket* old = top_.bucket(old_level, index);
        merge(old ? old->entries() : std::span<Entry>(), changes.first(here));
        changes = changes.subspan(here);
        drop(old);
        size += entries_.size();
        std::span<const Entry> rest = entries_;
        const u32 children = u32{1} << (level - old_level);
        for (u32 child = index * children; child < (index + 1) * children; ++child) {
            std::size_t in_child = 0;
            while (in_child < rest.size() && index_at(rest[in_child].key, level) == child)
                ++in_child;
            make_bucket({child, static_cast<u32>(level)}, nullptr, rest.first(in_child));
            rest = rest.subspan(in_child);
        }
    }
    after_->size += size - after_->regions[region].size;
    after_->regions[region] = {static_cast<u32>(size), static_cast<u8>(level)};
}

// The entries after the changes, in entries_. False if they are what they were.
bool Updater::merge(std::span<const Entry> old, std::span<const Change> changes) {
    entries_.clear();
    bool changed = false;
    for (const Change& change : changes) {
        while (!old.empty() && old[0].key < change.key) {
            entries_.push_back(old[0]);
            old = old.subspan(1);
        }
        const bool found = !old.empty() && old[0].key == change.key;
        if (found && before_) before_->dropped.leaves.push_back(old[0].leaf);
        changed |= found || change.value;
        if (found) old = old.subspan(1);
        if (!change.value) continue;
        const Leaf* leaf = Leaf::make(leaves_, change.value_hash, change.state_key, *change.value);
        entries_.push_back({change.key, change.leaf_hash, leaf});
        if (before_) after_->new_leaves.push_back(leaf);
    }
    entries_.insert(entries_.end(), old.begin(), old.end());
    return changed;
}

void Updater::drop(Bucket* bucket) {
    if (before_ && bucket) before_->dropped.buckets.push_back(bucket);
}

void Updater::make_bucket(Place place, Bucket* older, std::span<const Entry> entries) {
    top_.prefetch_node(place.level, place.index);  // finish_bottoms writes it
    // An empty one stands for absence only where an older version has something.
    const bool needed = older || !entries.empty();
    Bucket* made = needed ? Bucket::make(buckets_, after_->number, older, entries) : nullptr;
    top_.set_bucket(place.level, place.index, made);
    if (needed && before_) after_->new_buckets.push_back(place);
    if (made) entries = made->entries();
    bottoms_.push_back({place, subtrees_.plan(entries, place.level), at_most_two(entries.size())});
    if (subtrees_.planned() > hashes_planned_max) finish_bottoms();
}

void Updater::finish_bottoms() {
    subtrees_.run();
    for (const Bottom& bottom : bottoms_) {
        const auto [index, level] = bottom.place;
        write(level, index, {*bottom.hash, bottom.leaves});
        changed_[level].push_back(index);
    }
    bottoms_.clear();
    subtrees_.clear();
}

void Updater::climb() {
    for (std::size_t level = Top::level_max; level > 0; --level) {
        std::vector<u32>& changed = changed_[level];
        if (changed.empty()) continue;
        parents_.clear();
        for (const u32 index : changed)
            if (parents_.empty() || parents_.back() != index / 2) parents_.push_back(index / 2);
        changed.clear();
        hash_parents(level, parents_);
        // Bottoms of regions that are less deep stand there already.
        std::vector<u32>& above = changed_[level - 1];
        if (above.empty()) {
            std::swap(above, parents_);
            continue;
        }
        merged_.clear();
        std::ranges::merge(above, parents_, std::back_inserter(merged_));
        std::swap(above, merged_);
        if (before_) before_->overwritten.sort(level - 1);
    }
    changed_[0].clear();
}

// The nodes above the changed ones of `level`. Where one leaf is below, the node is that leaf.
void Updater::hash_parents(std::size_t level, std::span<const u32> parents) {
    std::array<crypto::MessageParts, hashed_at_once> in;
    std::array<Hash, hashed_at_once> out;
    const auto leaves_below = [&](std::size_t parent) {
        return top_.leaves(level, parent * 2) + top_.leaves(level, parent * 2 + 1);
    };
    while (!parents.empty()) {
        const auto some = parents.first(std::min(parents.size(), hashed_at_once));
        parents = parents.subspan(some.size());
        std::size_t inner = 0;
        for (std::size_t i = 0; i < some.size(); ++i) {
            if (i + look_ahead_nodes < some.size()) {
                top_.prefetch_node(level, 2 * some[i + look_ahead_nodes]);
                top_.prefetch_node(level - 1, some[i + look_ahead_nodes]);
            }
            const std::size_t left = std::size_t{some[i]} * 2;
            if (leaves_below(some[i]) > 1)
                in[inner++] = {top_.hash(level, left), top_.hash(level, left + 1), {}};
        }
        state_node_hashes(std::span(in).first(inner), std::span(out).first(inner));
        const Hash* hashed = out.data();
        for (const u32 parent : some) {
            const std::size_t left = std::size_t{parent} * 2;
            if (leaves_below(parent) > 1)
                write(level - 1, parent, {*hashed++, 2});
            else
                write(level - 1, parent,
                      top_.node(level, top_.leaves(level, left) == 1 ? left : left + 1));
        }
    }
}

void Updater::write(std::size_t level, u32 index, const Node& node) {
    // Below its buckets an older version has no nodes.
    const bool had = before_ && (level <= region_bits ||
                                 level <= before_->regions[index >> (level - region_bits)].level);
    if (had) before_->overwritten.keep(level, index, top_.node(level, index));
    top_.set(level, index, node);
}

Dropped Updater::take_back(Version& before, const Version& after) {
    Dropped taken;
    taken.leaves = after.new_leaves;
    for (const Place& place : after.new_buckets) {
        Bucket* bucket = top_.bucket(place.level, place.index);
        JANGBU_ASSERT(bucket && bucket->born == after.number);
        top_.set_bucket(place.level, place.index, bucket->older);
        taken.buckets.push_back(bucket);
    }
    for (std::size_t level = 0; level < before.overwritten.levels().size(); ++level)
        for (const Overwritten::Kept& kept : before.overwritten.levels()[level])
            top_.set(level, kept.index, kept.node);
    before.overwritten.clear();
    before.dropped.clear();
    before.next = nullptr;
    return taken;
}

}  // namespace jangbu::ledger::sparse
