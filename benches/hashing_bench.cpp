// SHA-512 and SHA-256 of many messages at once, on each tier of this CPU, beside OpenSSL one by one
// in the same run. The column "each" is the time for one hash (a node, for the Merkle root).
#define OPENSSL_SUPPRESS_DEPRECATED  // the low-level functions are the fastest that OpenSSL has
#include <benchmark/benchmark.h>
#include <openssl/sha.h>

#include <string>

#include "crypto/cpu.h"
#include "crypto/many_hashes.h"
#include "crypto/merkle.h"

using namespace jangbu;
using namespace jangbu::crypto;

namespace {

struct Case {
    const char* name;
    std::size_t count;
    std::size_t first, second, third;  // bytes of the parts
};
constexpr Case sha512_cases[] = {{"one block: 32 + 32 + 46 bytes", 4'096, 32, 32, 46},
                                 {"three blocks: 32 + 32 + 256 bytes", 4'096, 32, 32, 256},
                                 {"16 messages of 24,000 bytes", 16, 0, 0, 24'000}};
constexpr Case sha256_cases[] = {{"64 bytes", 4'096, 0, 32, 32},
                                 {"65 bytes", 4'096, 1, 32, 32},
                                 {"16 messages of 16 KiB", 16, 0, 0, 16'384}};
constexpr std::size_t merkle_leaves = 16'384;

const Bytes& noise() {
    static const Bytes made = [] {
        Bytes out(4 << 20);
        random_bytes(out);
        return out;
    }();
    return made;
}

// One after the other in memory, as in a block.
std::vector<MessageParts> messages_of(const Case& what) {
    std::vector<MessageParts> out;
    ByteView left = noise();
    const auto take = [&](std::size_t size) {
        const ByteView part = left.first(size);
        left = left.subspan(size);
        return part;
    };
    for (std::size_t i = 0; i < what.count; ++i) {
        const ByteView first = take(what.first);
        const ByteView second = take(what.second);
        out.push_back({first, second, take(what.third)});
    }
    return out;
}

void report(benchmark::State& state, std::size_t hashes) {
    using benchmark::Counter;
    state.counters["each"] =
        Counter(static_cast<double>(hashes), Counter::kIsIterationInvariantRate | Counter::kInvert);
}

template <class Digest, class HashAll>
void run_messages(benchmark::State& state, const Case& what, HashAll hash_all) {
    const std::vector<MessageParts> messages = messages_of(what);
    std::vector<Digest> digests(messages.size());
    for (auto _ : state) {
        hash_all(messages, digests);
        benchmark::DoNotOptimize(digests.data());
        benchmark::ClobberMemory();
    }
    report(state, messages.size());
}

void openssl_512(std::span<const MessageParts> messages, std::span<Hash512> digests) {
    for (std::size_t i = 0; i < messages.size(); ++i) {
        SHA512_CTX context;
        SHA512_Init(&context);
        for (const ByteView part : {messages[i].first, messages[i].second, messages[i].third})
            SHA512_Update(&context, part.data(), part.size());
        SHA512_Final(digests[i].data(), &context);
    }
}

void openssl_256(std::span<const MessageParts> messages, std::span<Hash> digests) {
    for (std::size_t i = 0; i < messages.size(); ++i) {
        SHA256_CTX context;
        SHA256_Init(&context);
        for (const ByteView part : {messages[i].first, messages[i].second, messages[i].third})
            SHA256_Update(&context, part.data(), part.size());
        SHA256_Final(digests[i].data(), &context);
    }
}

// The tree with one node at a time.
Hash openssl_root(std::span<const Hash> leaves) {
    if (leaves.size() == 1) return leaves[0];
    const std::size_t half = leaves.size() / 2;
    const u8 prefix = 0x01;
    const Hash left = openssl_root(leaves.first(half));
    const Hash right = openssl_root(leaves.subspan(half));
    const MessageParts node[] = {{{&prefix, 1}, left, right}};
    Hash digest;
    openssl_256(node, {&digest, 1});
    return digest;
}

template <class Root>
void run_root(benchmark::State& state, Root root) {
    std::vector<Hash> leaves(merkle_leaves);
    for (std::size_t i = 0; i < leaves.size(); ++i)
        std::copy_n(noise().begin() + static_cast<std::ptrdiff_t>(32 * i), 32, leaves[i].begin());
    for (auto _ : state) benchmark::DoNotOptimize(root(std::span<const Hash>(leaves)));
    report(state, merkle_leaves - 1);
}

template <class Body>
void on_tier(const std::string& subject, Tier tier, Body body) {
    benchmark::RegisterBenchmark((subject + "/" + std::string(name(tier))).c_str(),
                                 [=](benchmark::State& state) {
                                     if (!force_tier(tier)) return state.SkipWithError("no tier");
                                     body(state);
                                 });
}

void register_tier(Tier tier) {
    for (const Case& what : sha512_cases)
        on_tier(std::string("SHA-512/") + what.name, tier,
                [&](benchmark::State& state) { run_messages<Hash512>(state, what, sha512_many); });
    for (const Case& what : sha256_cases)
        on_tier(std::string("SHA-256/") + what.name, tier, [&](benchmark::State& state) {
            run_messages<Hash>(state, what, [](const auto& messages, auto& digests) {
                sha256_many(messages, digests);
            });
        });
    on_tier("Merkle root/16,384 leaves", tier,
            [](benchmark::State& state) { run_root(state, merkle::root); });
}

void register_openssl() {
    for (const Case& what : sha512_cases)
        benchmark::RegisterBenchmark(
            (std::string("SHA-512/") + what.name + "/OpenSSL").c_str(),
            [&](benchmark::State& state) { run_messages<Hash512>(state, what, openssl_512); });
    for (const Case& what : sha256_cases)
        benchmark::RegisterBenchmark(
            (std::string("SHA-256/") + what.name + "/OpenSSL").c_str(),
            [&](benchmark::State& state) { run_messages<Hash>(state, what, openssl_256); });
    benchmark::RegisterBenchmark("Merkle root/16,384 leaves/OpenSSL",
                                 [](benchmark::State& state) { run_root(state, openssl_root); });
}

}  // namespace

int main(int argc, char** argv) {
    register_openssl();
    for (const Tier tier : {Tier::portable, Tier::avx2, Tier::avx512ifma})
        if (is_supported(tier)) register_tier(tier);
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}
