// Hashes of formats.md section 2, and the byte strings of cryptography.
//
// H(tag, m) = SHA-256(SHA-256(tag) || SHA-256(tag) || m): a value hashed for one use cannot pass for another.
// Threads: all functions are pure.
#pragma once

#include <initializer_list>

#include "base/bytes.h"

namespace jangbu::crypto {

using Hash = ByteArray<32>;
using Hash512 = ByteArray<64>;

Hash sha256(ByteView message);
Hash sha256(std::initializer_list<ByteView> parts);
Hash512 sha512(std::initializer_list<ByteView> parts);
Hash hmac_sha256(ByteView key, std::initializer_list<ByteView> parts);
Hash512 hmac_sha512(ByteView key, std::initializer_list<ByteView> parts);

// A tag whose first 64-byte block is hashed once, at construction. Make one static const per use.
class Tag {
public:
    explicit Tag(std::string_view ascii);
    Hash operator()(ByteView message) const;
    Hash operator()(std::initializer_list<ByteView> parts) const;
    // The eight words of the state after the first block, from which crypto/many_hashes.h goes on.
    std::array<u32, 8> chaining_value() const;

private:
    alignas(8) std::array<u8, 128> midstate_{};  // of the library's SHA-256
};

// Streaming SHA-256 for files.
class Sha256 {
public:
    Sha256();
    void update(ByteView bytes);
    Hash finish();  // once

private:
    alignas(8) std::array<u8, 128> state_{};
};

// Equality without a branch on the content. For secrets; public data compares with ==.
bool equal_constant_time(ByteView a, ByteView b);
// Overwrites a secret so that the compiler cannot leave it out.
void wipe(std::span<u8> secret);
// From the operating system; never fails.
void random_bytes(std::span<u8> out);
template <std::size_t N>
ByteArray<N> random_array() {
    ByteArray<N> out;
    random_bytes(out);
    return out;
}

}  // namespace jangbu::crypto
