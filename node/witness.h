// Witness: cosigns heads that this follower executed itself, and remembers what it cosigned.
//
// A head is cosigned after a consistency proof from the last cosigned one (genesis at first), and
// only while its block time is believable: at most 60 s ahead of this clock and at most a heartbeat
// and 60 s behind it. The mark, the last cosigned head with its signature, is durable before the
// cosignature exists, so that a chain folder that was made anew from a rewritten ledger convicts
// the validator instead of being cosigned. Threads: the follower's strand. Errors: corrupted, io.
#pragma once

#include <filesystem>

#include "node/cosignature.h"
#include "node/follow_stream.h"

namespace jangbu::node {

inline constexpr u64 witness_ahead_ms_max = 60'000;
inline constexpr u64 witness_behind_ms_max = 60'000;  // beyond the heartbeat

// Why a head of this time is not cosigned, if so.
std::optional<std::string> witness_refusal(u64 head_ms, u64 now_ms, u64 heartbeat_ms);

class Witness {
public:
    static Result<Witness> open(std::filesystem::path mark_file, crypto::SigningKey key);

    // What a witness with this file cosigned last, whoever asks.
    static Result<std::optional<ledger::SignedHeader>> read_mark(const std::filesystem::path& file);

    const ledger::PublicKey& key() const { return key_.public_key(); }
    // The header that was cosigned last.
    const std::optional<ledger::SignedHeader>& mark() const { return mark_; }

    struct Judgement {
        std::optional<Cosignature> cosignature;
        std::optional<std::string> refusal;
        // Signed headers of one height that differ.
        std::optional<std::pair<ledger::SignedHeader, ledger::SignedHeader>> contradiction;
    };
    // Of the head of a chain that was executed here; all empty if it was cosigned before.
    Result<Judgement> judge(const ledger::Chain& chain, u64 now_ms, u64 heartbeat_ms);

private:
    Witness(std::filesystem::path file, crypto::SigningKey key)
        : file_(std::move(file)), key_(std::move(key)) {}

    std::filesystem::path file_;
    crypto::SigningKey key_;
    std::optional<ledger::SignedHeader> mark_;
};

}  // namespace jangbu::node
