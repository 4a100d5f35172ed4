#include "benches/validation/report.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

namespace jangbu::bench {
namespace {

double median(std::vector<double> values) {
    std::ranges::sort(values);
    const std::size_t half = values.size() / 2;
    return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

}  // namespace

void stop(const std::string& what) {
    std::fprintf(stderr, "validation_bench: %s\n", what.c_str());
    std::exit(1);
}

void Report::stages() {
    std::printf("\n%-18s %12s %12s   us per transaction, %llu per block, mean of %zu blocks\n",
                "stage", "wall", "CPU", static_cast<unsigned long long>(options_.block),
                ours_.size());
    BlockCost sum{};
    for (const BlockCost& block : ours_)
        for (std::size_t i = 0; i < stage_count; ++i) sum[i] += block[i];
    const auto line = [&](const char* what, Cost cost) {
        const auto blocks = static_cast<double>(ours_.size());
        std::printf("%-18s %12.3f %12.3f\n", what, per_transaction(cost.wall_s / blocks),
                    per_transaction(cost.cpu_s / blocks));
        rows_.push_back(
            {what, per_transaction(cost.cpu_s / blocks), "us CPU per transaction", "", 0});
    };
    for (std::size_t i = 0; i < stage_count; ++i) line(name(static_cast<Stage>(i)), sum[i]);
    line("all", total(sum));
}

void Report::blocks() {
    std::vector<double> walls;
    for (const BlockCost& block : ours_) walls.push_back(total(block).wall_s);
    const double usual = median(walls);
    const double worst = std::ranges::max(walls);
    std::printf(
        "\nin turn: median block %.1f ms: %.0f transactions a second; worst block %.1f ms, "
        "%.2fx the "
        "median\n",
        1e3 * usual, static_cast<double>(options_.block) / usual, 1e3 * worst, worst / usual);
    rows_.push_back({"worst block", 1e3 * worst, "ms", "median block", worst / usual});
}

void Report::stream(const StreamCost& cost, const ledger::HeaderHash& head) {
    if (cost.head != head) stop("the stream ends in another head");
    const double usual = median(cost.block_wall_s);
    const double worst = std::ranges::max(cost.block_wall_s);
    stream_ = cost;
    rate_ = static_cast<double>(options_.block) / usual;
    const double cpu_us =
        per_transaction(cost.cpu_s / static_cast<double>(cost.block_wall_s.size()));
    std::printf(
        "\nstream, each block checked while the one before is executed: median block %.1f ms, "
        "%.0f transactions a second, %.2f us of CPU each, state flushes included; worst block "
        "%.1f ms, %.2fx the median\n",
        1e3 * usual, rate_, cpu_us, 1e3 * worst, worst / usual);
    rows_.push_back({"stream, worst block", 1e3 * worst, "ms", "median block", worst / usual});
    rows_.push_back({"stream, CPU", cpu_us, "us CPU per transaction", "", 0});
}

void Report::peer(const std::vector<BlockCost>& theirs, const std::string& store) {
    double their_cpu = 0;
    std::vector<double> of_signatures;
    std::vector<double> of_blocks;
    std::vector<double> alone;
    for (std::size_t i = 0; i < ours_.size(); ++i) {
        const double ours = stream_.block_wall_s[i];
        const double signatures = theirs[i][static_cast<std::size_t>(Stage::signatures)].wall_s;
        alone.push_back(signatures);
        their_cpu += theirs[i][static_cast<std::size_t>(Stage::signatures)].cpu_s;
        of_signatures.push_back(signatures / ours);
        of_blocks.push_back(total(theirs[i]).wall_s / ours);
    }
    std::printf(
        "libsodium one by one on the same %u threads: signatures alone %.2f us a transaction\n",
        options_.threads, per_transaction(median(alone)));
    std::printf("the same blocks in turn with its signatures, over %s, take %.2fx our time\n",
                store.c_str(), median(of_blocks));
    std::printf(
        "\nvalidation: a whole block in 1/%.2f of the time that libsodium needs for its "
        "signatures alone "
        "(goal: 1/6)\n",
        median(of_signatures));
    std::printf("in CPU time: 1/%.2f\n", their_cpu / stream_.cpu_s);
    rows_.push_back({"validation, CPU",
                     1e6 * stream_.cpu_s / static_cast<double>(ours_.size() * options_.block),
                     "us CPU per transaction", "libsodium", their_cpu / stream_.cpu_s});
    rows_.push_back({"validation, same blocks", rate_, "transactions per second",
                     "the ledger with libsodium", median(of_blocks)});
    rows_.push_back(
        {"validation", rate_, "transactions per second", "libsodium", median(of_signatures)});
}

void Report::write() const {
    nlohmann::json all = nlohmann::json::array();
    for (const Row& row : rows_)
        all.push_back({{"name", row.name},
                       {"value", row.value},
                       {"unit", row.unit},
                       {"peer", row.peer},
                       {"ratio", row.ratio}});
    std::ofstream file(options_.json);
    file << all.dump(1) << "\n";
    if (!file.flush()) stop("cannot write " + options_.json);
}

}  // namespace jangbu::bench
