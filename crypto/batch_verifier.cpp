#include "crypto/batch_verifier.h"

#include <algorithm>
#include <mutex>
#include <set>

#include "base/assert.h"

namespace jangbu::crypto {

struct KeyCache::Entries {
    std::size_t keys_max = 0;
    std::mutex mutex;
    std::set<PublicKey> keys;
};

struct BatchVerifier::Workspace {
    base::WorkerPool* pool = nullptr;
};

KeyCache::KeyCache(std::size_t keys_max) : entries_(std::make_unique<Entries>()) {
    entries_->keys_max = keys_max;
}

KeyCache::~KeyCache() = default;

void KeyCache::remember(const PublicKey& key) {
    const std::scoped_lock lock(entries_->mutex);
    if (entries_->keys.size() < entries_->keys_max) entries_->keys.insert(key);
}

std::size_t KeyCache::size() const {
    const std::scoped_lock lock(entries_->mutex);
    return entries_->keys.size();
}

BatchVerifier::BatchVerifier(KeyCache&, base::WorkerPool* pool)
    : workspace_(std::make_unique<Workspace>()) {
    workspace_->pool = pool;
}

BatchVerifier::~BatchVerifier() = default;

void BatchVerifier::verify(std::span<const Claim> claims, std::span<bool> verdicts) {
    JANGBU_ASSERT(claims.size() == verdicts.size());
    const auto one = [&](std::size_t i) {
        verdicts[i] = crypto::verify(claims[i].key, claims[i].message, claims[i].signature);
    };
    if (workspace_->pool != nullptr)
        workspace_->pool->run(claims.size(), one);
    else
        for (std::size_t i = 0; i < claims.size(); ++i) one(i);
}

}  // namespace jangbu::crypto
