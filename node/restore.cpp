#include "node/restore.h"

#include "base/file.h"
#include "base/folder.h"
#include "ledger/at_rest.h"
#include "ledger/chain.h"
#include "ledger/folder_lock.h"
#include "ledger/height_text.h"
#include "market/market_rules.h"
#include "node/followed_finality.h"
#include "node/home_files.h"
#include "node/last_signed.h"
#include "node/memory_watch.h"
#include "node/next_epoch.h"

namespace jangbu::node {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t keystore_bytes_max = 4'096;

Result<ledger::GenesisFile> genesis_of_backup(const fs::path& from) {
    std::error_code error;
    if (!fs::is_directory(from, error))
        return fail(ErrorCode::not_found, "there is no folder " + from.string());
    if (!fs::exists(from / "genesis.bin", error) || !fs::exists(from / "chain", error))
        return fail(ErrorCode::conflict,
                    from.string() + " is no backup: it lacks genesis.bin or chain");
    return read_genesis(from / "genesis.bin");
}

Status compare(const ledger::Chain& chain, const RestorePlan& plan, RestoredLedger& found) {
    if (!plan.verify) return {};
    const ledger::Header& wanted = *plan.verify;
    if (wanted.height > found.height) {
        found.blocks_missing = wanted.height - found.height;
        if (plan.loses_blocks) return {};
        return fail(ErrorCode::conflict,
                    "the backup ends at " + ledger::height_text(found.height) +
                        ", the signed header stands at " + ledger::height_text(wanted.height) +
                        ": " + std::to_string(found.blocks_missing) +
                        " blocks are missing. A follower may hold them: take its folder as the "
                        "backup. --lose-blocks gives them up");
    }
    const ledger::HeaderHash held =
        wanted.height == 0 ? ledger::header_hash(ledger::header_zero(chain.genesis()))
                           : ledger::header_hash(TRY(chain.header(wanted.height)).header);
    if (held == ledger::header_hash(wanted)) return {};
    return fail(ErrorCode::verification_failed,
                "the backup holds another block at " + ledger::height_text(wanted.height) +
                    " than the signed header names: it is another history of this ledger");
}

// Opens the chain over `stores`, which checks all of it.
Result<RestoredLedger> judge(ledger::Stores stores, const ledger::GenesisFile& genesis,
                             const RestorePlan& plan) {
    const FollowedFinality finality = TRY(FollowedFinality::open(plan.from / "followed-finality"));
    const LastSigned signed_there = TRY(LastSigned::open(plan.from / "last-signed"));
    market::MarketRules rules;
    ledger::Chain::Options options;
    options.signs_genesis = false;
    options.state_room = {state_bytes_usual(0), plan.from};
    const auto chain =
        TRY(ledger::Chain::open(std::move(stores), genesis, rules, finality.signer(), options));
    const ledger::SnapshotPtr head = chain->head();
    RestoredLedger found;
    found.chain = chain->id();
    found.height = head->header.height;
    found.head = head->hash;
    found.state_root = head->header.state_root;
    found.epoch = head->header.epoch;
    found.base = chain->base_height();
    TRY(compare(*chain, plan, found));
    u32 last = found.epoch;
    if (plan.verify) last = std::max(last, plan.verify->epoch);
    if (signed_there.mark()) last = std::max(last, signed_there.mark()->epoch);
    if (last == UINT32_MAX) return fail(ErrorCode::limit_exceeded, "there is no epoch after this");
    found.next_epoch = last + 1;
    return found;
}

Status check_new_home(const fs::path& home) {
    std::error_code error;
    if (!fs::exists(home, error)) return {};
    if (!fs::is_directory(home, error) || !fs::is_empty(home, error) || error)
        return fail(ErrorCode::conflict,
                    home.string() + " is not empty: a restore makes a new home");
    return {};
}

// Nobody may write while it is copied. A backup that cannot be written at all needs no lock.
Status hold(const fs::path& from, ledger::FolderLock& lock) {
    const Status taken = lock.take(from / "chain" / "blocks" / "lock");
    if (!taken && taken.error().detail.find("is held") != std::string::npos) return taken;
    return {};
}

// The parts of a backup that a node's home has; what belongs to the follower alone stays.
Result<u64> copy_parts(const fs::path& from, const fs::path& stage) {
    std::error_code error;
    fs::create_directories(stage, error);
    if (!error) fs::permissions(stage, fs::perms::owner_all, error);
    if (error) return fail(ErrorCode::io, "cannot make " + stage.string() + ": " + error.message());
    u64 bytes = TRY(base::copy_folder(from / "chain", stage / "chain"));
    if (fs::exists(from / "store", error))
        bytes += TRY(base::copy_folder(from / "store", stage / "store"));
    return bytes;
}

Status write_home(const RestorePlan& plan, const RestoredLedger& found,
                  const ledger::GenesisFile& genesis, const fs::path& stage) {
    const Bytes keystore = TRY(read_file(plan.keystore, keystore_bytes_max));
    TRY(write_file_atomically(stage / "genesis.bin", ledger::encode(genesis),
                              FileMode::world_readable));
    TRY(write_file_atomically(stage / "validator.keystore", keystore, FileMode::owner_only));
    TRY(write_file_atomically(stage / "config.toml", as_bytes(plan.settings),
                              FileMode::world_readable));
    const LastSigned::Mark mark{found.next_epoch, found.height, found.head};
    TRY(write_file_atomically(stage / "last-signed", bcs::encode(mark), FileMode::owner_only));
    return write_next_epoch(stage / "next-epoch", {found.next_epoch, found.height, found.head,
                                                   static_cast<u8>(plan.reason)});
}

// Whole and durable, or not there.
Status show(const fs::path& stage, const fs::path& home) {
    TRY(base::sync_all(stage));
    std::error_code error;
    fs::rename(stage, home, error);  // takes the place of an empty folder
    if (error)
        return fail(ErrorCode::io, "cannot rename to " + home.string() + ": " + error.message());
    return sync_folder(home.parent_path().empty() ? "." : home.parent_path());
}

}  // namespace

