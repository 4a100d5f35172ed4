#include "app/daemon/commands.h"

#include <chrono>
#include <cstdio>
#include <iostream>

#include "api/read_index.h"
#include "base/file.h"
#include "ledger/genesis.h"
#include "market/genesis_check.h"
#include "market/market_rules.h"
#include "node/genesis_plan.h"

namespace jangbu::app {
namespace {

constexpr std::size_t genesis_bytes_max = 64 << 20;

int exit_code(ErrorCode code) {
    switch (code) {
        case ErrorCode::usage:
        case ErrorCode::malformed:
            return 2;
        case ErrorCode::not_found:
            return 3;
        case ErrorCode::not_allowed:
            return 4;
        case ErrorCode::unavailable:
            return 5;
        case ErrorCode::verification_failed:
            return 6;
        default:
            return 7;
    }
}

u64 wall_clock_ms() {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<u64>(std::chrono::duration_cast<std::chrono::milliseconds>(since).count());
}

Status write_genesis(const std::filesystem::path& plan, const std::filesystem::path& out) {
    const ledger::GenesisFile file = TRY(node::make_genesis(plan, wall_clock_ms()));
    TRY(base::write_file_atomically(out, ledger::encode(file), base::FileMode::world_readable));
    std::cout << "genesis of \"" << file.genesis.name << "\" with " << file.state.size()
              << " entries: " << out.string() << "\nchain_id "
              << ledger::chain_id(file.genesis).hex() << "\n";
    return {};
}

Status make_home(const std::filesystem::path& home, const std::filesystem::path& genesis,
                 const std::filesystem::path& keystore) {
    const Bytes genesis_bytes = TRY(base::read_file(genesis, genesis_bytes_max));
    const ledger::GenesisFile file = TRY(ledger::decode_genesis_file(genesis_bytes));
    TRY(market::check_genesis_entries(file));
    const Bytes keystore_bytes = TRY(base::read_file(keystore, 4096));
    std::error_code error;
    std::filesystem::create_directories(home, error);
    if (error) return fail(ErrorCode::io, "cannot make " + home.string() + ": " + error.message());
    std::filesystem::permissions(home, std::filesystem::perms::owner_all, error);
    using base::FileMode;
    using base::IfExists;
    TRY(base::write_file_atomically(home / "genesis.bin", genesis_bytes, FileMode::world_readable,
                                    IfExists::refuse));
    TRY(base::write_file_atomically(home / "validator.keystore", keystore_bytes,
                                    FileMode::owner_only, IfExists::refuse));
    TRY(base::write_file_atomically(home / "config.toml", as_bytes(first_config),
                                    FileMode::world_readable, IfExists::refuse));
    std::cout << "home " << home.string() << " of chain " << ledger::chain_id(file.genesis).hex()
              << "\n";
    return {};
}

Status rebuild_index(const node::Config& config) {
    const Bytes genesis_bytes = TRY(base::read_file(config.genesis_file, genesis_bytes_max));
    const ledger::GenesisFile genesis = TRY(ledger::decode_genesis_file(genesis_bytes));
    market::MarketRules rules;
    const auto chain = TRY(ledger::Chain::open(
        config.chain_folder, genesis, rules,
        [](const ledger::Header& header,
           const ledger::HeaderHash&) -> Result<ledger::SoloFinality> {
            return fail(ErrorCode::conflict,
                        "block " + std::to_string(header.height) +
                            " has no signed header yet: start the node once, then reindex");
        }));
    std::error_code error;
    std::filesystem::remove_all(config.index_folder, error);
    std::filesystem::create_directories(config.index_folder, error);
    if (error)
        return fail(ErrorCode::io,
                    "cannot make " + config.index_folder.string() + ": " + error.message());
    const auto index = TRY(api::ReadIndex::open(config.index_folder / "index.sqlite"));
    const ledger::SnapshotPtr head = chain->head();
    const auto time_of = [&](u64 height) -> Result<u64> {
        if (height == 0) return chain->genesis().time_ms;
        const ledger::BlockRecord block = TRY(chain->blocks().block(height));
        return block.header.time_ms;
    };
    TRY(index->rebuild(*head, chain->documents(), time_of));
    std::cout << "read index rebuilt at height " << head->header.height << "\n";
    return {};
}

int finish(const Status& status) {
    return status ? 0 : report(status.error());
}

}  // namespace

const std::string first_config =
    "# Settings of this node; `jangbud config show --origin` prints all of them.\n"
    "[http]\n"
    "# port = 8640\n"
    "# tls = true    # with the key that `jangbud tls init` makes; needed beyond loopback\n";

int report(const Error& error) {
    std::cerr << "jangbud: " << error.detail << " (" << to_string(error.code) << ")\n";
    return exit_code(error.code);
}

int make_genesis_file(const std::filesystem::path& plan, const std::filesystem::path& out) {
    return finish(write_genesis(plan, out));
}

int init_home(const std::filesystem::path& home, const std::filesystem::path& genesis,
              const std::filesystem::path& keystore) {
    return finish(make_home(home, genesis, keystore));
}

int reindex(const node::Config& config) {
    return finish(rebuild_index(config));
}

}  // namespace jangbu::app
