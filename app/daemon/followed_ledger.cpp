#include "app/daemon/followed_ledger.h"

#include "app/daemon/commands.h"
#include "base/file.h"
#include "ledger/state_tree.h"

namespace jangbu::app {

Result<ledger::GenesisFile> obtain_genesis(const node::Config& config, const std::string& url,
                                           const ledger::ChainId& chain) {
    const Result<Bytes> saved = base::read_file(config.genesis_file, genesis_bytes_max);
    if (!saved && saved.error().code != ErrorCode::not_found) return std::unexpected(saved.error());
    client::NodeClient node(url);
    ledger::GenesisFile genesis =
        saved ? TRY(ledger::decode_genesis_file(*saved)) : TRY(node.genesis());
    if (ledger::chain_id(genesis.genesis) != chain)
        return fail(ErrorCode::verification_failed,
                    (saved ? config.genesis_file.string() : url) +
                        " is of another ledger: its genesis hashes to " +
                        ledger::chain_id(genesis.genesis).hex());
    if (!saved) {
        std::error_code error;
        std::filesystem::create_directories(config.home, error);
        TRY(base::write_file_atomically(config.genesis_file, ledger::encode(genesis),
                                        base::FileMode::world_readable));
    }
    return genesis;
}

Result<crypto::OrganisationSecret> open_key(const node::Config& config,
                                            const std::filesystem::path& file) {
    node::Config with_key = config;
    with_key.keystore_file = file;
    node::ConfigSources sources;
    sources.environment = node::process_environment;
    TRY(node::read_validator_secret(with_key, sources));
    return *with_key.validator_secret;
}

Result<Reader> find_reader(const crypto::OrganisationSecret& secret,
                           const ledger::GenesisFile& genesis, const std::string& org) {
    std::optional<ledger::OrgId> named;
    if (!org.empty()) {
        named = ledger::OrgId::from_hex(org);
        if (!named) return fail(ErrorCode::usage, "--org takes 64 hex digits");
    }
    ledger::StateTree::Changes entries;
    for (const auto& [key, value] : genesis.state) entries.emplace(key, value);
    return find_reader(secret, ledger::StateTree().updated(entries), named);
}

}  // namespace jangbu::app
