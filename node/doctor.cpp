#include "node/doctor.h"

#include <algorithm>

#include "base/file.h"
#include "base/folder.h"
#include "ledger/at_rest.h"
#include "ledger/chain.h"
#include "ledger/segment_damages.h"
#include "market/market_rules.h"
#include "node/chain_options.h"
#include "node/content_damages.h"
#include "node/followed_finality.h"
#include "node/home_files.h"
#include "node/last_signed.h"
#include "node/memory_watch.h"
#include "node/next_epoch.h"

namespace jangbu::node {
namespace {

namespace fs = std::filesystem;

constexpr const char* from_backup = "; restore the ledger from a backup";

bool is_there(const fs::path& path) {
    std::error_code error;
    return fs::exists(path, error);
}

class Examination {
public:
    Examination(const Config& config, const fs::path& scratch)
        : config_(config),
          chain_folder_(config.chain_folder),
          home_copy_(scratch / "home"),
          chain_copy_(scratch / "chain") {}

    Result<Diagnosis> run();

private:
    bool is_follower() const {
        return has_followed(config_.home) && !config_.validator_secret &&
               !is_there(config_.keystore_file) && !is_there(config_.home / "last-signed");
    }
    void look_at(std::string part) { found_.examined.push_back(std::move(part)); }
    void tell(std::string what, bool makes_start_refuse = true);
    void tell(const Error& error) { tell(error.detail); }

    void judge_keys();
    void judge_marks();
    fs::path mark_copy(const char* name) const;
    Status judge_block_log();
    Result<std::unique_ptr<ledger::BlockLog>> open_log() const;
    Result<bool> copy_store(const char* name);
    Status note_repair(const char* name, u64 lost_before, const std::string& way_out);
    Status judge_state();
    Status judge_state_entries(const ledger::StateStore& states) const;
    Status judge_documents();
    void judge_named_documents(const ledger::DocumentStore& documents);
    void judge_blocks();
    void judge_chain();
    Result<std::unique_ptr<ledger::Chain>> open_chain();
    Result<ledger::SoloFinality> sign(const ledger::Header& header, const ledger::HeaderHash& hash);
    void judge_head(const ledger::Snapshot& head);
    void judge_content();

