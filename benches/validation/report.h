// What a run of validation_bench prints, and its rows for --json. Threads: one.
#pragma once

#include "benches/validation/stages.h"
#include "benches/validation/stream.h"

namespace jangbu::bench {

struct Options {
    u64 keys = 20'000;
    u64 block = 5'000;
    u64 blocks = 16;  // as many as lie between two flushes of the state
    unsigned threads = 2;
    u64 state_mib = ~u64{0} >> 20;  // of memory for the values of the state
    bool no_peer = false;
    std::string folder;
    std::string json;
};

struct Row {
    std::string name;
    double value;
    std::string unit;
    std::string peer;
    double ratio;
};

[[noreturn]] void stop(const std::string& what);

class Report {
public:
    // The costs of our blocks, stage by stage; the caller keeps both alive.
    Report(const Options& options, const std::vector<BlockCost>& ours)
        : options_(options), ours_(ours) {}

    void add(Row row) { rows_.push_back(std::move(row)); }
    void stages();
    void blocks();
    // REQUIRES: it ends in this head.
    void stream(const StreamCost& cost, const ledger::HeaderHash& head);
    // Beside the stream: wall time is what the goal is about; CPU time says the same on a machine
    // that others use.
    void peer(const std::vector<BlockCost>& theirs, const std::string& store);
    void write() const;

private:
    double per_transaction(double seconds) const {
        return 1e6 * seconds / static_cast<double>(options_.block);
    }

    const Options& options_;
    const std::vector<BlockCost>& ours_;
    std::vector<Row> rows_;
    StreamCost stream_;
    double rate_ = 0;  // of the stream, transactions a second
};

}  // namespace jangbu::bench
