// Genesis: the start of a ledger, small enough that proofs carry it (docs/formats.md section 3).
//
// The genesis file holds the Genesis record, every entry of the initial state map and the
// possession proofs of its keys.
#pragma once

#include <vector>

#include "base/bcs.h"
#include "ledger/block.h"

namespace jangbu::ledger {

struct Validator {
    PublicKey key;
    u64 power = 0;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.key);
        c(self.power);
        if constexpr (Codec::decoding)
            if (self.power == 0) c.set_fault("validator power is zero");
    }
    bool operator==(const Validator&) const = default;
};

struct ValidatorSet {
    std::vector<Validator> validators;  // keys strictly ascending
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c.ascending(self.validators, 1, limits::validators_max,
                    [](const Validator& v) -> const PublicKey& { return v.key; });
    }
    bool operator==(const ValidatorSet&) const = default;
};
Hash validators_hash(const ValidatorSet& validators);

struct Genesis {
    std::string name;
    u64 time_ms = 0;
    u16 protocol_version = 0;
    ValidatorSet validators;
    Hash state_root{};
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c.text(self.name, limits::chain_name_bytes_max);
        c(self.time_ms);
        c(self.protocol_version);
        c(self.validators);
        c(self.state_root);
    }
    bool operator==(const Genesis&) const = default;
};

ChainId chain_id(const Genesis& genesis);
Header header_zero(const Genesis& genesis);

struct GenesisFile {
    Genesis genesis;
    std::vector<std::pair<Bytes, Bytes>> state;  // state key -> value, ascending by key
    std::vector<std::pair<KeyId, Signature>>
        possessions;  // one for each ed25519 key, ascending by key id
};
Bytes encode(const GenesisFile& file);
// Form and content: decodes and runs check_genesis_file.
Result<GenesisFile> decode_genesis_file(ByteView bytes);
// The entries ascend and have the root that Genesis names; organisations, keys and table 14 agree;
// every key is admissible with its possession proof; validators are operate keys of organisations
// with the validator role; the ledger's own parameters are within their bounds. The application
// judges its own tables. Errors: verification_failed, naming what is wrong.
Status check_genesis_file(const GenesisFile& file);

}  // namespace jangbu::ledger
