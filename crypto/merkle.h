// Merkle trees over ordered lists, RFC 9162 section 2.1: leaf SHA-256(0x00 || entry), node SHA-256(0x01 || l || r),
// empty SHA-256(""). Sizes come from a header or a record, never from a proof.
#pragma once

#include <vector>

#include "crypto/hash.h"

namespace jangbu::crypto::merkle {

Hash empty_root();
Hash leaf(ByteView entry);
Hash leaf(std::initializer_list<ByteView> parts);
Hash node(const Hash& left, const Hash& right);

// Of many at once, in the lanes of the CPU (crypto/many_hashes.h).
// An entry in two parts, hashed as their concatenation; either may be empty.
struct Entry {
    ByteView first, second;
};
// hashes[i] = leaf of entries[i]. REQUIRES: as many hashes as entries.
void leaves(std::span<const Entry> entries, std::span<Hash> hashes);
// parents[i] = node(children[2i], children[2i + 1]); a last child without a sibling rises
// unchanged. REQUIRES: parents.size() == (children.size() + 1) / 2, no overlap.
void level(std::span<const Hash> children, std::span<Hash> parents);

// Root over leaf hashes.
Hash root(std::span<const Hash> leaves);
// PATH(index, leaves), from the leaf upwards. REQUIRES: index < leaves.size().
std::vector<Hash> inclusion(u64 index, std::span<const Hash> leaves);
// PROOF(first, leaves). REQUIRES: first <= leaves.size().
std::vector<Hash> consistency(u64 first, std::span<const Hash> leaves);

// How many nodes PATH(index, size) has. REQUIRES: index < size.
std::size_t path_length(u64 index, u64 size);
bool verify_inclusion(const Hash& leaf, u64 index, u64 size, std::span<const Hash> path, const Hash& root);
bool verify_consistency(u64 first, u64 second, const Hash& first_root, const Hash& second_root,
                        std::span<const Hash> path);

// Root of a list that only grows: keeps the perfect subtrees, at most 64 hashes.
class Frontier {
public:
    void append(const Hash& leaf);
    u64 size() const { return size_; }
    Hash root() const;

private:
    std::vector<Hash> perfect_;  // largest first; one per set bit of size_
    u64 size_ = 0;
};

}  // namespace jangbu::crypto::merkle
