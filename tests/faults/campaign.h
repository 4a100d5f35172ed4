// Campaign: many trials of one kind of fault, and what became of them.
//
// A trial ends well if everything that was acknowledged is there, in its block, with the same root;
// or if the node refuses to start and says what is damaged and what to do. Where the disk kept its
// promises (killed, cut off, failing calls), a refusal is a finding as well.
#pragma once

#include <random>

#include "tests/faults/life.h"

namespace jangbu::test::faults {

struct Options {
    u64 trials = 0;
    u64 seed = 1;
    bool stops_at_finding = false;
};

struct Tally {
    u64 trials = 0;
    u64 acknowledged = 0;  // comparisons of an acknowledged step with what a start found
    u64 same = 0;
    u64 told = 0;  // of these: an upload was damaged, which the store told, and was made again
    u64 refused = 0;
    std::vector<std::string> findings;

    // Counts one trial; `name` says how to see it again.
    void found(const std::string& name, const std::string& finding);
    bool is_over(const Options& options) const {
        return options.stops_at_finding && !findings.empty();
    }
};

// A folder for the trials: in memory where there is such a place, gone at the end.
class Ground {
public:
    Ground();
    ~Ground();
    Ground(const Ground&) = delete;
    Ground& operator=(const Ground&) = delete;
    const std::filesystem::path& folder() const { return folder_; }
    std::filesystem::path operator/(std::string_view name) const { return folder_ / name; }

private:
    std::filesystem::path folder_;
};

// What clients were told by the events before `count`, added to what they knew before.
Acknowledged told_until(const Recording& recording, std::size_t count, Acknowledged before);
Recording read_recording(const std::filesystem::path& file);
void copy_folder(const std::filesystem::path& from, const std::filesystem::path& to);

// A part of the power cuts.
void cut_at_rollover(const Options& options, Tally& tally);

Tally kill_campaign(const Options& options);
Tally power_cut_campaign(const Options& options);
Tally io_error_campaign(const Options& options);
Tally damage_campaign(const Options& options);
Tally prune_campaign(const Options& options);
Tally take_back_campaign(const Options& options);

}  // namespace jangbu::test::faults
