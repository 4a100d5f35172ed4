#include "node/take_back.h"

#include "base/file.h"
#include "ledger/height_text.h"
#include "ledger/recovery.h"
#include "market/market_rules.h"
#include "node/chain_options.h"
#include "node/cosignatures.h"
#include "node/followed_finality.h"
#include "node/home_files.h"
#include "node/witness.h"

namespace jangbu::node {
namespace {

namespace fs = std::filesystem;

Status check_home(const fs::path& home, u64 height) {
    std::error_code error;
    if (!fs::is_directory(home, error))
        return fail(ErrorCode::not_found, "there is no folder " + home.string());
    for (const char* name : {"last-signed", "next-epoch", "validator.keystore"})
        if (fs::exists(home / name, error))
            return fail(ErrorCode::conflict,
                        home.string() + " is the home of a node that signs (" + name +
                            " is there): taken back, it would sign two blocks of one height. "
                            "`jangbud restore` goes on from a backup, in a new epoch");
    if (!fs::exists(home / "genesis.bin", error) || !fs::exists(home / "chain", error))
        return fail(ErrorCode::conflict,
                    home.string() +
                        " is no follower's home and no backup: it lacks genesis.bin or "
                        "chain");
    const auto mark = TRY(Witness::read_mark(home / "last-cosigned"));
    if (mark && mark->header.height > height)
        return fail(ErrorCode::conflict,
                    home.string() + " is the home of a witness that cosigned " +
                        ledger::height_text(mark->header.height) +
                        ": who relies on it was told of that head, and its mark convicts who signs "
                        "another. Keep this folder as it is; follow in another one, with a new "
                        "witness key if it shall cosign");
    return {};
}

// Nothing if it cannot be said: the last input may have no outcome, and nobody's word here.
Result<std::optional<LeftBlocks::Block>> left_block(const ledger::BlockLog& blocks,
                                                    const FollowedFinality& finality, u64 height) {
    Result<ledger::BlockRecord> block = blocks.block(height);
    if (block) return LeftBlocks::Block{{block->header, block->finality}, std::move(block->input)};
    if (block.error().code != ErrorCode::not_found) return std::unexpected(block.error());
    const auto known = finality.find(height);
    if (!known) return std::nullopt;
    const Result<Bytes> input = blocks.input(height);
    return LeftBlocks::Block{*known, input ? *input : Bytes()};
}

// From the log, then what the follower was about to take.
Result<LeftBlocks> gather(const ledger::BlockLog& blocks, const FollowedFinality& finality,
                          u64 height, u64 last) {
    if (last - height > LeftBlocks::blocks_max)
        return fail(ErrorCode::limit_exceeded,
                    std::to_string(last - height) + " blocks stand above " +
                        ledger::height_text(height) +
                        ": begin anew from a snapshot, in another folder");
    LeftBlocks left;
    std::size_t room = LeftBlocks::inputs_bytes_max;
    for (u64 above = height + 1; left.blocks.size() < LeftBlocks::blocks_max; ++above) {
        auto block = TRY(left_block(blocks, finality, above));
        if (!block && above > last) break;
        if (!block) continue;
        if (block->input.size() > room) block->input.clear();
        room -= block->input.size();
        left.blocks.push_back(std::move(*block));
    }
    return left;
}

// Named by what is in it, so that a second run of one that was cut short finds its own.
Result<fs::path> keep(const fs::path& home, const LeftBlocks& left, u64 height) {
    const Bytes content = bcs::encode(left);
    const std::string digest = to_hex(crypto::sha256(content)).substr(0, 8);
    const fs::path file =
        home / ("left-blocks-above-" + std::to_string(height) + "-" + digest + ".bin");
    TRY(write_file_atomically(file, content, FileMode::world_readable));
    return file;
}

}  // namespace

// The file, then the cosignatures, then the ledger in one step: a crash leaves the old head with
// all that matters of it, or the new one.
Result<TakenBack> take_back(const fs::path& home, u64 height) {
    TRY(check_home(home, height));
    const ledger::GenesisFile genesis = TRY(read_genesis(home / "genesis.bin"));
    const FollowedFinality finality = TRY(FollowedFinality::open(home / "followed-finality"));
    ledger::Stores stores =
        TRY(ledger::open_stores(home / "chain", ledger::chain_id(genesis.genesis)));
    TakenBack taken;
    taken.from = std::max(TRY(stores.blocks->last_input_height()), stores.base->height());
    if (height > taken.from)
        return fail(ErrorCode::conflict,
                    home.string() + " stands at " + ledger::height_text(taken.from) + ", below " +
                        ledger::height_text(height) + ": nothing to take back");
    if (height < taken.from) {
        TRY(ledger::check_way_back(stores, height));
        LeftBlocks left = TRY(gather(*stores.blocks, finality, height, taken.from));
        left.chain = ledger::chain_id(genesis.genesis);
        std::error_code error;
        std::unique_ptr<Cosignatures> cosignatures;
        if (fs::exists(home / "cosignatures", error))
            cosignatures = TRY(Cosignatures::open(home / "cosignatures", {}));
        if (cosignatures) left.cosignatures = cosignatures->above(height);
        taken.cosignatures = left.cosignatures.size();
        taken.left_blocks = TRY(keep(home, left, height));
        if (cosignatures) TRY(cosignatures->forget_above(height));
    }
    market::MarketRules rules;
    Config config;
    config.chain_folder = home / "chain";
    ledger::Chain::Options options = chain_options(config, true);
    options.signs_genesis = false;
    options.head_height = height;
    const auto chain =
        TRY(ledger::Chain::open(std::move(stores), genesis, rules, finality.signer(), options));
    const ledger::SnapshotPtr head = chain->head();
    taken.height = head->header.height;
    taken.head = head->hash;
    return taken;
}

}  // namespace jangbu::node
