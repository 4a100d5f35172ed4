// Counts allocations: after the first full batches, verification makes none, good signatures or
// bad, on any tier, with one thread and with two. Exit 1 if it does.
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <new>

#include "crypto/batch_verifier.h"
#include "crypto/cpu.h"

namespace {

std::atomic<std::size_t> allocations = 0;

void* counted(std::size_t size, std::size_t alignment) {
    ++allocations;
    void* const memory =
        std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
    if (memory == nullptr) std::abort();
    return memory;
}

}  // namespace

void* operator new(std::size_t size) {
    return counted(size, alignof(std::max_align_t));
}
void* operator new(std::size_t size, std::align_val_t alignment) {
    return counted(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
    std::free(memory);
}

namespace {

using namespace jangbu;
using namespace jangbu::crypto;

constexpr std::size_t count = 6000;

struct Signed {
    std::vector<ByteArray<46>> messages;
    std::vector<Claim> claims;
};

Signed sign() {
    Signed out;
    out.messages.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        const SigningKey key(sha256(le64(i % 40)));
        const Hash hash = sha256(le64(i));
        out.messages.push_back(signed_message(domain::transaction, hash));
        out.claims.push_back(
            {key.public_key(), key.sign(domain::transaction, hash), out.messages.back()});
    }
    return out;
}

// Allocations of a round after two others.
std::size_t in_steady_state(BatchVerifier& verifier, std::span<const Claim> claims,
                            bool* verdicts) {
    std::size_t made = 0;
    for (int round = 0; round < 3; ++round) {
        const std::size_t before = allocations;
        verifier.verify(claims, {verdicts, claims.size()});
        made = allocations - before;
    }
    return made;
}

}  // namespace

int main() {
    Signed all = sign();
    Signed bad = sign();
    for (std::size_t i = 0; i < count; i += 500) bad.claims[i].signature[40] ^= 1;
    const auto verdicts = std::make_unique<bool[]>(count);
    int failures = 0;
    for (const Tier wanted : {Tier::portable, Tier::avx2, Tier::avx512ifma}) {
        if (!force_tier(wanted)) {
            std::printf("SKIPPED on this CPU: %s\n", std::string(name(wanted)).c_str());
            continue;
        }
        base::WorkerPool pool(2);
        KeyCache keys;
        for (const Claim& claim : all.claims) keys.remember(claim.key);
        for (base::WorkerPool* threads : {static_cast<base::WorkerPool*>(nullptr), &pool})
            for (const Signed* what : {&all, &bad}) {
                BatchVerifier verifier(keys, threads);
                // Both threads must have seen a full chunk: which takes which is not fixed.
                in_steady_state(verifier, what->claims, verdicts.get());
                const std::size_t made = in_steady_state(verifier, what->claims, verdicts.get());
                std::printf("%s, %u threads, %s: %zu allocations\n",
                            std::string(name(wanted)).c_str(),
                            threads != nullptr ? threads->threads() : 1,
                            what == &all ? "all good" : "some bad", made);
                failures += made != 0 ? 1 : 0;
            }
    }
    return failures == 0 ? 0 : 1;
}
