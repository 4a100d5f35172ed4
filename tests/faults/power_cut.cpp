// Power cuts after every write, every sync and every name of a scripted run, and of recoveries.
//
// A run is recorded from an empty home to the end of the script, with six restarts in it, so that
// LevelDB compacts. For each event a disk is made that may be left when the power goes just after
// it; the node starts on it and goes on for a round. Of some of these starts the recording is cut
// again, at events of the recovery itself. `trials` is how many images are made at chance for each
// event, beside the two that lose all and nothing. Then the same after an fsync that failed, for
// each fsync of a run.
#include <cerrno>

#include "base/file.h"
#include "tests/faults/campaign.h"
#include "tests/faults/crash_image.h"

namespace jangbu::test::faults {
namespace {

constexpr std::size_t cut_groups = 2;
constexpr u64 second_cuts_every = 16;
constexpr std::size_t second_cuts = 6;

class PowerCuts {
public:
    explicit PowerCuts(const Options& options) : options_(options), random_(options.seed) {}
    Tally run();

private:
    void record();
    void fail_syncs();
    void check_recorder(const Recording& recording);
    void cut(const Recording& recording, const Acknowledged& before, std::size_t at, Loss loss,
             const std::string& name, bool cuts_again);

    const Options options_;
    std::mt19937_64 random_;
    const Script script_{cut_groups};
    const Ground ground_;
    // Lives of one home, one after the other; what clients knew before each.
    std::vector<std::pair<Recording, Acknowledged>> lives_;
    Tally tally_;
};

void PowerCuts::record() {
    script_.make_home(ground_ / "home");
    Acknowledged acknowledged;
    for (const u32 rounds : {6u, 1u, 1u, 1u, 1u, 1u, ~0u}) {
        const Acknowledged before = acknowledged;
        LifePlan plan(ground_ / "home");
        plan.rounds_max = rounds;
        plan.recording_file = ground_ / "recording";
        const LifeReport report = live(script_, acknowledged, plan);
        if (!report.opened || !report.finding.empty())
            tally_.found("the recorded run", report.refused + report.finding);
        lives_.emplace_back(read_recording(plan.recording_file), before);
    }
}

// An image that lost nothing is what is really there, byte for byte: the recorder saw everything.
void PowerCuts::check_recorder(const Recording& recording) {
    write_crash_image(recording, recording.size(), Loss::nothing_unsynced, random_,
                      ground_ / "image");
    for (const auto& entry : std::filesystem::recursive_directory_iterator(ground_ / "home")) {
        const auto name = entry.path().filename();
        if (entry.is_directory() || name == "LOG" || name == "LOG.old") continue;
        const auto relative = std::filesystem::relative(entry.path(), ground_ / "home");
        const auto real = base::read_file(entry.path(), 1 << 30);
        const auto image = base::read_file(ground_ / "image" / relative, 1 << 30);
        if (!real || !image || *real != *image)
            tally_.found("the recorder", relative.string() + " is not what was recorded");
    }
}

void PowerCuts::cut(const Recording& recording, const Acknowledged& before, std::size_t at,
                    Loss loss, const std::string& name, bool cuts_again) {
    const std::filesystem::path home = ground_ / (cuts_again ? "image" : "second");
    write_crash_image(recording, at, loss, random_, home);
    const Acknowledged known = told_until(recording, at, before);
    Acknowledged acknowledged = known;
    LifePlan plan(home, 1);
    const bool is_recorded = cuts_again && tally_.trials % second_cuts_every == 0;
    if (is_recorded) plan.recording_file = ground_ / "recording";
    const LifeReport report = live(script_, acknowledged, plan);
    ++tally_.trials;
    tally_.acknowledged += known.size();
    tally_.same += report.opened;
    if (!report.refused.empty()) tally_.found(name, "refused: " + report.refused);
    if (!report.finding.empty()) tally_.found(name, report.finding);
    if (!is_recorded || !report.ended) return;
    const Recording recovery = read_recording(plan.recording_file);
    std::size_t settled = 0;
    while (recovery[settled].act != Act::settled) ++settled;
    for (std::size_t i = 0; i < second_cuts && settled + 1 < recovery.size(); ++i) {
        const std::size_t again = settled + 1 + random_() % (recovery.size() - settled);
        cut(recovery, known, again, Loss::chance, name + ", then at " + std::to_string(again),
            false);
    }
}

Tally PowerCuts::run() {
    record();
    check_recorder(lives_.back().first);
    for (std::size_t life = 0; life < lives_.size(); ++life) {
        const auto& [recording, before] = lives_[life];
        std::size_t settled = 0;
        while (recording[settled].act != Act::settled) ++settled;
        for (std::size_t at = settled + 1; at <= recording.size(); ++at) {
            if (tally_.is_over(options_)) return tally_;
            const auto name = "life " + std::to_string(life) + ", event " + std::to_string(at);
            cut(recording, before, at, Loss::everything_unsynced, name + ", all lost", true);
            cut(recording, before, at, Loss::nothing_unsynced, name + ", nothing lost", true);
            for (u64 i = 0; i < options_.trials; ++i)
                cut(recording, before, at, Loss::chance, name + ", chance " + std::to_string(i),
                    true);
        }
    }
    fail_syncs();
    if (!tally_.is_over(options_)) cut_at_rollover(options_, tally_);
    return tally_;
}

// An fsync fails once, and the power goes when the node has ended: what it did not save may be
// gone although a later fsync of the same file went well.
void PowerCuts::fail_syncs() {
    script_.make_home(ground_ / "empty");
    for (u64 at = 1;; ++at) {
        copy_folder(ground_ / "empty", ground_ / "home");
        Acknowledged acknowledged;
        LifePlan plan(ground_ / "home", 6);
        plan.fault = {calls_sync, at, EIO, false};
        plan.recording_file = ground_ / "recording";
        const LifeReport report = live(script_, acknowledged, plan);
        const std::string name = "failed sync " + std::to_string(at);
        if (!report.finding.empty()) tally_.found(name, report.finding);
        if (!report.ended || tally_.is_over(options_)) return;
        const Recording recording = read_recording(plan.recording_file);
        if (report.failures == 0) return;
        cut(recording, {}, recording.size(), Loss::everything_unsynced, name + ", all lost", true);
        for (u64 i = 0; i <= options_.trials; ++i)
            cut(recording, {}, recording.size(), Loss::chance,
                name + ", chance " + std::to_string(i), true);
    }
}

}  // namespace

Tally power_cut_campaign(const Options& options) {
    return PowerCuts(options).run();
}

}  // namespace jangbu::test::faults
