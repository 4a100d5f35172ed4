// Verdicts of the batch verifier: the same whatever the tier, the neighbours, the size of the batch
// and what is remembered of the keys. Vector tiers run twice: on the CPU, where it has them, and
// over emulated lanes that check their bounds.
#include "crypto/batch_verifier.h"

#include <sodium.h>

#include <memory>
#include <random>

#include "crypto/ed25519/batch.h"
#include "tests/support/engines.h"
#include "tests/support/verdicts.h"

using namespace jangbu;
using namespace jangbu::crypto;
using namespace jangbu::test;
using tests::Engine;
using tests::engines;

namespace {

enum class Keys { remembered, unknown };

std::vector<bool> verdicts_of(const ed25519::Kernels& kernels, std::span<const Claim> claims,
                              Keys keys) {
    ed25519::KeyTable table(kernels, keys == Keys::remembered ? 100'000 : 0, 4);
    if (keys == Keys::remembered) {
        std::vector<ed25519::Encoding> encodings;
        for (const Claim& claim : claims) encodings.push_back(claim.key.bytes);
        table.remember(encodings);
    }
    ed25519::Batch batch(table);
    std::vector<bool> out;
    while (!claims.empty()) {
        const auto part = claims.first(std::min(claims.size(), ed25519::Batch::claims_max));
        const auto verdicts = std::make_unique<bool[]>(part.size());
        batch.verify(part, {verdicts.get(), part.size()});
        out.insert(out.end(), verdicts.get(), verdicts.get() + part.size());
        claims = claims.subspan(part.size());
    }
    return out;
}

// Signed messages whose bytes stay where claims point to.
struct Signed {
    std::vector<Bytes> messages;
    std::vector<Claim> claims;
};

// `authors` keys in turn, messages of every length up to 300.
Signed sign(std::size_t count, std::size_t authors, u64 seed) {
    std::mt19937_64 random(seed);
    Signed out;
    out.messages.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        ByteArray<32> key_seed{};
        for (std::size_t b = 0; b < 8; ++b)
            key_seed[b] = static_cast<u8>((seed + i % authors) >> (8 * b));
        ByteArray<64> secret;
        Claim claim;
        crypto_sign_ed25519_seed_keypair(claim.key.bytes.data(), secret.data(), key_seed.data());
        Bytes message(i % 3 == 0 ? random() % 300 : 46);
        for (u8& byte : message) byte = static_cast<u8>(random());
        crypto_sign_ed25519_detached(claim.signature.data(), nullptr, message.data(),
                                     message.size(), secret.data());
        claim.message = out.messages.emplace_back(std::move(message));
        out.claims.push_back(claim);
    }
    return out;
}

// Flips one bit somewhere in a claim: R, S, A or the message.
void corrupt(Signed& all, std::size_t index, std::mt19937_64& random) {
    Claim& claim = all.claims[index];
    const u8 bit = static_cast<u8>(1 << random() % 8);
    const u64 place = random() % 128;
    if (place < 64)
        claim.signature[place] ^= bit;
    else if (place < 96)
        claim.key.bytes[place - 64] ^= bit;
    else if (!all.messages[index].empty())
        all.messages[index][place % all.messages[index].size()] ^= bit;
    else
        claim.signature[0] ^= bit;
}

std::vector<bool> by_libsodium(std::span<const Claim> claims) {
    std::vector<bool> out;
    for (const Claim& claim : claims)
        out.push_back(
            crypto_sign_ed25519_verify_detached(claim.signature.data(), claim.message.data(),
                                                claim.message.size(), claim.key.bytes.data()) == 0);
    return out;
}

std::vector<bool> all_but(std::size_t count, std::initializer_list<std::size_t> bad) {
    std::vector<bool> out(count, true);
    for (const std::size_t index : bad) out[index] = false;
    return out;
}

}  // namespace

