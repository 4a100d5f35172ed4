// Block validation with everything included: signed transactions of the market's own operations go
// from bytes to a durable, committed block, through ledger::Chain over real folders: first block by
// block, stage by stage; beside it, within the same seconds, the same blocks on a second ledger
// whose signatures libsodium verifies one by one on the same threads, and whose state lies in
// RocksDB; then once more as a stream, as who follows has them.
//
//     validation_bench [--keys N] [--block N] [--blocks N] [--threads N] [--no-peer]
//                      [--folder DIR] [--json FILE]
//
// Prepared outside the clock: keys, transactions, the bytes of each block, and the seal of the
// header. No signature was verified before. Every transaction must be accepted, and all ledgers
// must reach the same head. Usually started by scripts/bench validation.
#include <sodium.h>
#include <sys/utsname.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <iostream>

#include "base/folder.h"
#include "base/log.h"
#ifdef JANGBU_ROCKSDB
#include "benches/validation/rocks_store.h"
#endif
#include "benches/validation/report.h"
#include "benches/validation/traffic.h"
#include "crypto/batch_verifier.h"
#include "crypto/cpu.h"
#include "market/market_rules.h"

using namespace jangbu;
using namespace jangbu::bench;
namespace fs = std::filesystem;

namespace {

template <class Answer>
void need(const Answer& answer) {
    if (!answer) stop(answer.error().detail);
}

// The engine with the keys of the ledger prepared, as a node has them.
class EngineChecker final : public ledger::SignatureChecker {
public:
    EngineChecker(const Town& town, base::WorkerPool& pool) : engine_(keys_, &pool) {
        std::vector<crypto::PublicKey> all;
        for (const Townsman* one : {&town.agent, &town.agency})
            all.push_back(one->transact.public_key());
        for (const Townsman& one : town.members) {
            all.push_back(one.transact.public_key());
            all.push_back(one.deliver.public_key());
        }
        keys_.remember(all);
    }
    void check(std::span<const crypto::Claim> claims, std::span<bool> verdicts) override {
        engine_.verify(claims, verdicts);
    }

private:
    crypto::KeyCache keys_;
    crypto::BatchVerifier engine_;
};

class LibsodiumChecker final : public ledger::SignatureChecker {
public:
    explicit LibsodiumChecker(base::WorkerPool& pool) : pool_(pool) {}
    void check(std::span<const crypto::Claim> claims, std::span<bool> verdicts) override {
        pool_.run(claims.size(), [&](std::size_t i) {
            const crypto::Claim& one = claims[i];
            verdicts[i] =
                crypto_sign_verify_detached(one.signature.data(), one.message.data(),
                                            one.message.size(), one.key.bytes.data()) == 0;
        });
    }

private:
    base::WorkerPool& pool_;
};

struct TemporaryFolder {
    explicit TemporaryFolder(const std::string& base) {
        std::string name =
            ((base.empty() ? fs::temp_directory_path() : fs::path(base)) / "jangbu-bench-XXXXXX")
                .string();
        if (!::mkdtemp(name.data())) stop("cannot make a folder like " + name);
        path = name;
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        fs::remove_all(path, ignored);
    }
    fs::path path;
};

u64 bytes_of(const fs::path& folder) {
    const Result<u64> bytes = base::folder_bytes(folder);
    need(bytes);
    return *bytes;
}
double mebibytes(u64 bytes) {
    return static_cast<double>(bytes) / (1 << 20);
}
// A line of /proc/self/status, in MiB.
double memory_mib(const std::string& line) {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;)
        if (word == line) {
            double kib = 0;
            status >> kib;
            return kib / 1'024;
        }
    return 0;
}

using StatesPtr = std::unique_ptr<ledger::StateStore>;

// The store under the peer.
#ifdef JANGBU_ROCKSDB
constexpr const char* peer_store = "RocksDB";
Result<StatesPtr> open_peer_states(const fs::path& folder) {
    return open_rocks_store(folder);
}
#else
constexpr const char* peer_store = "our store, since RocksDB is not installed";
Result<StatesPtr> open_peer_states(const fs::path& folder) {
    return ledger::open_state_store(folder);
}
#endif

// The start of a ledger whose state is too large for a genesis file: the state stores are made
// first, in parts, and the last part brings the marker that counts.
class Founding {
public:
    explicit Founding(std::vector<StatesPtr> stores) : stores_(std::move(stores)) {}

