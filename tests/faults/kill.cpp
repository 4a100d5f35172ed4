// kill -9 at random moments: half of them by the clock, half at the n-th call that changes a file,
// a write half done. Every life begins with what the one before left, so that recoveries are killed
// as well; each start that gets so far compares everything that was acknowledged.
#include "tests/faults/campaign.h"

namespace jangbu::test::faults {
namespace {

constexpr std::size_t killed_groups = 4;
constexpr u64 lives_of_home = 40;  // then a new ledger
constexpr u64 life_us_max = 60'000;
constexpr u64 calls_max = 160;
constexpr u64 calls_of_start_max = 40;

}  // namespace

Tally kill_campaign(const Options& options) {
    std::mt19937_64 random(options.seed);
    const Script script(killed_groups);
    const Ground ground;
    Tally tally;
    LifePlan plan(ground / "home");
    Acknowledged acknowledged;
    for (u64 trial = 0; trial < options.trials && !tally.is_over(options); ++trial) {
        if (trial % lives_of_home == 0) {
            std::filesystem::remove_all(plan.home);
            script.make_home(plan.home);
            acknowledged.clear();
        }
        plan.fault = {};
        plan.kill_after_us = 0;
        const u64 chance = random() % 4;
        if (chance < 2) plan.kill_after_us = 1 + random() % life_us_max;
        if (chance == 2) plan.fault = {calls_change, 1 + random() % calls_max};
        if (chance == 3) plan.fault = {calls_change, 1 + random() % calls_of_start_max};
        const std::size_t known = acknowledged.size();
        const LifeReport report = live(script, acknowledged, plan);
        const std::string name = "kill " + std::to_string(trial);
        ++tally.trials;
        if (report.opened) {
            ++tally.same;
            tally.acknowledged += known;
        }
        if (!report.refused.empty()) tally.found(name, "refused: " + report.refused);
        if (!report.finding.empty()) tally.found(name, report.finding);
        // The last life of a home is not killed.
        if (trial % lives_of_home != lives_of_home - 1 && trial + 1 != options.trials) continue;
        const LifeReport last = live(script, acknowledged, LifePlan(plan.home));
        tally.acknowledged += acknowledged.size();
        if (!last.opened || !last.ended || !last.finding.empty())
            tally.found(name + ", the start after it", last.refused + last.finding);
    }
    return tally;
}

}  // namespace jangbu::test::faults
