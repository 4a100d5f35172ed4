// IdempotencyKeys: which body an Idempotency-Key of POST /v1/transactions stands for
// (draft-ietf-httpapi-idempotency-key-header).
//
// A key belongs to the author of the first transaction, so members cannot take keys from each
// other. Kept in memory only: the latest keys_max, each for life_ms; after a restart all are new.
// Threads: any.
#pragma once

#include <map>
#include <mutex>
#include <optional>

#include "crypto/hash.h"
#include "ledger/types.h"

namespace jangbu::api {

// The string inside the header: RFC 8941 section 3.3.3, 1 to 128 characters, no parameters. Errors:
// malformed.
Result<std::string> read_idempotency_key(std::string_view field);

class IdempotencyKeys {
public:
    static constexpr std::size_t keys_max = 65'536;
    static constexpr u64 life_ms = 24 * 3'600'000ull;

    explicit IdempotencyKeys(std::size_t most = keys_max) : most_(most) {}

    enum class Claim { fresh, same_body, other_body };
    Claim claim(const ledger::PublicKey& author, std::string_view key, ByteView body, u64 now_ms);
    // Nothing came of the body: the key is free again.
    void release(const ledger::PublicKey& author, std::string_view key);

private:
    struct Entry {
        crypto::Hash body{};
        u64 claimed_ms = 0;
        u64 number = 0;
    };
    void forget_old(u64 now_ms);

    const std::size_t most_;
    std::mutex mutex_;  // guards all below
    u64 claims_ = 0;
    std::map<crypto::Hash, Entry> entries_;  // by digest of author and key
    std::map<u64, crypto::Hash> in_order_;   // by number
};

}  // namespace jangbu::api
