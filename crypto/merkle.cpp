#include "crypto/merkle.h"

#include <algorithm>
#include <bit>

#include "base/assert.h"
#include "crypto/many_hashes.h"

namespace jangbu::crypto::merkle {
namespace {

constexpr u8 leaf_prefix[] = {0x00};
constexpr u8 node_prefix[] = {0x01};

// Messages are described in groups of this size, on the stack.
constexpr std::size_t group_size = 128;
// Fewer nodes than this are hashed one by one.
constexpr std::size_t level_nodes_min = 4;
// Leaves whose root is made level by level, in 48 KiB of stack; above, subtrees of this size.
constexpr std::size_t subtree_leaves = 2048;

template <class Message>
void hash_groups(std::span<Hash> hashes, Message message) {
    std::array<MessageParts, group_size> group;
    for (std::size_t done = 0; done < hashes.size(); done += group_size) {
        const std::size_t count = std::min(group_size, hashes.size() - done);
        for (std::size_t i = 0; i < count; ++i) group[i] = message(done + i);
        sha256_many(std::span(group).first(count), hashes.subspan(done, count));
    }
}

// REQUIRES: 2 <= leaves.size() <= subtree_leaves.
Hash root_by_levels(std::span<const Hash> leaves) {
    std::array<Hash, subtree_leaves / 2> even;
    std::array<Hash, subtree_leaves / 4> odd;
    std::span<const Hash> children = leaves;
    for (bool to_even = true; children.size() > 1; to_even = !to_even) {
        const std::size_t count = (children.size() + 1) / 2;
        const std::span<Hash> parents =
            to_even ? std::span(even).first(count) : std::span(odd).first(count);
        level(children, parents);
        children = parents;
    }
    return children[0];
}

// k of RFC 9162: the largest power of two below n. REQUIRES: n >= 2.
u64 split(u64 n) {
    return std::bit_floor(n - 1);
}

// SUBPROOF of RFC 9162 section 2.1.4.1; `whole` while the first tree is a subtree of which the
// verifier has the root.
void subproof(u64 first, std::span<const Hash> leaves, bool whole, std::vector<Hash>& path) {
    const u64 n = leaves.size();
    if (first == n) {
        if (!whole) path.push_back(root(leaves));
        return;
    }
    const u64 k = split(n);
    if (first <= k) {
        subproof(first, leaves.first(k), whole, path);
        path.push_back(root(leaves.subspan(k)));
    } else {
        subproof(first - k, leaves.subspan(k), false, path);
        path.push_back(root(leaves.first(k)));
    }
}

void subpath(u64 index, std::span<const Hash> leaves, std::vector<Hash>& path) {
    if (leaves.size() == 1) return;
    const u64 k = split(leaves.size());
    if (index < k) {
        subpath(index, leaves.first(k), path);
        path.push_back(root(leaves.subspan(k)));
    } else {
        subpath(index - k, leaves.subspan(k), path);
        path.push_back(root(leaves.first(k)));
    }
}

}  // namespace

Hash empty_root() {
    return sha256(ByteView{});
}
Hash leaf(ByteView entry) {
    return sha256({leaf_prefix, entry});
}

Hash leaf(std::initializer_list<ByteView> parts) {
    Sha256 hash;
    hash.update(leaf_prefix);
    for (ByteView part : parts) hash.update(part);
    return hash.finish();
}

Hash node(const Hash& left, const Hash& right) {
    return sha256({node_prefix, left, right});
}

void leaves(std::span<const Entry> entries, std::span<Hash> hashes) {
    JANGBU_ASSERT(entries.size() == hashes.size());
    hash_groups(hashes, [&](std::size_t i) {
        return MessageParts{leaf_prefix, entries[i].first, entries[i].second};
    });
}

void level(std::span<const Hash> children, std::span<Hash> parents) {
    JANGBU_ASSERT(parents.size() == (children.size() + 1) / 2);
    const std::size_t nodes = children.size() / 2;
    if (nodes < level_nodes_min) {
        for (std::size_t i = 0; i < nodes; ++i)
            parents[i] = node(children[2 * i], children[2 * i + 1]);
    } else {
        hash_groups(parents.first(nodes), [&](std::size_t i) {
            return MessageParts{node_prefix, children[2 * i], children[2 * i + 1]};
        });
    }
    if (nodes < parents.size()) parents[nodes] = children.back();
}

Hash root(std::span<const Hash> leaves) {
    if (leaves.empty()) return empty_root();
    if (leaves.size() == 1) return leaves[0];
    if (leaves.size() <= subtree_leaves) return root_by_levels(leaves);
    const u64 k = split(leaves.size());
    return node(root(leaves.first(k)), root(leaves.subspan(k)));
}

std::vector<Hash> inclusion(u64 index, std::span<const Hash> leaves) {
    JANGBU_ASSERT(index < leaves.size());
    std::vector<Hash> path;
    subpath(index, leaves, path);
    return path;
}

std::vector<Hash> consistency(u64 first, std::span<const Hash> leaves) {
    JANGBU_ASSERT(first <= leaves.size());
    std::vector<Hash> path;
    if (first > 0) subproof(first, leaves, true, path);
    return path;
}

std::size_t path_length(u64 index, u64 size) {
    JANGBU_ASSERT(index < size);
    std::size_t length = 0;
    // A last node without a sibling rises a level for free.
    for (u64 last = size - 1; last > 0; index >>= 1, last >>= 1)
        if ((index & 1) != 0 || index < last) ++length;
    return length;
}

bool verify_inclusion(const Hash& leaf, u64 index, u64 size, std::span<const Hash> path,
                      const Hash& root) {
    if (index >= size) return false;
    Hash hash = leaf;
    std::size_t used = 0;
    for (u64 last = size - 1; last > 0; index >>= 1, last >>= 1) {
        if ((index & 1) == 0 && index == last) continue;
        if (used == path.size()) return false;
        const Hash& sibling = path[used++];
        hash = (index & 1) != 0 ? node(sibling, hash) : node(hash, sibling);
    }
    return used == path.size() && hash == root;
}

// RFC 9162 section 2.1.4.2. A list of no entries is a prefix of every list and needs no path.
bool verify_consistency(u64 first, u64 second, const Hash& first_root, const Hash& second_root,
                        std::span<const Hash> path) {
    if (first > second) return false;
    if (first == 0)
        return path.empty() && first_root == empty_root() &&
               (second > 0 || second_root == first_root);
    if (first == second) return path.empty() && first_root == second_root;

    u64 index = first - 1;
    u64 last = second - 1;
    const int complete = std::countr_one(index);
    index >>= complete;
    last >>= complete;
    std::size_t used = 0;
    // A first tree of a power of two is itself the start; any other is proven by the first node of
    // the path.
    if (index != 0 && path.empty()) return false;
    Hash old_hash = index == 0 ? first_root : path[used++];
    Hash new_hash = old_hash;
    for (; last > 0; index >>= 1, last >>= 1) {
        if ((index & 1) == 0 && index == last) continue;
        if (used == path.size()) return false;
        const Hash& sibling = path[used++];
        if ((index & 1) != 0) {
            old_hash = node(sibling, old_hash);
            new_hash = node(sibling, new_hash);
        } else {
            new_hash = node(new_hash, sibling);
        }
    }
    return used == path.size() && old_hash == first_root && new_hash == second_root;
}

void Frontier::append(const Hash& leaf) {
    Hash hash = leaf;
    for (u64 carry = size_; (carry & 1) != 0; carry >>= 1) {
        hash = node(perfect_.back(), hash);
        perfect_.pop_back();
    }
    perfect_.push_back(hash);
    ++size_;
}

Hash Frontier::root() const {
    if (perfect_.empty()) return empty_root();
    Hash hash = perfect_.back();
    for (std::size_t i = perfect_.size() - 1; i-- > 0;) hash = node(perfect_[i], hash);
    return hash;
}

}  // namespace jangbu::crypto::merkle
