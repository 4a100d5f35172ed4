// The low-level SHA-256 of OpenSSL is used although OpenSSL 3 calls it deprecated: its state is a
// plain value that can be kept after the first block of a tag and copied, and it allocates nothing.
// It has the CPU's SHA instructions.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "crypto/hash.h"

#include <openssl/sha.h>
#include <sodium.h>

#include <algorithm>
#include <cstring>

#include "base/assert.h"

namespace jangbu::crypto {
namespace {

// Before main, while there is one thread: lets libsodium choose its implementations for this CPU.
const bool sodium_ready = [] {
    JANGBU_ASSERT(sodium_init() >= 0);
    return true;
}();

using State = std::array<u8, 128>;
static_assert(sizeof(SHA256_CTX) <= sizeof(State) && alignof(SHA256_CTX) <= 8);
static_assert(std::is_trivially_copyable_v<SHA256_CTX>);

SHA256_CTX load(const State& state) {
    SHA256_CTX context;
    std::memcpy(&context, state.data(), sizeof context);
    return context;
}
void store(State& state, const SHA256_CTX& context) {
    std::memcpy(state.data(), &context, sizeof context);
}

SHA256_CTX fresh() {
    SHA256_CTX context;
    SHA256_Init(&context);
    return context;
}

void absorb(SHA256_CTX& context, ByteView bytes) {
    if (!bytes.empty()) SHA256_Update(&context, bytes.data(), bytes.size());
}

Hash finished(SHA256_CTX& context) {
    Hash out;
    SHA256_Final(out.data(), &context);
    return out;
}

// For libsodium, which takes no null where it reads nothing.
const u8* not_null(ByteView bytes) {
    static constexpr u8 nothing = 0;
    return bytes.empty() ? &nothing : bytes.data();
}

}  // namespace

Hash sha256(ByteView message) {
    return sha256({message});
}

Hash sha256(std::initializer_list<ByteView> parts) {
    SHA256_CTX context = fresh();
    for (ByteView part : parts) absorb(context, part);
    return finished(context);
}

Hash512 sha512(std::initializer_list<ByteView> parts) {
    SHA512_CTX context;
    SHA512_Init(&context);
    for (ByteView part : parts)
        if (!part.empty()) SHA512_Update(&context, part.data(), part.size());
    Hash512 out;
    SHA512_Final(out.data(), &context);
    return out;
}

Hash hmac_sha256(ByteView key, std::initializer_list<ByteView> parts) {
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, not_null(key), key.size());
    for (ByteView part : parts) crypto_auth_hmacsha256_update(&state, part.data(), part.size());
    Hash out;
    crypto_auth_hmacsha256_final(&state, out.data());
    sodium_memzero(&state, sizeof state);
    return out;
}

Hash512 hmac_sha512(ByteView key, std::initializer_list<ByteView> parts) {
    crypto_auth_hmacsha512_state state;
    crypto_auth_hmacsha512_init(&state, not_null(key), key.size());
    for (ByteView part : parts) crypto_auth_hmacsha512_update(&state, part.data(), part.size());
    Hash512 out;
    crypto_auth_hmacsha512_final(&state, out.data());
    sodium_memzero(&state, sizeof state);
    return out;
}

Tag::Tag(std::string_view ascii) {
    const Hash digest = sha256(as_bytes(ascii));
    SHA256_CTX context = fresh();
    absorb(context, digest);
    absorb(context, digest);
    store(midstate_, context);
}

Hash Tag::operator()(ByteView message) const {
    return (*this)({message});
}

Hash Tag::operator()(std::initializer_list<ByteView> parts) const {
    SHA256_CTX context = load(midstate_);
    for (ByteView part : parts) absorb(context, part);
    return finished(context);
}

std::array<u32, 8> Tag::chaining_value() const {
    const SHA256_CTX context = load(midstate_);
    std::array<u32, 8> words;
    std::copy_n(context.h, 8, words.begin());
    return words;
}

Sha256::Sha256() {
    store(state_, fresh());
}

void Sha256::update(ByteView bytes) {
    SHA256_CTX context = load(state_);
    absorb(context, bytes);
    store(state_, context);
}

Hash Sha256::finish() {
    SHA256_CTX context = load(state_);
    return finished(context);
}

bool equal_constant_time(ByteView a, ByteView b) {
    return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

void wipe(std::span<u8> secret) {
    sodium_memzero(secret.data(), secret.size());
}

void random_bytes(std::span<u8> out) {
    JANGBU_ASSERT(sodium_ready);
    if (!out.empty()) randombytes_buf(out.data(), out.size());
}

}  // namespace jangbu::crypto
