// SHA-512 and SHA-256 in lanes: known answers of RFC 6234, and OpenSSL over every length, on every
// tier of this CPU and on wide lanes of plain words, which check the arithmetic on any machine.
#include "crypto/many_hashes.h"

#include <doctest/doctest.h>
#include <openssl/evp.h>

#include <random>
#include <string>

#include "crypto/cpu.h"
#include "crypto/sha2/compress.h"
#include "crypto/sha2/hash_many.h"
#include "crypto/sha2/word_lanes.h"

using namespace jangbu;
using namespace jangbu::crypto;

namespace {

struct Wide;  // lanes of plain words

template <class A, std::size_t count>
void compress_emulated(typename A::Word (*states)[8], const u8* const* blocks, std::size_t n) {
    sha2::Compression<sha2::WordLanes<Wide, A, count>>::compress(states, blocks, n);
}
template <class A, std::size_t count>
void compress_paired(typename A::Word (*states)[8], const u8* const* blocks, std::size_t n) {
    sha2::Compression<sha2::Paired<sha2::WordLanes<Wide, A, count>>>::compress(states, blocks, n);
}

template <std::size_t N>
ByteArray<N> openssl(const EVP_MD* method, const MessageParts& message) {
    EVP_MD_CTX* const context = EVP_MD_CTX_new();
    EVP_DigestInit_ex(context, method, nullptr);
    for (const ByteView part : {message.first, message.second, message.third})
        EVP_DigestUpdate(context, part.data(), part.size());
    ByteArray<N> digest;
    EVP_DigestFinal_ex(context, digest.data(), nullptr);
    EVP_MD_CTX_free(context);
    return digest;
}

std::vector<Hash512> expected512(std::span<const MessageParts> messages) {
    std::vector<Hash512> out;
    for (const MessageParts& message : messages) out.push_back(openssl<64>(EVP_sha512(), message));
    return out;
}
std::vector<Hash> expected256(std::span<const MessageParts> messages) {
    std::vector<Hash> out;
    for (const MessageParts& message : messages) out.push_back(openssl<32>(EVP_sha256(), message));
    return out;
}

std::vector<Hash512> sha512_of(std::span<const MessageParts> messages) {
    std::vector<Hash512> out(messages.size());
    sha512_many(messages, out);
    return out;
}
std::vector<Hash> sha256_of(std::span<const MessageParts> messages) {
    std::vector<Hash> out(messages.size());
    sha256_many(messages, out);
    return out;
}

// Through lanes of plain words, the widths of the AVX-512 and AVX2 tiers.
template <class A>
std::vector<ByteArray<A::digest_bytes>> emulated(std::span<const MessageParts> messages) {
    constexpr std::size_t wide = 64 / sizeof(typename A::Word);
    static constexpr sha2::Kernel<A> kernels[] = {{2 * wide, wide + 1, compress_paired<A, wide>},
                                                  {wide, wide / 2 + 1, compress_emulated<A, wide>},
                                                  {wide / 2, 2, compress_emulated<A, wide / 2>},
                                                  {1, 1, compress_emulated<A, 1>}};
    sha2::Start<A> start{{}, 0};
    std::copy_n(A::initial, 8, start.state.begin());
    std::vector<ByteArray<A::digest_bytes>> out(messages.size());
    const auto message = [&](std::size_t i) -> const MessageParts& { return messages[i]; };
    sha2::LaneQueue<A, decltype(message)>(kernels, start, message, out).run();
    return out;
}

// Runs the body once for each tier that this CPU has.
template <class Body>
void on_each_tier(Body body) {
    const Tier before = tier();
    for (const Tier wanted : {Tier::portable, Tier::avx2, Tier::avx512ifma}) {
        if (!force_tier(wanted)) {
            MESSAGE("SKIPPED: this CPU has no ", std::string(name(wanted)),
                    "; its lanes ran emulated");
            continue;
        }
        INFO("tier ", std::string(name(wanted)));
        body();
    }
    REQUIRE(force_tier(before));
}

void check_all(std::span<const MessageParts> messages) {
    const std::vector<Hash512> want512 = expected512(messages);
    const std::vector<Hash> want256 = expected256(messages);
    CHECK(emulated<sha2::Algorithm512>(messages) == want512);
    CHECK(emulated<sha2::Algorithm256>(messages) == want256);
    on_each_tier([&] {
        CHECK(sha512_of(messages) == want512);
        CHECK(sha256_of(messages) == want256);
    });
}

std::mt19937_64& message_random() {
    static std::mt19937_64 only(20'250'520);
    return only;
}

const Bytes& noise() {
    static const Bytes made = [] {
        Bytes out(1 << 20);
        for (u8& byte : out) byte = static_cast<u8>(message_random()());
        return out;
    }();
    return made;
}

ByteView random_part(std::size_t size) {
    const std::size_t from = message_random()() % (noise().size() - size);
    return ByteView(noise()).subspan(from, size);
}

// Three parts of a message of this size, cut at random places.
MessageParts random_message(std::size_t size) {
    const ByteView whole = random_part(size);
    std::size_t a = message_random()() % (size + 1);
    std::size_t b = message_random()() % (size + 1);
    if (a > b) std::swap(a, b);
    return {whole.first(a), whole.subspan(a, b - a), whole.subspan(b)};
}

// Random states and blocks in every lane, unaligned, one block to nine.
template <class A>
void check_kernel(const std::string& name, bool supported, sha2::Kernel<A> kernel) {
    if (!supported) {
        MESSAGE("SKIPPED: this CPU cannot run the kernel ", name);
        return;
    }
    INFO("kernel ", name);
    using State = typename A::Word[8];
    for (std::size_t count = 1; count < 10; ++count) {
        State states[32];
        State want[32];
        const u8* blocks[32];
        for (std::size_t l = 0; l < kernel.lanes; ++l) {
            for (std::size_t i = 0; i < 8; ++i)
                states[l][i] = want[l][i] = static_cast<typename A::Word>(message_random()());
            blocks[l] = random_part(count * A::block_bytes).data();
            compress_emulated<A, 1>(want + l, blocks + l, count);
        }
        kernel.compress(states, blocks, count);
        for (std::size_t l = 0; l < kernel.lanes; ++l)
            CHECK(std::equal(states[l], states[l] + 8, want[l]));
    }
}

}  // namespace