TEST_CASE("batch verifier: the 1,389 verdicts of ZIP-215 on every tier, together and alone") {
    const std::vector<Verdict> all = read_verdicts();
    REQUIRE(all.size() == 1389);
    std::vector<Claim> claims, accepted;
    std::vector<bool> expected;
    for (const Verdict& verdict : all) {
        claims.push_back({verdict.key, verdict.signature, verdict.message});
        expected.push_back(verdict.accepted);
        if (verdict.accepted) accepted.push_back(claims.back());
    }
    for (const Engine& engine : engines()) {
        CAPTURE(engine.name);
        for (const Keys keys : {Keys::remembered, Keys::unknown}) {
            // Good and bad in one batch, and the good ones alone, which one sum settles.
            CHECK(verdicts_of(*engine.kernels, claims, keys) == expected);
            CHECK(verdicts_of(*engine.kernels, accepted, keys) ==
                  std::vector<bool>(accepted.size(), true));
        }
        // Small groups, which tables verify one by one.
        ed25519::KeyTable table(*engine.kernels, 0, 0);
        ed25519::Batch batch(table);
        std::size_t wrong = 0;
        const std::size_t step = engine.is_slow ? 8 : 1;
        for (std::size_t i = 0; i < claims.size(); i += step) {
            const auto part = std::span(claims).subspan(i, std::min(step, claims.size() - i));
            bool verdicts[8];
            batch.verify(part, std::span(verdicts).first(part.size()));
            for (std::size_t j = 0; j < part.size(); ++j)
                if (verdicts[j] != expected[i + j]) ++wrong;
        }
        CHECK(wrong == 0);
    }
}

TEST_CASE("batch verifier: each vector alone among good signatures") {
    const std::vector<Verdict> all = read_verdicts();
    const Signed good = sign(100, 7, 77);
    for (const Engine& engine : engines()) {
        CAPTURE(engine.name);
        ed25519::KeyTable table(*engine.kernels, 1000, 16);
        std::vector<ed25519::Encoding> authors;
        for (const Claim& claim : good.claims) authors.push_back(claim.key.bytes);
        table.remember(authors);
        ed25519::Batch batch(table);
        std::size_t wrong = 0;
        const std::size_t step = engine.is_slow ? 100 : tests::is_sanitized ? 20 : 1;
        for (std::size_t i = 0; i < all.size(); i += step) {
            std::vector<Claim> claims = good.claims;
            const std::size_t place = i % 100;
            claims[place] = {all[i].key, all[i].signature, all[i].message};
            bool verdicts[100];
            batch.verify(claims, verdicts);
            for (std::size_t j = 0; j < 100; ++j)
                if (verdicts[j] != (j != place || all[i].accepted)) ++wrong;
        }
        CHECK(wrong == 0);
    }
}

TEST_CASE("batch verifier: random signatures, some corrupted, agree with libsodium") {
    for (const Engine& engine : engines()) {
        CAPTURE(engine.name);
        std::mt19937_64 random(20'261'124);
        const int rounds = engine.is_slow ? 3 : tests::is_sanitized ? 8 : 60;
        for (int round = 0; round < rounds; ++round) {
            const std::size_t count = random() % (engine.is_slow ? 150 : 700);
            const std::size_t authors = 1 + random() % 100;
            Signed all = sign(count, authors, random() % 1000);
            const u64 share = 1 + random() % 50;
            for (std::size_t i = 0; i < count; ++i)
                if (random() % share == 0) corrupt(all, i, random);
            const std::vector<bool> expected = by_libsodium(all.claims);
            CHECK(verdicts_of(*engine.kernels, all.claims, Keys::remembered) == expected);
            CHECK(verdicts_of(*engine.kernels, all.claims, Keys::unknown) == expected);
        }
    }
}

TEST_CASE("batch verifier: the bad ones are named wherever they stand, few or all") {
    const std::size_t count = 600;
    const Signed good = sign(count, 40, 5);
    for (const Engine& engine : engines()) {
        if (engine.is_slow) continue;
        CAPTURE(engine.name);
        const auto bad_at = [&](std::initializer_list<std::size_t> places) {
            std::vector<Claim> claims = good.claims;
            for (const std::size_t place : places) claims[place].signature[40] ^= 1;
            return verdicts_of(*engine.kernels, claims, Keys::remembered) == all_but(count, places);
        };
        for (std::size_t place = 0; place < count; place += 37) CHECK(bad_at({place}));
        CHECK(bad_at({0, count - 1}));
        CHECK(bad_at({count / 2 - 1, count / 2}));
        CHECK(bad_at({1, 2, 3, 300, 301, 302, 303, 304, 305, 306, 307, 308, 309, 310}));
        std::vector<Claim> claims = good.claims;
        for (Claim& claim : claims) claim.signature[40] ^= 1;
        CHECK(verdicts_of(*engine.kernels, claims, Keys::remembered) ==
              std::vector<bool>(count, false));
        // Two that would cancel if their coefficients were equal: S + 1 and S - 1 of one message.
        claims = good.claims;
        claims[10] = claims[11];
        claims[10].signature[32] = static_cast<u8>(claims[10].signature[32] + 1);
        claims[11].signature[32] = static_cast<u8>(claims[11].signature[32] - 1);
        CHECK(verdicts_of(*engine.kernels, claims, Keys::remembered) == all_but(count, {10, 11}));
    }
}

