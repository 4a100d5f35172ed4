// jbproof/1: a claim about the ledger that anyone can check offline (docs/formats.md section 6).
//
// JSON that equals its own JCS form (RFC 8785), unknown fields refused, 1 MiB at most; so no byte
// can change unless the file then states another true claim, and a verifier prints the subject.
// Evidence level, always printed: E0 one operator's word, E1 + pinned witnesses.
// Threads: pure functions. Errors: verification_failed with the first reason.
#pragma once

#include <set>

#include "ledger/executor.h"

namespace jangbu::ledger::jbproof {

inline constexpr std::size_t file_bytes_max = 1 << 20;

enum class Kind { transaction, receipt, state, absence, history, consistency };

struct Trusted {
    ChainId chain_id;                  // pinned
    std::set<PublicKey> witnesses;     // pinned; others are listed, not counted
    std::size_t witnesses_needed = 1;  // of them, for E1
};

struct Verified {
    Kind kind = Kind::state;
    std::string level;  // "E0", "E1"
    Genesis genesis;
    Header header;  // the head that stands behind the claim
    HeaderHash header_hash;
    PublicKey validator;
    std::vector<PublicKey> witnesses;  // valid cosignatures, pinned or not
    std::size_t witnesses_pinned = 0;  // of these
    // The subject, by kind.
    TxId txid;
    Signature signature{};
    Receipt receipt;
    StateKey state_key;
    Bytes value;
    Header older_header;
};
Result<Verified> verify(std::string_view file, const Trusted& trusted);

// A witness's word for the header of a proof.
struct Cosigned {
    PublicKey key;
    Signature signature{};
    bool operator==(const Cosigned&) const = default;
};
using CosignedBy = std::span<const Cosigned>;  // of the header of `at`, valid, each key once

// Makers. The validator set never changes in a solo ledger so far, so finality.chain is empty.
std::string prove_state(const Genesis& genesis, const Snapshot& at, const StateKey& key,
                        CosignedBy witnesses = {});  // or absence
std::string prove_transaction(const Genesis& genesis, const Snapshot& at, const TxId& id,
                              const Signature& signature, u64 index, std::span<const Hash> leaves,
                              CosignedBy witnesses = {});
std::string prove_receipt(const Genesis& genesis, const Snapshot& at, ByteView receipt, u64 index,
                          std::span<const Hash> leaves, CosignedBy witnesses = {});
std::string prove_history(const Genesis& genesis, const Snapshot& at, const Header& older,
                          CosignedBy witnesses = {});
std::string prove_consistency(const Genesis& genesis, const Snapshot& at, const Header& older,
                              CosignedBy witnesses = {});

}  // namespace jangbu::ledger::jbproof
