#include "crypto/batch_verifier.h"

#include <algorithm>
#include <atomic>
#include <deque>

#include "base/assert.h"
#include "crypto/ed25519/batch.h"

namespace jangbu::crypto {
namespace {

// Smaller chunks would spend more on what each does once than a second core gives.
constexpr std::size_t chunk_claims_min = 256;

}  // namespace

struct KeyCache::Entries {
    ed25519::KeyTable table;
};

// One batch for each thread that can work at the same time.
struct BatchVerifier::Workspace {
    base::WorkerPool* pool;
    std::deque<ed25519::Batch> batches;
};

KeyCache::KeyCache(std::size_t keys_max, std::size_t tables_max)
    : entries_(new Entries{{ed25519::kernels(tier()), keys_max, tables_max}}) {}

KeyCache::~KeyCache() = default;

void KeyCache::remember(const PublicKey& key) {
    remember(std::span(&key, 1));
}

void KeyCache::remember(std::span<const PublicKey> keys) {
    std::vector<ed25519::Encoding> encodings;
    encodings.reserve(keys.size());
    for (const PublicKey& key : keys) encodings.push_back(key.bytes);
    entries_->table.remember(encodings);
}

std::size_t KeyCache::size() const {
    return entries_->table.size();
}

BatchVerifier::BatchVerifier(KeyCache& keys, base::WorkerPool* pool)
    : workspace_(new Workspace{pool, {}}) {
    const unsigned threads = pool != nullptr ? pool->threads() : 1;
    for (unsigned i = 0; i < threads; ++i) workspace_->batches.emplace_back(keys.entries().table);
}

BatchVerifier::~BatchVerifier() = default;

void BatchVerifier::verify(std::span<const Claim> claims, std::span<bool> verdicts) {
    JANGBU_ASSERT(claims.size() == verdicts.size());
    const std::size_t threads = workspace_->batches.size();
    const std::size_t share = (claims.size() + threads - 1) / threads;
    const std::size_t chunk = std::clamp(share, chunk_claims_min, ed25519::Batch::claims_max);
    const std::size_t chunks = (claims.size() + chunk - 1) / chunk;
    std::atomic<std::size_t> next = 0;
    const auto work = [&](std::size_t thread) {
        for (std::size_t i = next++; i < chunks; i = next++) {
            const std::size_t size = std::min(chunk, claims.size() - i * chunk);
            workspace_->batches[thread].verify(claims.subspan(i * chunk, size),
                                               verdicts.subspan(i * chunk, size));
        }
    };
    if (workspace_->pool == nullptr || chunks == 1)
        work(0);
    else
        workspace_->pool->run(std::min(chunks, threads), work);
}

}  // namespace jangbu::crypto
