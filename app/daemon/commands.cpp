#include "app/daemon/commands.h"

#include <chrono>
#include <cstdio>
#include <iostream>

#include "api/read_index.h"
#include "base/file.h"
#include "ledger/genesis.h"
#include "ledger/snapshot_reader.h"
#include "market/genesis_check.h"
#include "market/market_rules.h"
#include "node/chain_options.h"
#include "node/document_retention.h"
#include "node/genesis_plan.h"
#include "node/snapshot_job.h"

namespace jangbu::app {
namespace {

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

// The ledger of a stopped node. It signs nothing: what waits for a signature is for `start`.
Result<std::unique_ptr<ledger::Chain>> open_at_rest(const node::Config& config,
                                                    market::MarketRules& rules,
                                                    const std::string& what) {
    const Bytes genesis_bytes = TRY(base::read_file(config.genesis_file, genesis_bytes_max));
    const ledger::GenesisFile genesis = TRY(ledger::decode_genesis_file(genesis_bytes));
    return ledger::Chain::open(
        config.chain_folder, genesis, rules,
        [&](const ledger::Header& header,
            const ledger::HeaderHash&) -> Result<ledger::SoloFinality> {
            if (header.height == 0)
                return fail(ErrorCode::conflict,
                            "the ledger has no block yet: start the node, and " + what +
                                " when it has one");
            return fail(ErrorCode::conflict, "block " + std::to_string(header.height) +
                                                 " has no signed header yet: start the node once, "
                                                 "then " +
                                                 what);
        },
        node::chain_options(config, node::has_followed(config.home)));
}

Status write_snapshot(const node::Config& config) {
    market::MarketRules rules;
    const auto chain = TRY(open_at_rest(config, rules, "make a snapshot"));
    const ledger::SnapshotManifest made = TRY(chain->write_snapshot(*chain->head()));
    std::cout << "snapshot of height " << made.height() << ": " << made.file_count() << " files, "
              << made.bytes() << " bytes, in "
              << (chain->base()->snapshots() / ledger::SnapshotReader::folder_name(made.height()))
                     .string()
              << "\n";
    return {};
}

Status move_base(const node::Config& config, u64 keep_blocks) {
    market::MarketRules rules;
    const auto chain = TRY(open_at_rest(config, rules, "prune"));
    const u64 head = chain->head()->header.height;
    if (keep_blocks == 0) TRY(chain->write_snapshot(*chain->head()));
    const std::optional<u64> height = TRY(node::prunable_height(*chain, keep_blocks));
    if (!height)
        return fail(ErrorCode::conflict,
                    "no snapshot has " + std::to_string(keep_blocks) +
                        " blocks above it (the head is height " + std::to_string(head) +
                        "): make one with `jangbud snapshot` and prune when so many blocks have "
                        "come, or keep fewer");
    TRY(chain->prune(*height));
    TRY(node::remove_old_snapshots(*chain, config.snapshots_keep));
    const u64 first = chain->blocks().first_height();
    std::cout << "the ledger begins at height " << chain->base_height() << " here; its head is "
              << head << ", blocks are kept from height " << (first > 0 ? first : head + 1)
              << " on\n";
    if (first > 0 && first <= chain->base_height())
        std::cout << "blocks up to height " << chain->base_height()
                  << " share a segment file with later ones: they go with it, when a later prune "
                     "finds it whole below\n";
    return {};
}

const char* class_name(u8 access) {
    static constexpr const char* names[] = {"?", "public", "parties", "evidence", "personal"};
    return access < std::size(names) ? names[access] : "?";
}

Status prune_documents(const node::Config& config, bool is_dry_run) {
    market::MarketRules rules;
    const auto chain = TRY(open_at_rest(config, rules, "prune"));
    const node::DocumentPlan plan =
        TRY(node::plan_documents(*chain, rules, node::document_terms(config)));
    for (const ledger::Tombstone& one : plan.due)
        std::cout << one.document.hash.hex() << " " << class_name(one.document.access) << " "
                  << one.document.length << " bytes, last named at height " << one.height << "\n";
    if (is_dry_run) {
        std::cout << "would go: " << plan.due.size() << " documents, " << plan.bytes_due
                  << " bytes; would stay: " << plan.kept << "\n";
        return {};
    }
    const std::size_t gone = TRY(node::prune_documents(*chain, plan));
    std::cout << "gone: " << gone << " documents, " << plan.bytes_due
              << " bytes; kept: " << plan.kept << "\n";
    const std::filesystem::path lost = config.chain_folder / "documents" / "lost";
    std::error_code error;
    if (gone > 0 && std::filesystem::exists(lost, error))
        std::cout << "note: " << lost.string()
                  << " holds what a repair replaced, perhaps with documents that went\n";
    return {};
}

Status rebuild_index(const node::Config& config) {
    market::MarketRules rules;
    const auto chain = TRY(open_at_rest(config, rules, "reindex"));
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
        const ledger::SignedHeader header = TRY(chain->header(height));
        return header.header.time_ms;
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

int make_snapshot(const node::Config& config) {
    return finish(write_snapshot(config));
}

int reindex(const node::Config& config) {
    return finish(rebuild_index(config));
}

int prune(const node::Config& config, const Prune& what) {
    if (what.dry_run && !what.documents)
        return report({ErrorCode::usage, "--dry-run goes with --documents"});
    if (!what.bodies && !what.documents)
        return report({ErrorCode::usage,
                       "say what shall go: --keep-blocks N (bodies of older blocks), --documents, "
                       "or both"});
    if (what.documents)
        if (const Status done = prune_documents(config, what.dry_run); !done)
            return report(done.error());
    if (!what.bodies || what.dry_run) return 0;
    return finish(move_base(config, what.keep_blocks));
}

}  // namespace jangbu::app
