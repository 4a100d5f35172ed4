#include "ledger/sparse_versions.h"

#include <algorithm>

#include "base/assert.h"

namespace jangbu::ledger::sparse {
namespace {

constexpr std::size_t look_ahead_items = 12;

// What is given back was last touched long ago.
template <class Item, class Use>
void use_each(const std::vector<Item*>& items, Use use) {
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (i + look_ahead_items < items.size()) {
            __builtin_prefetch(items[i + look_ahead_items], 1);
            __builtin_prefetch(reinterpret_cast<const char*>(items[i + look_ahead_items]) + 64, 1);
        }
        use(items[i]);
    }
}

}  // namespace

Pin::~Pin() {
    owner_->unpin(version_);
}

PinPtr Versions::update(const Version* parent, std::span<const Change> changes) {
    for (std::size_t i = 1; i < changes.size(); ++i)
        JANGBU_ASSERT(changes[i - 1].key < changes[i].key);
    const std::scoped_lock turn(update_lock_);
    Version* before = nullptr;
    if (parent) {
        if (!is_free_after(*parent)) return nullptr;
        before = take_back_after(*parent);
    }
    std::unique_ptr<Version> made = fresh_version();
    Version& after = *made;
    if (before) {
        after.number = before->number + 1;
        after.size = before->size;
        after.regions = before->regions;
    }
    {
        const std::unique_lock writing(top_lock_);
        updater_.run(before, after, changes);
        if (before) before->next = &after;
    }
    const std::scoped_lock lock(versions_lock_);
    after.pinned = true;
    versions_.push_back(std::move(made));
    return std::make_shared<const Pin>(shared_from_this(), after);
}

bool Versions::is_free_after(const Version& parent) {
    const std::scoped_lock lock(versions_lock_);
    for (auto it = versions_.rbegin(); it->get() != &parent; ++it)
        if ((*it)->pinned) return false;
    return true;
}

// What nobody holds nobody can hold again.
Version* Versions::take_back_after(const Version& parent) {
    const std::unique_lock writing(top_lock_);
    const std::scoped_lock lock(versions_lock_);
    while (versions_.back().get() != &parent) {
        const std::unique_ptr<Version> last = std::move(versions_.back());
        versions_.pop_back();
        Version& before = *versions_.back();
        before.taken_back.add(updater_.take_back(before, *last));
        before.taken_back.add(last->taken_back);
    }
    return versions_.back().get();
}

// Empty, after what is free went back for reuse.
std::unique_ptr<Version> Versions::fresh_version() {
    std::deque<std::unique_ptr<Version>> retired;
    {
        const std::scoped_lock lock(versions_lock_);
        retired.swap(retired_);
    }
    for (std::unique_ptr<Version>& version : retired) {
        for (const Dropped* free : {&version->dropped, &version->taken_back}) {
            use_each(free->buckets, [&](Bucket* bucket) { Bucket::give_back(buckets_, bucket); });
            use_each(free->leaves, [&](const Leaf* leaf) { Leaf::give_back(leaves_, leaf); });
        }
        version->clear();
        spare_ = std::move(version);
    }
    if (!spare_) return std::make_unique<Version>();
    return std::move(spare_);
}

void Versions::unpin(const Version& version) {
    const std::scoped_lock lock(versions_lock_);
    const_cast<Version&>(version).pinned = false;
    while (versions_.size() > 1 && !versions_.front()->pinned) {
        retired_.push_back(std::move(versions_.front()));
        versions_.pop_front();
    }
}

// The newest that is not newer than the version. Those behind it are never looked at, so they may
// be gone.
const Bucket* Versions::bucket(const Version& version, std::size_t level, u32 index) const {
    const Bucket* bucket = top_.bucket(level, index);
    while (bucket && bucket->born > version.number) bucket = bucket->older;
    return bucket;
}

