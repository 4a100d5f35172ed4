// fault_campaign NAME TRIALS [SEED] [--finds]: faults over a node on disk, and what became of them.
//
// NAME is kill, power_cut (its last part alone: rollover), io_errors, damage, prune or take_back.
// Exit code 0: no finding; 1: findings, each on its line. With --finds the other way round: a
// program with a planted fault must be caught, and the run ends at the first finding.
#include <cstdio>
#include <cstdlib>
#include <map>

#include "tests/faults/campaign.h"

int main(int count, char** arguments) {
    using namespace jangbu::test::faults;
    const std::map<std::string, Tally (*)(const Options&)> campaigns = {
        {"kill", kill_campaign},
        {"power_cut", power_cut_campaign},
        {"rollover",
         [](const Options& options) {
             Tally tally;
             cut_at_rollover(options, tally);
             return tally;
         }},
        {"io_errors", io_error_campaign},
        {"damage", damage_campaign},
        {"prune", prune_campaign},
        {"take_back", take_back_campaign},
    };
    std::vector<std::string> words(arguments + 1, arguments + count);
    const bool must_find = !words.empty() && words.back() == "--finds";
    if (must_find) words.pop_back();
    if (words.size() < 2 || !campaigns.contains(words[0])) {
        std::fprintf(stderr, "usage: fault_campaign NAME TRIALS [SEED] [--finds]\n");
        return 2;
    }
    Options options;
    options.trials = std::strtoull(words[1].c_str(), nullptr, 10);
    if (words.size() > 2) options.seed = std::strtoull(words[2].c_str(), nullptr, 10);
    options.stops_at_finding = must_find;
    std::printf("%s: seed %llu\n", words[0].c_str(), static_cast<unsigned long long>(options.seed));
    std::fflush(stdout);
    const Tally tally = campaigns.at(words[0])(options);
    const auto number = [](jangbu::u64 value) { return static_cast<unsigned long long>(value); };
    std::printf(
        "%s: %llu trials, %llu acknowledged steps looked for, %llu starts with all of them (%llu "
        "told of a damaged upload), %llu refused, %zu findings\n",
        words[0].c_str(), number(tally.trials), number(tally.acknowledged), number(tally.same),
        number(tally.told), number(tally.refused), tally.findings.size());
    return tally.findings.empty() == must_find ? 1 : 0;
}
