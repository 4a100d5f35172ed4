#include "node/home_files.h"

#include "base/file.h"
#include "market/genesis_check.h"

namespace jangbu::node {
namespace {

constexpr std::size_t genesis_file_bytes_max = 256 << 20;
constexpr u32 operate_keys_tried = 16;

}  // namespace

Result<ledger::GenesisFile> read_genesis(const std::filesystem::path& file) {
    constexpr const char* way_out = "; restore it, every member and follower has a copy";
    const Result<Bytes> bytes = read_file(file, genesis_file_bytes_max);
    if (!bytes) return fail(bytes.error().code, bytes.error().detail + way_out);
    Result<ledger::GenesisFile> genesis = ledger::decode_genesis_file(*bytes);
    if (genesis) {
        const Status entries = market::check_genesis_entries(*genesis);
        if (!entries) genesis = std::unexpected(entries.error());
    }
    if (!genesis) genesis.error().detail = file.string() + ": " + genesis.error().detail + way_out;
    return genesis;
}

Result<crypto::SigningKey> validator_key(const Config& config, const ledger::Genesis& genesis) {
    if (!config.validator_secret)
        return fail(ErrorCode::usage, "a node needs the secret of its organisation");
    const auto is_validator = [&](const crypto::SigningKey& key) {
        for (const ledger::Validator& validator : genesis.validators.validators)
            if (validator.key == key.public_key()) return true;
        return false;
    };
    // What `jangbu keys export-operate` writes: the one seed that a node needs.
    crypto::SigningKey exported(config.validator_secret->bytes());
    if (is_validator(exported)) return exported;
    for (u32 n = 0; n < operate_keys_tried; ++n) {
        crypto::SigningKey key = config.validator_secret->signing_key(crypto::Purpose::operate, n);
        if (is_validator(key)) return key;
    }
    return fail(ErrorCode::usage, "no operate key of " + config.keystore_file.string() +
                                      " is a validator of the ledger \"" + genesis.name + "\"");
}

}  // namespace jangbu::node