Result<RestoredLedger> verify_backup(const RestorePlan& plan) {
    const ledger::GenesisFile genesis = TRY(genesis_of_backup(plan.from));
    const base::ScratchFolder scratch = TRY(base::ScratchFolder::make(plan.from));
    ledger::Stores stores = TRY(ledger::open_stores_at_rest(
        plan.from / "chain", ledger::chain_id(genesis.genesis), scratch.path()));
    RestoredLedger found = TRY(judge(std::move(stores), genesis, plan));
    found.bytes = TRY(base::folder_bytes(plan.from));
    return found;
}

Result<RestoredLedger> restore(const RestorePlan& plan) {
    TRY(check_new_home(plan.home));
    const ledger::GenesisFile genesis = TRY(genesis_of_backup(plan.from));
    Config keys;
    keys.keystore_file = plan.keystore;
    keys.validator_secret = plan.validator_secret;
    TRY(validator_key(keys, genesis.genesis));

    fs::path home = fs::absolute(plan.home).lexically_normal();
    if (!home.has_filename()) home = home.parent_path();  // "NEW/"
    const fs::path stage = home.string() + ".restoring";
    std::error_code error;
    fs::remove_all(stage, error);  // a restore that was cut short
    if (error) return fail(ErrorCode::io, "cannot remove " + stage.string());
    const auto made = [&]() -> Result<RestoredLedger> {
        ledger::FolderLock lock;
        TRY(hold(plan.from, lock));
        const u64 bytes = TRY(copy_parts(plan.from, stage));
        ledger::Stores stores =
            TRY(ledger::open_stores(stage / "chain", ledger::chain_id(genesis.genesis)));
        RestoredLedger found = TRY(judge(std::move(stores), genesis, plan));
        found.bytes = bytes;
        TRY(write_home(plan, found, genesis, stage));
        TRY(show(stage, home));
        return found;
    }();
    if (!made) fs::remove_all(stage, error);
    return made;
}

}  // namespace jangbu::node
