// A snapshot and a prune, ended at each of their durable steps: by a kill inside the call, by a
// call that fails, and by a loss of power after it. A start must then find the same head, state
// and headers, and whatever is above the base; and a second prune must come to its end.
//
// `trials` is how many images are made at chance for each event, beside the two that lose all and
// nothing. Each start is a process of its own.
#include <cerrno>

#include "base/file.h"
#include "ledger/snapshot_reader.h"
#include "tests/faults/campaign.h"
#include "tests/faults/crash_image.h"
#include "tests/faults/small_chain.h"

namespace jangbu::test::faults {
namespace {

namespace fs = std::filesystem;
using namespace ledger;

constexpr u64 blocks_pruned = 30;

class Pruned {
public:
    explicit Pruned(const Options& options) : options_(options), random_(options.seed) {}
    Tally run();

private:
    Result<std::unique_ptr<Chain>> open(const fs::path& folder);
    Status prune(const fs::path& folder, std::size_t times);
    Status check(const fs::path& folder);
    std::string child(const std::function<Status()>& work) const {
        return in_process(ground_ / "said", work);
    }
    void judge(const std::string& name);

    const Options options_;
    std::mt19937_64 random_;
    const Ground ground_;
    const GenesisFile genesis_ = small_genesis().finish();
    PutMap application_;
    std::vector<SignedHeader> headers_;  // as they were before, by height
    Tally tally_;
};

Result<std::unique_ptr<Chain>> Pruned::open(const fs::path& folder) {
    application_ = PutMap();
    return Chain::open(folder, genesis_, application_, sign_any, {4});
}

// A snapshot of the head and all below it removed; a block; the same again.
Status Pruned::prune(const fs::path& folder, std::size_t times) {
    for (std::size_t i = 0; i < times; ++i) {
        const auto chain = TRY(open(folder));
        TRY(chain->write_snapshot(*chain->head()));
        TRY(chain->prune(chain->head()->header.height));
        TRY(add_block(*chain));
    }
    return {};
}

Status Pruned::check(const fs::path& folder) {
    const auto bad = [](const std::string& what) { return fail(ErrorCode::corrupted, what); };
    const auto chain = TRY(open(folder));
    const SnapshotPtr head = chain->head();
    const u64 height = head->header.height;
    if (height < blocks_pruned) return bad("the head is at " + std::to_string(height));
    StateTree::Changes entries;
    head->state.for_each(
        [&](ByteView key, ByteView value) { entries[to_bytes(key)] = to_bytes(value); });
    if (StateTree().updated(entries).root() != head->header.state_root) return bad("another state");
    for (u64 h = 1; h <= blocks_pruned; ++h)
        if (TRY(chain->header(h)) != headers_[h]) return bad("another header");
    for (u64 h = chain->base_height() + 1; h <= height; ++h) TRY(chain->blocks().block(h));
    if (chain->used_count() != height) return bad("an id is not used any more");
    for (const u64 at : TRY(snapshot_heights(chain->base()->snapshots()))) {
        const auto named = chain->base()->snapshots() / SnapshotReader::folder_name(at);
        const SnapshotReader reader = TRY(SnapshotReader::open(named, chain->genesis()));
        const auto headers = [&](u64 of) -> Result<Header> {
            return TRY(chain->header(of)).header;
        };
        TRY(reader.verify(headers));
    }
    return {};
}

void Pruned::judge(const std::string& name) {
    const fs::path folder = ground_ / "chain";
    ++tally_.trials;
    tally_.acknowledged += blocks_pruned;
    std::string wrong = child([&] { return check(folder); });
    if (wrong.empty())
        wrong = child([&]() -> Status {
            TRY(prune(folder, 1));
            return check(folder);
        });
    if (wrong.empty())
        ++tally_.same;
    else
        tally_.found(name, wrong);
}

Tally Pruned::run() {
    const fs::path kept = ground_ / "kept";
    const fs::path folder = ground_ / "chain";
    fs::create_directories(kept);
    const fs::path list = ground_ / "headers";
    std::string wrong = child([&]() -> Status {
        const auto chain = TRY(open(kept));
        Bytes all;
        for (u64 height = 1; height <= blocks_pruned; ++height) {
            TRY(add_block(*chain));
            const Bytes one = bcs::encode(TRY(chain->header(height)));
            all.insert(all.end(), one.begin(), one.end());
        }
        return base::write_file_atomically(list, all, base::FileMode::owner_only);
    });
    if (!wrong.empty()) tally_.found("the ledger", wrong);
    if (!wrong.empty()) return tally_;
    const Bytes all = base::read_file(list, 1 << 20).value();
    headers_.emplace_back();
    for (u64 height = 1; height <= blocks_pruned; ++height)
        headers_.push_back(
            bcs::decode<SignedHeader>(ByteView(all).subspan((height - 1) * HeaderFile::header_bytes,
                                                            HeaderFile::header_bytes))
                .value());
    for (const int error : {0, EIO, ENOSPC})
        for (u64 at = 1;; ++at) {
            copy_folder(kept, folder);
            wrong = child([&] {
                FaultyDisk::watch(folder);
                FaultyDisk::set_fault({calls_change, at, error, false});
                const Status done = prune(folder, 2);
                return FaultyDisk::failures() > 0 ? Status() : done;
            });
            const bool is_over = error == 0 ? wrong != "killed" : at > 400;
            if (is_over || tally_.is_over(options_)) break;
            judge((error == 0     ? "kill at "
                   : error == EIO ? "EIO at "
                                  : "ENOSPC at ") +
                  std::to_string(at));
        }
    copy_folder(kept, folder);
    const fs::path recorded = ground_ / "recording";
    wrong = child([&]() -> Status {
        FaultyDisk::watch(folder);
        FaultyDisk::record();
        TRY(prune(folder, 2));
        FaultyDisk::stop();
        return base::write_file_atomically(recorded, encode(FaultyDisk::take_recording()),
                                           base::FileMode::owner_only);
    });
    if (!wrong.empty()) tally_.found("the recorded prune", wrong);
    if (!wrong.empty()) return tally_;
    const Recording recording = read_recording(recorded);
    std::size_t settled = 0;
    while (recording[settled].act != Act::settled) ++settled;
    for (std::size_t at = settled + 1; at <= recording.size(); ++at) {
        if (tally_.is_over(options_)) return tally_;
        for (u64 image = 0; image < 2 + options_.trials; ++image) {
            const Loss loss = image == 0   ? Loss::everything_unsynced
                              : image == 1 ? Loss::nothing_unsynced
                                           : Loss::chance;
            write_crash_image(recording, at, loss, random_, folder);
            judge("power cut at " + std::to_string(at) + ", image " + std::to_string(image));
        }
    }
    return tally_;
}

}  // namespace

Tally prune_campaign(const Options& options) {
    return Pruned(options).run();
}

}  // namespace jangbu::test::faults
