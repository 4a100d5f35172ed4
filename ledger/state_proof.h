// StateProof: what shows one key's value, or its absence, under a state root (docs/formats.md,
// state map).
//
// The verifier shares nothing with the prover (ledger/sparse_versions.h) but the hashes of
// ledger/state_hashes.h.
// Threads: pure functions.
#pragma once

#include "base/bcs.h"
#include "crypto/hash.h"
#include "ledger/state_hashes.h"
#include "ledger/state_view.h"
#include "ledger/types.h"

namespace jangbu::ledger {

struct StateProof {
    struct Leaf {
        Hash key{};
        Hash value_hash{};
        template <class Codec, class Self>
        static void fields(Codec& c, Self& self) {
            c(self.key);
            c(self.value_hash);
        }
        bool operator==(const Leaf&) const = default;
    };
    std::vector<Hash> siblings;  // from the root down
    std::variant<bcs::Unit, Leaf> terminal;

    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c.list(self.siblings, 0, 256);
        c(self.terminal);
    }
    bool operator==(const StateProof&) const = default;
};

// True if the proof shows `value` (or, without one, the absence of `key`) under `root`.
bool verify_state(const Hash& root, const StateKey& key, std::optional<ByteView> value,
                  const StateProof& proof);
// The same over a hashed key and the SHA-256 of the value.
bool verify_hashed_state(const Hash& root, const Hash& hashed_key, std::optional<Hash> value_hash,
                         const StateProof& proof);

}  // namespace jangbu::ledger