    void add(StateKey key, Bytes value) {
        some_.emplace(key, value);
        tree_.add(std::move(key), std::move(value));
        if (some_.size() == together) flush({});
    }
    ledger::GenesisFile end(const crypto::SigningKey& operate) {
        ledger::GenesisFile file;
        file.genesis = {
            "bench", Town::genesis_ms, 1, {{{operate.public_key(), 1}}}, tree_.take().root()};
        const ledger::Header zero = header_zero(file.genesis);
        flush({0, header_hash(zero), zero.state_root});
        stores_.clear();
        return file;
    }

private:
    static constexpr std::size_t together = 100'000;

    void flush(const ledger::StateStore::Marker& marker) {
        for (const StatesPtr& store : stores_) need(store->flush({&some_, 1}, marker, {}));
        some_.clear();
    }

    std::vector<StatesPtr> stores_;
    ledger::StateTree::Builder tree_;
    ledger::StateTree::Changes some_;
};

// One ledger in a folder, and the costs of its blocks.
class MeasuredLedger {
public:
    MeasuredLedger(const fs::path& folder, const ledger::GenesisFile& genesis,
                   ledger::SignatureChecker& below, const crypto::SigningKey& operate, bool is_peer,
                   ledger::StateRoom room)
        : folder_(folder),
          genesis_(genesis),
          checker_(below, clock_),
          operate_(operate),
          is_peer_(is_peer),
          room_(std::move(room)) {
        open();
    }

    void open() {
        chain_.reset();
        rules_ = market::MarketRules();
        auto states = is_peer_ ? open_peer_states(folder_ / "state")
                               : ledger::open_state_store(folder_ / "state");
        need(states);
        auto stores = open_measured_stores(folder_, ledger::chain_id(genesis_.genesis), clock_,
                                           std::move(*states));
        need(stores);
        const auto seal = [this](const ledger::Header&,
                                 const ledger::HeaderHash& hash) -> Result<ledger::SoloFinality> {
            return sign(hash);
        };
        auto chain = ledger::Chain::open(
            std::move(*stores), genesis_, rules_, seal,
            {.flushes_aside = false, .signatures = &checker_, .state_room = room_});
        need(chain);
        chain_ = std::move(*chain);
        clock_.take();
    }

