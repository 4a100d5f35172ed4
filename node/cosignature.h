// Cosignature: a witness's word that a header extends all that it saw before (docs/formats.md
// section 6).
#pragma once

#include "base/bcs.h"
#include "ledger/block.h"

namespace jangbu::node {

// As it travels to the node that publishes it: "jangbu/cosi/v1" || header_hash is signed.
struct Cosignature {
    u64 height = 0;
    ledger::HeaderHash header_hash;
    ledger::PublicKey key;
    ledger::Signature signature{};

    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c(self.height);
        c(self.header_hash);
        c(self.key);
        c(self.signature);
    }
    bool operator==(const Cosignature&) const = default;
};
inline constexpr std::size_t cosignature_bytes = 1 + 8 + 32 + 32 + 64;

inline Cosignature cosign(const crypto::SigningKey& witness, u64 height,
                          const ledger::HeaderHash& hash) {
    return {height, hash, witness.public_key(),
            witness.sign(crypto::domain::cosignature, hash.bytes)};
}

}  // namespace jangbu::node