    const Config& config_;
    const fs::path chain_folder_;
    const fs::path home_copy_;   // of the marks
    const fs::path chain_copy_;  // of state and documents
    market::MarketRules rules_;
    Diagnosis found_;
    std::optional<ledger::GenesisFile> genesis_;
    std::optional<crypto::SigningKey> validator_;
    std::optional<LastSigned> last_signed_;
    std::optional<FollowedFinality> finality_;
    std::unique_ptr<ledger::ChainBase> base_;
    bool log_opens_ = false;
    bool state_is_whole_ = true;
    bool documents_are_whole_ = true;
};

void replace_all(std::string& text, const std::string& from, const std::string& to) {
    for (std::size_t at = text.find(from); at != std::string::npos;
         at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
}

// Paths of the copies are told as those of the home.
void Examination::tell(std::string what, bool makes_start_refuse) {
    replace_all(what, chain_copy_.string(), chain_folder_.string());
    replace_all(what, home_copy_.string(), config_.home.string());
    const bool is_told = std::ranges::find(found_.damages, what, &Damage::what) !=
                         found_.damages.end();  // by what opens the same again
    if (!is_told)
        found_.damages.push_back({found_.examined.back(), std::move(what), makes_start_refuse});
}

Result<Diagnosis> Examination::run() {
    std::error_code error;
    fs::create_directories(home_copy_, error);
    fs::create_directories(chain_copy_, error);
    if (error) return fail(ErrorCode::io, "cannot make " + chain_copy_.string());
    look_at("genesis");
    if (auto genesis = read_genesis(config_.genesis_file))
        genesis_ = std::move(*genesis);
    else
        tell(genesis.error());
    if (!is_follower()) judge_keys();
    judge_marks();
    if (genesis_) TRY(judge_block_log());
    TRY(judge_state());
    TRY(judge_documents());
    if (log_opens_) judge_chain();
    judge_content();
    return std::move(found_);
}

void Examination::judge_keys() {
    look_at("keystore");
    if (!config_.validator_secret && !is_there(config_.keystore_file))
        return tell(config_.keystore_file.string() +
                    " is missing; `jangbu keys export-operate` makes it again");
    if (!genesis_ || !config_.validator_secret) return;
    auto key = validator_key(config_, genesis_->genesis);
    if (key)
        validator_.emplace(std::move(*key));
    else
        tell(key.error().detail + "; `jangbu keys export-operate` makes it again");
}

fs::path Examination::mark_copy(const char* name) const {
    std::error_code error;
    if (is_there(config_.home / name)) fs::copy_file(config_.home / name, home_copy_ / name, error);
    return home_copy_ / name;
}

// On copies, since a start writes them.
void Examination::judge_marks() {
    look_at("marks");
    if (is_follower()) {
        if (auto finality = FollowedFinality::open(mark_copy("followed-finality")))
            finality_.emplace(std::move(*finality));
        else
            tell(finality.error());
    } else if (auto last = LastSigned::open(mark_copy("last-signed"))) {
        last_signed_.emplace(std::move(*last));
    } else {
        tell(last.error());
    }
    // Means something only until its epoch is opened; judge_head looks at it again.
    if (const auto next = read_next_epoch(config_.home / "next-epoch"); !next)
        tell(next.error().detail, false);
}

Result<std::unique_ptr<ledger::BlockLog>> Examination::open_log() const {
    return ledger::open_block_log(chain_folder_ / "blocks", ledger::chain_id(genesis_->genesis),
                                  base_->height());
}

Status Examination::judge_block_log() {
    look_at("block log");
    const fs::path folder = chain_folder_ / "blocks";
    const ledger::ChainId chain = ledger::chain_id(genesis_->genesis);
    auto base = ledger::ChainBase::open(chain_folder_, chain);
    if (!base) {
        tell(base.error());
        return {};
    }
    base_ = std::move(*base);
    if (!is_there(folder / "segments")) {
        // Of a node that never started nothing is there yet.
        const bool began = is_there(chain_folder_) || is_there(config_.home / "last-signed");
        if (began) tell((folder / "segments").string() + " is missing" + from_backup);
        return {};
    }
    const auto log = open_log();
    if (log) {
        const auto tip = (*log)->tip();
        if (!tip) tell(tip.error());
        log_opens_ = true;
        return {};
    }
    if (log.error().detail.find("is held") != std::string::npos)
        return fail(ErrorCode::conflict, log.error().detail + "; stop the node first");
    // Opening tells the first damage.
    const std::vector<std::string> all =
        ledger::segment_damages(folder / "segments", chain, base_->height() > 0);
    for (const std::string& one : all) tell(one + from_backup);
    if (all.empty()) tell(log.error());
    return {};
}

// True if LevelDB's folder is there.
Result<bool> Examination::copy_store(const char* name) {
    if (!is_there(chain_folder_ / name)) return false;
    TRY(base::copy_folder(chain_folder_ / name, chain_copy_ / name));
    return true;
}

Result<u64> lost_bytes(const fs::path& folder) {
    return is_there(folder / "lost") ? base::folder_bytes(folder / "lost") : Result<u64>(0);
}

// What opening LevelDB put together.
Status Examination::note_repair(const char* name, u64 lost_before, const std::string& way_out) {
    const u64 lost = TRY(lost_bytes(chain_copy_ / name));
    if (lost != lost_before || (lost == 0 && is_there(chain_copy_ / name / "lost")))
        tell((chain_folder_ / name).string() +
                 ": LevelDB's files are damaged, and a start puts them together; " + way_out,
             false);
    return {};
}

Status Examination::judge_state() {
    look_at("state");
    state_is_whole_ = TRY(copy_store("state"));
    if (!state_is_whole_) return {};  // made again
    const u64 lost = TRY(lost_bytes(chain_copy_ / "state"));
    const auto opened = ledger::open_state_store(chain_copy_ / "state");
    const Status whole = opened ? judge_state_entries(**opened) : std::unexpected(opened.error());
    if (!whole) {
        state_is_whole_ = false;
        tell(whole.error());
        return {};
    }
    return note_repair("state", lost, "or delete this folder, it is made again from the block log");
}

Status Examination::judge_state_entries(const ledger::StateStore& states) const {
    const auto marker = TRY(states.marker());
    ledger::StateTree::Changes entries;
    TRY(states.load([&](ledger::StateKey key, Bytes value) {
        entries.emplace(std::move(key), std::move(value));
    }));
    if (!marker || ledger::StateTree().updated(entries).root() == marker->state_root) return {};
    return fail(ErrorCode::corrupted,
                (chain_folder_ / "state").string() +
                    ": its entries do not have the state root of its marker; delete this folder, "
                    "it is made again from the block log");
}

Status Examination::judge_documents() {
    look_at("documents");
    if (!TRY(copy_store("documents"))) return {};  // if a block names one, the chain tells
    const u64 lost = TRY(lost_bytes(chain_copy_ / "documents"));
    const auto opened = ledger::open_document_store(chain_copy_ / "documents");
    if (!opened) {
        documents_are_whole_ = false;
        tell(opened.error());
        return {};
    }
    if (const auto checked = (*opened)->check(); !checked) {
        documents_are_whole_ = false;
        tell(checked.error());
        judge_named_documents(**opened);
    }
    return note_repair("documents", lost,
                       "if it then lacks a document, restore the ledger from a backup");
}

// As ledger/recovery.cpp: a tombstone speaks for the blocks before it.
bool is_pruned(const ledger::DocumentStore& documents, const ledger::DocumentHash& hash,
               u64 height) {
    const auto tombstone = documents.tombstone(hash);
    return tombstone && *tombstone && (*tombstone)->height >= height;
}

// Checking tells the first; of those that blocks name each is told.
void Examination::judge_named_documents(const ledger::DocumentStore& documents) {
    if (!log_opens_) return;
    const auto log = open_log();
    if (!log) return;
    const u64 last = (*log)->last_input_height().value_or(0);
    for (u64 height = base_->height() + 1; height <= last; ++height) {
        const auto bytes = (*log)->input(height);
        if (!bytes) continue;
        const auto input = ledger::decode_block_input(*bytes, rules_);
        if (!input) continue;
        for (const ledger::Transaction& transaction : input->transactions)
            for (const ledger::DocumentRef& ref : rules_.documents(transaction.body.operation))
                if (!documents.find(ref.hash) && !is_pruned(documents, ref.hash, height))
                    tell("chain/documents: document " + ref.hash.hex() + " of height " +
                         std::to_string(height) + " is missing or damaged" + from_backup);
    }
}

// The links and roots of what a log holds that is not executed.
void Examination::judge_blocks() {
    const auto log = open_log();
    if (!log) return;
    ledger::HeaderHash before = base_->height() > 0
                                    ? base_->header_hash()
                                    : ledger::header_hash(ledger::header_zero(genesis_->genesis));
    const u64 last = (*log)->last_input_height().value_or(0);
    for (u64 height = base_->height() + 1; height <= last; ++height) {
        const auto refuse = [&](const std::string& what) {
            tell("block log: height " + std::to_string(height) + ": " + what + from_backup);
        };
        const auto block = (*log)->block(height);
        if (!block && block.error().code == ErrorCode::not_found && height == last) return;
        if (!block) {
            refuse(block.error().detail);
            continue;
        }
        const ledger::Header& header = block->header;
        const auto input = ledger::decode_block_input(block->input, rules_);
        if (header.height != height || header.parent != before)
            refuse("does not follow from the height before");
        if (!input)
            refuse("its input: " + input.error().detail);
        else if (header.tx_root !=
                 ledger::tx_root(ledger::txids(header.chain_id, input->transactions),
                                 input->transactions))
            refuse("its transactions do not have the root of its header");
        if (header.receipt_root != ledger::receipt_root(block->receipts))
            refuse("its receipts do not have the root of its header");
        before = ledger::header_hash(header);
    }
}

// An input that a crash left without an outcome is executed in memory, and signed there.
Result<ledger::SoloFinality> Examination::sign(const ledger::Header& header,
                                               const ledger::HeaderHash& hash) {
    if (finality_) {
        const auto known = finality_->find(header.height);
        if (known && ledger::header_hash(known->header) == hash) return known->finality;
        return fail(ErrorCode::corrupted,
                    "the signature of block " + std::to_string(header.height) +
                        " is lost: delete the chain folder, it is followed again from genesis");
    }
    if (!validator_)
        return fail(ErrorCode::corrupted,
                    "block " + std::to_string(header.height) +
                        " waits for its signature, which needs the keystore: restore that first");
    if (last_signed_) TRY(last_signed_->record({header.epoch, header.height, hash}));
    return ledger::SoloFinality{validator_->public_key(),
                                validator_->sign(crypto::domain::header, hash.bytes)};
}

// A state that is damaged is left out: a start makes it again.
Result<std::unique_ptr<ledger::Chain>> Examination::open_chain() {
    ledger::Stores stores;
    stores.base = TRY(ledger::ChainBase::open(chain_folder_, ledger::chain_id(genesis_->genesis)));
    stores.blocks = ledger::reading_only(TRY(open_log()));
    stores.states =
        TRY(ledger::open_state_store(chain_copy_ / (state_is_whole_ ? "state" : "new-state")));
    stores.documents = TRY(ledger::open_document_store(chain_copy_ / "documents"));
    ledger::Chain::Options options;
    options.signs_genesis = validator_.has_value();
    options.state_room = {state_bytes_usual(0), chain_copy_};
    return ledger::Chain::open(
        std::move(stores), *genesis_, rules_,
        [this](const ledger::Header& header, const ledger::HeaderHash& hash) {
            return sign(header, hash);
        },
        options);
}

// Executed as a start would. Without its documents there is nothing to execute.
void Examination::judge_chain() {
    look_at("chain");
    if (!documents_are_whole_) return judge_blocks();
    auto chain = open_chain();
    if (!chain && state_is_whole_ &&
        chain.error().detail.find("state store") != std::string::npos) {
        tell(chain.error());
        state_is_whole_ = false;
        chain = open_chain();
    }
    if (!chain) {
        tell(chain.error());
        return judge_blocks();
    }
    const ledger::SnapshotPtr head = (*chain)->head();
    found_.height = head->header.height;
    judge_head(*head);
}

void Examination::judge_head(const ledger::Snapshot& head) {
    if (is_follower() || !last_signed_) return;
    look_at("last-signed");
    // The first start signs header 0.
    if (!is_there(config_.home / "last-signed") && head.header.height == 0) return;
    const LastSigned::Mark stands{head.header.epoch, head.header.height, head.hash};
    if (const Status fits = last_signed_->check_head(stands); !fits) return tell(fits.error());
    const auto awaited = last_signed_->awaits_epoch(stands);
    if (!awaited) return;
    const auto next = read_next_epoch(config_.home / "next-epoch");
    if (!next || !*next || (*next)->epoch != *awaited || (*next)->head != head.hash ||
        (*next)->height != head.header.height)
        tell((config_.home / "next-epoch").string() +
             " does not open the epoch that last-signed waits for: restore the ledger from its "
             "backup again");
}

void Examination::judge_content() {
    look_at("content store");
    for (ContentDamage& damage : content_damages(config_.store_folder))
        tell(std::move(damage.what), damage.makes_start_refuse);
}

}  // namespace

Result<Diagnosis> examine(const Config& config) {
    const base::ScratchFolder scratch = TRY(base::ScratchFolder::make(config.home));
    // A folder that was never opened has no lock, and gets none.
    const fs::path lock = config.chain_folder / "blocks" / "lock";
    const bool was_locked = is_there(lock);
    Result<Diagnosis> found = Examination(config, scratch.path()).run();
    std::error_code ignored;
    if (!was_locked) fs::remove(lock, ignored);
    return found;
}

}  // namespace jangbu::node
