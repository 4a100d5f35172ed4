// Verification in the steady state allocates nothing. Counts every `new` of this test program.
#include <doctest/doctest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "node/admission_batches.h"
#include "node/verifier.h"

#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define JANGBU_NEW_IS_TAKEN
#endif
#elif defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define JANGBU_NEW_IS_TAKEN
#endif

namespace {

std::atomic<std::size_t> allocations{0};

}  // namespace

#ifndef JANGBU_NEW_IS_TAKEN
// Never inlined: where only one of a pair is, GCC sees malloc and delete, or new and free.
[[gnu::noinline]] void* operator new(std::size_t bytes) {
    ++allocations;
    if (void* memory = std::malloc(bytes == 0 ? 1 : bytes)) return memory;
    throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
    std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}
#endif

using namespace jangbu;

namespace {

// Signatures of five keys over `count` messages of their own.
struct Load {
    Load(u64 first, std::size_t count) : messages(count) {
        for (std::size_t i = 0; i < count; ++i) {
            const u64 number = first + i;
            const crypto::SigningKey key(crypto::sha256(le64(number % 5)));
            const crypto::Hash hash = crypto::sha256(le64(number));
            messages[i] = crypto::signed_message(crypto::domain::transaction, hash);
            claims.push_back(
                {key.public_key(), key.sign(crypto::domain::transaction, hash), messages[i]});
        }
    }
    std::vector<ByteArray<46>> messages;
    std::vector<crypto::Claim> claims;
};

}  // namespace

TEST_CASE("verification: a call no larger than one before allocates nothing") {
#ifdef JANGBU_NEW_IS_TAKEN
    MESSAGE("SKIPPED: allocations are not counted, the sanitizer has its own operator new");
#endif
    constexpr std::size_t count = 300;
    node::VerdictCache cache(100);  // full after the first, so that verdicts go out
    crypto::KeyCache keys(100);
    // Alone, since which thread takes which part of a batch is chance, and each has its own working
    // memory (tests/crypto/steady_state.cpp runs the engine with two).
    base::WorkerPool pool(1);
    node::Verifier verifier(cache, keys, pool);
    node::AdmissionBatches batches(verifier, {count, count});
    Load first(0, count), second(10'000, count);
    // To find a bad one takes memory too. Bytes of S: a changed R may decode to no point and count
    // for nothing.
    first.claims[9].signature[40] ^= 1;
    second.claims[7].signature[40] ^= 1;
    const auto verdicts = std::make_unique<bool[]>(count);
    const std::span<bool> out(verdicts.get(), count);
    REQUIRE(batches.check(first.claims, out).has_value());
#ifndef JANGBU_NEW_IS_TAKEN
    REQUIRE(allocations > 0);  // they are counted
#endif

    const std::size_t before = allocations;
    const bool taken = batches.check(second.claims, out).has_value();
    const std::size_t fresh = allocations - before;
    const bool again = batches.check(second.claims, out).has_value();
    const std::size_t all = allocations - before;
    CHECK(taken);
    CHECK(again);
    CHECK(fresh == 0);
    CHECK(all == 0);
    for (std::size_t i = 0; i < count; ++i) CHECK(out[i] == (i != 7));
}
