// Many ed25519 signatures at once, under the same rule as crypto::verify (ZIP-215), with exact
// attribution of the bad ones.
//
// KeyCache keeps what verification derives from a public key. It is filled when a key is registered
// on the ledger, never by verification, which also verifies signatures of keys it does not know. It
// is bounded in memory and changes no verdict.
// BatchVerifier holds the working memory: after the first large call nothing is allocated.
// Threads: KeyCache any; a BatchVerifier one call at a time, each owner has its own. Errors: none;
// any bytes give a verdict.
#pragma once

#include <memory>
#include <span>

#include "base/worker_pool.h"
#include "crypto/signature.h"

namespace jangbu::crypto {

class KeyCache {
public:
    static constexpr std::size_t keys_max_default = 65'536;   // 330 bytes each
    static constexpr std::size_t tables_max_default = 4'096;  // 8 KiB each, for keys verified alone

    explicit KeyCache(std::size_t keys_max = keys_max_default,
                      std::size_t tables_max = tables_max_default);
    ~KeyCache();
    KeyCache(const KeyCache&) = delete;
    KeyCache& operator=(const KeyCache&) = delete;

    // Prepares a key before its first signature comes.
    void remember(const PublicKey& key);
    void remember(std::span<const PublicKey> keys);
    std::size_t size() const;

    struct Entries;  // of the engine's tier
    Entries& entries() const { return *entries_; }

private:
    std::unique_ptr<Entries> entries_;
};

class BatchVerifier {
public:
    // The caller keeps both alive. Without a pool the calling thread works alone.
    explicit BatchVerifier(KeyCache& keys, base::WorkerPool* pool = nullptr);
    ~BatchVerifier();
    BatchVerifier(const BatchVerifier&) = delete;
    BatchVerifier& operator=(const BatchVerifier&) = delete;

    // verdicts[i] = whether claims[i] is good. REQUIRES: as many verdicts as claims.
    void verify(std::span<const Claim> claims, std::span<bool> verdicts);

private:
    struct Workspace;
    std::unique_ptr<Workspace> workspace_;
};

}  // namespace jangbu::crypto