TEST_CASE("batch verifier: duplicates, one key, a key that is no point, more keys than room") {
    for (const Engine& engine : engines()) {
        if (engine.is_slow) continue;
        CAPTURE(engine.name);
        Signed all = sign(300, 1, 9);
        all.claims.insert(all.claims.end(), all.claims.begin(), all.claims.begin() + 200);
        CHECK(verdicts_of(*engine.kernels, all.claims, Keys::remembered) ==
              std::vector<bool>(500, true));
        all.claims[123].key.bytes = {2};  // y = 2 has no x
        CHECK(verdicts_of(*engine.kernels, all.claims, Keys::remembered) == all_but(500, {123}));
        CHECK(verdicts_of(*engine.kernels, all.claims, Keys::unknown) == all_but(500, {123}));

        const Signed many = sign(400, 400, 1);
        ed25519::KeyTable table(*engine.kernels, 100, 10);
        std::vector<ed25519::Encoding> encodings;
        for (const Claim& claim : many.claims) encodings.push_back(claim.key.bytes);
        table.remember(encodings);
        CHECK(table.size() == 100);
        ed25519::Batch batch(table);
        bool verdicts[400];
        batch.verify(many.claims, verdicts);
        CHECK(std::ranges::all_of(verdicts, [](bool good) { return good; }));
        for (std::size_t i = 0; i < 400; i += 20) {
            batch.verify(std::span(many.claims).subspan(i, 20), std::span(verdicts).first(20));
            CHECK(std::all_of(verdicts, verdicts + 20, [](bool good) { return good; }));
        }
    }
}

TEST_CASE("batch verifier: any size, with and without threads, agrees with one by one") {
    Signed all = sign(9000, 30, 3);
    std::mt19937_64 random(4);
    for (int i = 0; i < 20; ++i) corrupt(all, random() % 9000, random);
    const std::vector<bool> expected = by_libsodium(all.claims);
    KeyCache keys;
    base::WorkerPool pool(3);
    BatchVerifier alone(keys), together(keys, &pool);
    const auto verdicts = std::make_unique<bool[]>(9000);
    for (const std::size_t count :
         {0uz, 1uz, 2uz, 7uz, 9uz, 63uz, 65uz, 255uz, 257uz, 1000uz, 4096uz, 4097uz, 9000uz}) {
        CAPTURE(count);
        const auto claims = std::span(all.claims).first(count);
        for (BatchVerifier* verifier : {&alone, &together}) {
            std::fill_n(verdicts.get(), 9000, true);
            verifier->verify(claims, {verdicts.get(), count});
            CHECK(std::equal(expected.begin(),
                             expected.begin() + static_cast<std::ptrdiff_t>(count),
                             verdicts.get()));
        }
        if (count == 257) {
            std::vector<PublicKey> authors;
            for (const Claim& claim : claims) authors.push_back(claim.key);
            keys.remember(authors);
            keys.remember(authors[0]);
        }
    }
}

TEST_CASE("batch verifier: a cache may be shared by threads that verify and remember") {
    const Signed all = sign(512, 64, 8);
    KeyCache keys(64, 8);
    std::atomic<int> wrong = 0;
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < 4; ++t)
        threads.emplace_back([&, t] {
            BatchVerifier verifier(keys);
            for (std::size_t round = 0; round < 8; ++round) {
                keys.remember(all.claims[(8 * t + round) % 64].key);
                const std::size_t size = round % 2 == 0 ? 128 : 20;
                bool verdicts[128];
                verifier.verify(std::span(all.claims).subspan(128 * t, size),
                                std::span(verdicts).first(size));
                for (std::size_t i = 0; i < size; ++i) wrong += verdicts[i] ? 0 : 1;
            }
        });
    for (std::thread& thread : threads) thread.join();
    CHECK(wrong == 0);
    CHECK(keys.size() == 32);
}