TEST_SUITE("many_hashes") {
    TEST_CASE("the known answers of RFC 6234") {
        const std::string million(1'000'000, 'a');
        const std::string_view two_blocks =
            "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopq"
            "klmnopqrlmnopqrsmnopqrstnopqrstu";
        const std::vector<MessageParts> messages = {
            {{}, as_bytes("abc"), {}},
            {as_bytes("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"), {}, {}},
            {as_bytes(two_blocks), {}, {}},
            {{}, {}, as_bytes(million)},
            {{}, {}, {}}};
        on_each_tier([&] {
            const std::vector<Hash512> long_ones = sha512_of(messages);
            CHECK(to_hex(long_ones[0]) ==
                  "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                  "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
            CHECK(to_hex(long_ones[2]) ==
                  "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018"
                  "501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909");
            CHECK(to_hex(long_ones[3]) ==
                  "e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973eb"
                  "de0ff244877ea60a4cb0432ce577c31beb009c5c2c49aa2e4eadb217ad8cc09b");
            const std::vector<Hash> short_ones = sha256_of(messages);
            CHECK(to_hex(short_ones[0]) ==
                  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
            CHECK(to_hex(short_ones[1]) ==
                  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
            CHECK(to_hex(short_ones[3]) ==
                  "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
            CHECK(to_hex(short_ones[4]) ==
                  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        });
    }

    TEST_CASE("every kernel that this CPU can run is the reference in each of its lanes") {
        check_kernel<sha2::Algorithm512>("openssl", true, {1, 1, sha2::sha512_openssl_x1});
        check_kernel<sha2::Algorithm256>("openssl", true, {1, 1, sha2::sha256_openssl_x1});
#if defined(__x86_64__)
        const bool avx2 = is_supported(Tier::avx2);
        const bool avx512 = is_supported(Tier::avx512ifma);
        const bool sha = has_sha_instructions();
        check_kernel<sha2::Algorithm512>("avx2 x4", avx2, {4, 1, sha2::sha512_avx2_x4});
        check_kernel<sha2::Algorithm256>("avx2 x8", avx2, {8, 1, sha2::sha256_avx2_x8});
        check_kernel<sha2::Algorithm256>("sha x2", sha, {2, 1, sha2::sha256_sha_x2});
        check_kernel<sha2::Algorithm512>("avx512 x8", avx512, {8, 1, sha2::sha512_avx512_x8});
        check_kernel<sha2::Algorithm512>("avx512 x16", avx512, {16, 1, sha2::sha512_avx512_x16});
        check_kernel<sha2::Algorithm256>("avx512 x16", avx512, {16, 1, sha2::sha256_avx512_x16});
        check_kernel<sha2::Algorithm256>("avx512 x32", avx512, {32, 1, sha2::sha256_avx512_x32});
#endif
    }

    TEST_CASE("every length from 0 to 400 in one call, and alone") {
        std::vector<MessageParts> messages;
        for (std::size_t size = 0; size <= 400; ++size) messages.push_back(random_message(size));
        check_all(messages);
        const std::vector<Hash512> want = expected512(messages);
        on_each_tier([&] {
            for (std::size_t i = 0; i < messages.size(); ++i)
                CHECK(sha512_of(std::span(messages).subspan(i, 1))[0] == want[i]);
        });
    }

    TEST_CASE("equal lengths fill every lane: what a signature hashes, one block and three") {
        for (const std::size_t text : {46u, 256u, 47u, 48u, 175u, 176u}) {
            std::vector<MessageParts> messages;
            for (std::size_t i = 0; i < 300; ++i) {
                const ByteView r = random_part(32);
                const ByteView a = random_part(32);
                messages.push_back({r, a, random_part(text)});
            }
            check_all(messages);
        }
    }

    TEST_CASE("any number of messages, of mixed lengths") {
        for (std::size_t count = 0; count <= 100; ++count) {
            std::vector<MessageParts> messages;
            for (std::size_t i = 0; i < count; ++i) {
                const std::size_t below = message_random()() % 4 == 0 ? 5'000 : 300;
                messages.push_back(random_message(message_random()() % below));
            }
            check_all(messages);
        }
    }

    TEST_CASE("long messages, fewer than lanes and more") {
        for (const std::size_t count : {1u, 2u, 3u, 5u, 8u, 9u, 16u, 17u, 40u}) {
            std::vector<MessageParts> messages;
            for (std::size_t i = 0; i < count; ++i)
                messages.push_back(random_message(24'000 + message_random()() % 1'000));
            messages.push_back(random_message(100));
            check_all(messages);
        }
    }

    TEST_CASE("a tag is the same prefix of every message") {
        const Tag tag("jangbu/test/many");
        std::vector<MessageParts> messages;
        for (std::size_t i = 0; i < 200; ++i)
            messages.push_back(random_message(message_random()() % 700));
        std::vector<Hash> want;
        for (const MessageParts& message : messages)
            want.push_back(tag({message.first, message.second, message.third}));
        on_each_tier([&] {
            std::vector<Hash> digests(messages.size());
            sha256_many(tag, messages, digests);
            CHECK(digests == want);
        });
    }
}