const Leaf* Versions::find(const Version& version, const Hash& key) const {
    const std::size_t level = version.regions[key[0]].level;
    const Bucket* in = bucket(version, level, index_at(key, level));
    return in ? in->find(key) : nullptr;
}

void Versions::find_many(const Version& version, std::span<const Hash> keys,
                         std::span<const Leaf*> out) const {
    const auto place = [&](const Hash& key) {
        const std::size_t level = version.regions[key[0]].level;
        return std::pair(level, index_at(key, level));
    };
    for (const Hash& key : keys) {
        const auto [level, index] = place(key);
        top_.prefetch_slot(level, index);
    }
    for (const Hash& key : keys) {
        const auto [level, index] = place(key);
        if (const Bucket* newest = top_.bucket(level, index)) newest->prefetch();
    }
    for (std::size_t i = 0; i < keys.size(); ++i) {
        out[i] = find(version, keys[i]);
        if (!out[i]) continue;
        // Hash, key and the beginning of the value.
        for (std::size_t line = 0; line < 3; ++line)
            __builtin_prefetch(reinterpret_cast<const char*>(out[i]) + 64 * line);
    }
}

void Versions::for_each(const Version& version,
                        const std::function<void(const Entry&)>& visit) const {
    for (std::size_t region = 0; region < region_count; ++region) {
        const std::size_t level = version.regions[region].level;
        const auto first = static_cast<u32>(region << (level - region_bits));
        const auto end = static_cast<u32>((region + 1) << (level - region_bits));
        for (u32 index = first; index < end; ++index)
            if (const Bucket* here = bucket(version, level, index))
                for (const Entry& entry : here->entries()) visit(entry);
    }
}

// The first successor that changed it knows what it was.
Node Versions::node(const Version& version, std::size_t level, u32 index) const {
    for (const Version* at = &version; at->next; at = at->next)
        if (const Node* kept = at->overwritten.find(level, index)) return *kept;
    return top_.node(level, index);
}

const Entry& Versions::only_entry(const Version& version, std::size_t level, u32 index) const {
    while (level < region_bits || level < version.regions[index >> (level - region_bits)].level) {
        ++level;
        index *= 2;
        if (node(version, level, index).leaves == 0) ++index;
    }
    return bucket(version, level, index)->entries()[0];
}

StateProof Versions::prove(const Version& version, const Hash& key) const {
    const std::shared_lock reading(top_lock_);
    const std::size_t bottom = version.regions[key[0]].level;
    const Bucket* in = bucket(version, bottom, index_at(key, bottom));
    std::span<const Entry> entries = in ? in->entries() : std::span<const Entry>();
    // A subtree with one leaf is that leaf: upwards while there is no more than one.
    const Entry* terminal = entries.size() == 1 ? &entries[0] : nullptr;
    std::size_t depth = bottom;
    std::size_t leaves = entries.size();
    while (depth > 0 && leaves < 2) {
        const u32 beside = index_at(key, depth) ^ 1;
        const Node sibling = node(version, depth, beside);
        if (leaves + sibling.leaves > 1) break;
        if (sibling.leaves == 1) terminal = &only_entry(version, depth, beside);
        leaves += sibling.leaves;
        --depth;
    }
    StateProof proof;
    for (std::size_t level = 1; level <= depth; ++level)
        proof.siblings.push_back(node(version, level, index_at(key, level) ^ 1).hash);
    for (; entries.size() > 1; ++depth) {
        const std::size_t middle = split(entries, depth);
        const auto left = entries.first(middle);
        const auto right = entries.subspan(middle);
        const bool goes_right = bit(key, depth);
        proof.siblings.push_back(subtree_hash(goes_right ? left : right, depth + 1));
        entries = goes_right ? right : left;
        terminal = entries.size() == 1 ? &entries[0] : nullptr;
    }
    if (terminal) proof.terminal = StateProof::Leaf{terminal->key, terminal->leaf->value_hash};
    return proof;
}

}  // namespace jangbu::ledger::sparse