    // Station by station; gives the bytes of the block.
    RecordedBlock commit(const MadeBlock& made) {
        const ledger::SnapshotPtr head = chain_->head();
        Bytes bytes =
            encode(ledger::BlockInput{head->header.epoch, head->header.height + 1,
                                      head->header.time_ms + 1'000, head->hash, made.transactions});
        clock_.take();
        auto input = clock_.run(Stage::decode, [&] { return decode_block_input(bytes, rules_); });
        need(input);
        need(clock_.run(Stage::documents, [&] { return chain_->store_documents(made.documents); }));
        need(clock_.run(Stage::check, [&] { return chain_->append(std::move(*input)); }));
        auto execution = clock_.run(Stage::execute, [&] { return chain_->execute(); });
        need(execution);
        for (const ledger::Receipt& receipt : execution->receipts)
            if (receipt.code != ledger::accepted)
                stop("a transaction was rejected with " + std::to_string(receipt.code));
        const ledger::SoloFinality seal = sign(execution->hash);
        need(clock_.run(Stage::publish,
                        [&] { return chain_->commit(std::move(*execution), seal); }));
        costs_.push_back(clock_.take());
        return {std::move(bytes), made.documents, seal};
    }

    void close() { chain_.reset(); }
    void forget_costs() { costs_.clear(); }
    const std::vector<BlockCost>& costs() const { return costs_; }
    const ledger::Chain& chain() const { return *chain_; }

private:
    ledger::SoloFinality sign(const ledger::HeaderHash& hash) const {
        return {operate_.public_key(), operate_.sign(crypto::domain::header, hash.bytes)};
    }

    const fs::path folder_;
    const ledger::GenesisFile& genesis_;
    StageClock clock_;
    MeasuredChecker checker_;
    const crypto::SigningKey& operate_;
    const bool is_peer_;
    const ledger::StateRoom room_;
    market::MarketRules rules_;
    std::unique_ptr<ledger::Chain> chain_;
    std::vector<BlockCost> costs_;
};

void run(const Options& options) {
    base::WorkerPool pool(options.threads);
    TemporaryFolder folder(options.folder);
    std::fprintf(stderr, "validation_bench: making %llu keys\n",
                 static_cast<unsigned long long>(options.keys));
    const crypto::SigningKey operate(Random(9).bytes<32>());
    std::vector<StatesPtr> stores;
    const auto keep = [&](Result<StatesPtr> store) {
        need(store);
        stores.push_back(std::move(*store));
    };
    keep(ledger::open_state_store(folder.path / "ours" / "state"));
    if (!options.no_peer) {
        fs::create_directories(folder.path / "peer");
        keep(open_peer_states(folder.path / "peer" / "state"));
    }
    Founding founding(std::move(stores));
    Town town(options.keys, 1, pool,
              [&](StateKey key, Bytes value) { founding.add(std::move(key), std::move(value)); });
    const u64 keys = town.entry_count;
    const ledger::GenesisFile genesis = founding.end(operate);
    EngineChecker engine(town, pool);
    LibsodiumChecker libsodium(pool);
    fs::copy(folder.path / "ours", folder.path / "stream", fs::copy_options::recursive);
    const u64 disk_before = bytes_of(folder.path / "ours");

    const ledger::StateRoom room = {options.state_mib << 20, folder.path};
    MeasuredLedger ours(folder.path / "ours", genesis, engine, operate, false, room);
    std::optional<MeasuredLedger> peer;
    if (!options.no_peer)
        peer.emplace(folder.path / "peer", genesis, libsodium, operate, true, room);
    Traffic traffic(town, ours.chain().id(), options.block, 7, pool);
    std::vector<RecordedBlock> recorded;
    for (u64 i = 0; i < Traffic::warm_up_blocks + options.blocks; ++i) {
        if (i == Traffic::warm_up_blocks) {
            ours.forget_costs();
            if (peer) peer->forget_costs();
        }
        std::fprintf(stderr, "\rvalidation_bench: block %llu ",
                     static_cast<unsigned long long>(i + 1));
        const MadeBlock block = traffic.next();
        recorded.push_back(ours.commit(block));
        if (peer) peer->commit(block);
    }
    std::fprintf(stderr, "\n");
    if (peer && ours.chain().head()->hash != peer->chain().head()->hash)
        stop("the two ledgers have different heads");

    utsname system{};
    ::uname(&system);
    std::printf("%s, engine %s, %u threads; %llu keys at the start, %zu at the end\n",
                system.machine, std::string(crypto::name(crypto::tier())).c_str(), options.threads,
                static_cast<unsigned long long>(keys), ours.chain().head()->state.size());
    Report report(options, ours.costs());
    report.stages();
    report.blocks();
    const double disk = mebibytes(bytes_of(folder.path / "ours"));
    std::printf(
        "disk %.0f MiB, of which state at the start %.0f; memory %.0f MiB without pages of files, "
        "%.0f with them, at most %.0f%s\n",
        disk, mebibytes(disk_before), memory_mib("RssAnon:"), memory_mib("VmRSS:"),
        memory_mib("VmHWM:"), peer ? " (two ledgers and the traffic)" : "");
    report.add({"disk", disk, "MiB", "", 0});
    report.add({"memory", memory_mib("RssAnon:"), "MiB", "", 0});
    const ledger::HeaderHash head = ours.chain().head()->hash;
    const auto from = std::chrono::steady_clock::now();
    ours.open();
    const double start_s =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - from).count();
    if (ours.chain().head()->hash != head) stop("the ledger opens with another head");
    std::printf("start from disk, all %llu blocks checked: %.2f s\n",
                static_cast<unsigned long long>(Traffic::warm_up_blocks + options.blocks), start_s);
    report.add({"start", start_s, "s", "", 0});
    ours.close();
    base::WorkerPool execution_pool(options.threads);
    report.stream(run_stream(folder.path / "stream", genesis, engine, execution_pool, recorded,
                             Traffic::warm_up_blocks, room),
                  head);
    if (peer) report.peer(peer->costs(), peer_store);
    if (!options.json.empty()) report.write();
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app("Block validation with everything included, beside libsodium.",
                 "validation_bench");
    app.add_option("--keys", options.keys, "entries of the state at the start")
        ->check(CLI::Range(1, 200'000'000));
    app.add_option("--block", options.block, "transactions a block")
        ->check(CLI::Range(100, 60'000));
    app.add_option("--blocks", options.blocks, "measured blocks")->check(CLI::Range(1, 1'000));
    app.add_option("--threads", options.threads, "threads of the pool")->check(CLI::Range(1, 64));
    app.add_option("--state-mib", options.state_mib,
                   "memory for the state's values; the rest is in a file");
    app.add_flag("--no-peer", options.no_peer, "without the second ledger");
    app.add_option("--folder", options.folder, "where the ledgers are made (a temporary folder)");
    app.add_option("--json", options.json, "write rows {name, value, unit, peer, ratio}");
    CLI11_PARSE(app, argc, argv);
    if (sodium_init() < 0) stop("libsodium does not start");
    base::log::set_level(base::log::Level::warn);
    run(options);
    return 0;
}
