// A ledger that goes back to its engine's head, ended at each of its durable steps: by a kill
// inside the call, by a call that fails, and by a loss of power after it. A start must then find
// the old head or the new one, whole; and going back again must come to its end, and the ledger go
// on.
//
// `trials` is how many images are made at chance for each event, beside the two that lose all and
// nothing.
#include <cerrno>

#include "base/file.h"
#include "tests/faults/campaign.h"
#include "tests/faults/crash_image.h"
#include "tests/faults/small_chain.h"

namespace jangbu::test::faults {
namespace {

namespace fs = std::filesystem;
using namespace ledger;

constexpr u64 blocks_taken = 30;
constexpr u64 failing_calls_max = 400;
constexpr u64 other_salt = 1'000;  // of the block that follows the way back

class TakenBack {
public:
    TakenBack(const Options& options, u64 to) : options_(options), to_(to) {}
    Tally run();

private:
    Result<std::unique_ptr<Chain>> open(const fs::path& folder, std::optional<u64> head = {});
    Status go_back(const fs::path& folder);
    Status check(const fs::path& folder, std::optional<u64> head);
    std::string child(const std::function<Status()>& work) const {
        return in_process(ground_ / "said", work);
    }
    void judge(const std::string& name);
    bool make_ledger();
    void fail_calls();
    void cut_power();

    const Options options_;
    const u64 to_;
    std::mt19937_64 random_{options_.seed};
    const Ground ground_;
    const fs::path kept_ = ground_ / "kept";
    const fs::path folder_ = ground_ / "chain";
    const GenesisFile genesis_ = small_genesis().finish();
    PutMap application_;
    std::vector<Header> headers_;  // as they were before, by height
    Tally tally_;
};

// The state store stands at 28 when all blocks are there.
Result<std::unique_ptr<Chain>> TakenBack::open(const fs::path& folder, std::optional<u64> head) {
    application_ = PutMap();
    Chain::Options options{.flush_every_blocks = 4, .undo_blocks = 20};
    options.head_height = head;
    return Chain::open(folder, genesis_, application_, sign_any, options);
}

Status TakenBack::go_back(const fs::path& folder) {
    const auto chain = TRY(open(folder, to_));
    return add_block(*chain, other_salt);
}

// What stands up to `to` is what stood there; above it all of the old blocks, or the other one.
Status TakenBack::check(const fs::path& folder, std::optional<u64> head) {
    const auto bad = [](const std::string& what) { return fail(ErrorCode::corrupted, what); };
    const auto chain = TRY(open(folder, head));
    const u64 height = chain->head()->header.height;
    const bool is_old = chain->head()->header == headers_[blocks_taken];
    if (head ? height != *head : !is_old && height != to_ && height != to_ + 1)
        return bad("the head is at " + std::to_string(height));
    TRY(check_head(*chain));
    for (u64 h = 1; h <= (is_old ? blocks_taken : to_); ++h)
        if (TRY(chain->blocks().block(h)).header != headers_[h]) return bad("another block");
    if (head) TRY(add_block(*chain, other_salt + 1));
    return {};
}

void TakenBack::judge(const std::string& name) {
    ++tally_.trials;
    tally_.acknowledged += to_;
    const fs::path copy = ground_ / "copy";
    copy_folder(folder_, copy);
    std::string wrong = child([&] { return check(copy, std::nullopt); });
    if (wrong.empty()) wrong = child([&] { return check(folder_, to_); });
    if (wrong.empty())
        wrong = child([&]() -> Status {
            const auto chain = TRY(open(folder_));
            if (chain->head()->header.height != to_ + 1)
                return fail(ErrorCode::corrupted, "the block after it is gone");
            return check_head(*chain);
        });
    if (wrong.empty())
        ++tally_.same;
    else
        tally_.found(name, wrong);
}

bool TakenBack::make_ledger() {
    fs::create_directories(kept_);
    const fs::path list = ground_ / "headers";
    const std::string wrong = child([&]() -> Status {
        const auto chain = TRY(open(kept_));
        Bytes all;
        for (u64 height = 1; height <= blocks_taken; ++height) {
            TRY(add_block(*chain));
            const Bytes one = bcs::encode(chain->head()->header);
            all.insert(all.end(), one.begin(), one.end());
        }
        return base::write_file_atomically(list, all, base::FileMode::owner_only);
    });
    if (!wrong.empty()) tally_.found("the ledger", wrong);
    if (!wrong.empty()) return false;
    const Bytes all = base::read_file(list, 1 << 20).value();
    const std::size_t each = all.size() / blocks_taken;
    headers_.emplace_back();
    for (u64 height = 1; height <= blocks_taken; ++height)
        headers_.push_back(
            bcs::decode<Header>(ByteView(all).subspan((height - 1) * each, each)).value());
    return true;
}

void TakenBack::fail_calls() {
    for (const int error : {0, EIO})
        for (u64 at = 1; at <= failing_calls_max && !tally_.is_over(options_); ++at) {
            copy_folder(kept_, folder_);
            const fs::path counted = ground_ / "counted";
            fs::remove(counted);
            const std::string wrong = child([&]() -> Status {
                FaultyDisk::watch(folder_);
                FaultyDisk::set_fault({calls_change, at, error, false});
                const Status done = go_back(folder_);
                if (FaultyDisk::failures() > 0) return {};
                FaultyDisk::stop();
                TRY(base::write_file_atomically(counted, {}, base::FileMode::owner_only));
                return done;
            });
            const bool is_over = fs::exists(counted);
            if (is_over && !wrong.empty()) tally_.found("the way back", wrong);
            if (is_over) break;
            judge((error == 0 ? "kill at " : "EIO at ") + std::to_string(at));
        }
}

void TakenBack::cut_power() {
    copy_folder(kept_, folder_);
    const fs::path recorded = ground_ / "recording";
    const std::string wrong = child([&]() -> Status {
        FaultyDisk::watch(folder_);
        FaultyDisk::record();
        TRY(go_back(folder_));
        FaultyDisk::stop();
        return base::write_file_atomically(recorded, encode(FaultyDisk::take_recording()),
                                           base::FileMode::owner_only);
    });
    if (!wrong.empty()) return tally_.found("the recorded way back", wrong);
    const Recording recording = read_recording(recorded);
    std::size_t settled = 0;
    while (recording[settled].act != Act::settled) ++settled;
    for (std::size_t at = settled + 1; at <= recording.size(); ++at)
        for (u64 image = 0; image < 2 + options_.trials; ++image) {
            if (tally_.is_over(options_)) return;
            const Loss loss = image == 0   ? Loss::everything_unsynced
                              : image == 1 ? Loss::nothing_unsynced
                                           : Loss::chance;
            write_crash_image(recording, at, loss, random_, folder_);
            judge("power cut at " + std::to_string(at) + ", image " + std::to_string(image));
        }
}

Tally TakenBack::run() {
    if (!make_ledger()) return tally_;
    fail_calls();
    cut_power();
    return tally_;
}

}  // namespace

// Over several segments and the state; over what the state store never held.
Tally take_back_campaign(const Options& options) {
    Tally all;
    for (const u64 to : {u64{13}, u64{28}, u64{29}}) {
        Tally one = TakenBack(options, to).run();
        all.trials += one.trials;
        all.acknowledged += one.acknowledged;
        all.same += one.same;
        all.findings.insert(all.findings.end(), one.findings.begin(), one.findings.end());
        if (all.is_over(options)) break;
    }
    return all;
}

}  // namespace jangbu::test::faults
