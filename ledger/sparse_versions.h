// Versions: the entries of a state tree as they are after each update, for as long as somebody
// holds that version.
//
// The newest version stands in place in the dense top and its buckets. An older one is read through
// what its successors put aside: buckets behind newer buckets, nodes in Overwritten. So an update
// costs what it touches, and a held version costs what changed since. Ownership: a Pin holds one
// version; when no version up to v is pinned, what v's successor dropped is free for reuse.
// Threads: any number of readers, without a lock but for prove(), which waits for a running update;
// updates take turns. Errors: none.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <shared_mutex>

#include "ledger/sparse_update.h"
#include "ledger/state_proof.h"

namespace jangbu::ledger::sparse {

class Versions;

// Holds a version; shared by all copies of a tree.
class Pin {
public:
    Pin(std::shared_ptr<Versions> owner, const Version& version)
        : owner_(std::move(owner)), version_(version) {}
    ~Pin();
    Pin(const Pin&) = delete;
    Pin& operator=(const Pin&) = delete;

    Versions& owner() const { return *owner_; }
    const Version& version() const { return version_; }

private:
    std::shared_ptr<Versions> owner_;
    const Version& version_;
};
using PinPtr = std::shared_ptr<const Pin>;

class Versions : public std::enable_shared_from_this<Versions> {
public:
    explicit Versions(StateRoom room = {}) : leaves_(std::move(room)) {}
    Versions(const Versions&) = delete;
    Versions& operator=(const Versions&) = delete;

    // The version after `parent` (null: the empty one), which copies the values of the changes.
    // Null, and nothing done, if a later version than `parent` is held: one row of versions cannot
    // fork. Later ones that nobody holds are taken back. REQUIRES: keys strictly ascend.
    PinPtr update(const Version* parent, std::span<const Change> changes);

    // REQUIRES, of each: the version is pinned.
    const Leaf* find(const Version& version, const Hash& key) const;
    // As find(), step by step for all, so that the memory behind each step of many is asked for at
    // once.
    void find_many(const Version& version, std::span<const Hash> keys,
                   std::span<const Leaf*> out) const;
    StateProof prove(const Version& version, const Hash& key) const;
    const StateRoom& room() const { return leaves_.room(); }
    void for_each(const Version& version, const std::function<void(const Entry&)>& visit) const;

private:
    friend class Pin;

    void unpin(const Version& version);
    bool is_free_after(const Version& parent);
    Version* take_back_after(const Version& parent);
    std::unique_ptr<Version> fresh_version();
    const Bucket* bucket(const Version& version, std::size_t level, u32 index) const;
    Node node(const Version& version, std::size_t level, u32 index) const;
    const Entry& only_entry(const Version& version, std::size_t level, u32 index) const;

    std::mutex update_lock_;              // one update at a time
    mutable std::shared_mutex top_lock_;  // guards the nodes of top_ and what is overwritten
    Top top_;
    Pool buckets_;
    Pool leaves_;
    Updater updater_{top_, buckets_, leaves_};

    std::mutex versions_lock_;  // guards what follows, and Version::pinned
    std::deque<std::unique_ptr<Version>> versions_;
    std::deque<std::unique_ptr<Version>> retired_;  // what they dropped is free
    std::unique_ptr<Version> spare_;                // for its allocations
};

}  // namespace jangbu::ledger::sparse
