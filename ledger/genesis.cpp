#include "ledger/genesis.h"

#include "crypto/merkle.h"
#include "ledger/state_entry.h"

namespace jangbu::ledger {
namespace {

// The file's own shape; Genesis stands inside it as a record.
struct FileRecord {
    Genesis genesis;
    std::vector<StateEntry> state;
    std::vector<std::pair<KeyId, Signature>> possessions;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c(self.genesis);
        c.ascending(self.state, 0, limits::genesis_entries_max,
                    [](const StateEntry& entry) -> const Bytes& { return entry.key; });
        c.ascending(self.possessions, 0, limits::genesis_entries_max,
                    [](const auto& possession) -> const KeyId& { return possession.first; });
    }
};

}  // namespace

Hash validators_hash(const ValidatorSet& validators) {
    static const crypto::Tag tag("jangbu/validators/v1");
    return tag(bcs::encode(validators));
}

ChainId chain_id(const Genesis& genesis) {
    static const crypto::Tag tag("jangbu/genesis/v1");
    return ChainId(tag(bcs::encode(genesis)));
}

Header header_zero(const Genesis& genesis) {
    Header header;
    header.chain_id = chain_id(genesis);
    header.protocol_version = genesis.protocol_version;
    header.time_ms = genesis.time_ms;
    header.market_time_ms = genesis.time_ms;
    header.tx_root = crypto::merkle::empty_root();
    header.receipt_root = crypto::merkle::empty_root();
    header.state_root = genesis.state_root;
    header.history_root = crypto::merkle::empty_root();
    header.validators_hash = validators_hash(genesis.validators);
    header.next_validators_hash = header.validators_hash;
    return header;
}

Bytes encode(const GenesisFile& file) {
    FileRecord record{file.genesis, {}, file.possessions};
    for (const auto& [key, value] : file.state) record.state.push_back({key, value});
    return bcs::encode(record);
}

Result<GenesisFile> decode_genesis_file(ByteView bytes) {
    Result<FileRecord> record = bcs::decode<FileRecord>(bytes);
    if (!record) return fail(ErrorCode::malformed, "genesis file: " + record.error().detail);
    GenesisFile file{std::move(record->genesis), {}, std::move(record->possessions)};
    for (StateEntry& entry : record->state)
        file.state.emplace_back(std::move(entry.key), std::move(entry.value));
    if (Status checked = check_genesis_file(file); !checked)
        return std::unexpected(std::move(checked).error());
    return file;
}

}  // namespace jangbu::ledger
