// Life: a node under test in a process of its own, from its start to its end, which may come from
// outside; and its clients, who write down what they were told.
//
// The node is the real one (node::Node with the solo engine, stores on disk, the content store).
// A life first compares everything that was ever acknowledged with what the node has now, then goes
// on with the script. What clients are told leaves the process at once through a pipe. The parent
// must never open a LevelDB itself: its thread would be missing in the children.
#pragma once

#include "tests/faults/faulty_disk.h"
#include "tests/faults/script.h"

namespace jangbu::test::faults {

// What a client was told: this step is in this block.
struct Told {
    u32 step = 0;
    u64 height = 0;
    ledger::HeaderHash block;  // zeros if a failing disk could not tell
    bool operator==(const Told&) const = default;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.step);
        c(self.height);
        c(self.block);
    }
};
// By step. A step with an upload was told only after the upload was.
using Acknowledged = std::map<u32, Told>;

struct LifePlan {
    std::filesystem::path home;
    u32 rounds_max;  // script rounds to go on with
    Fault fault;     // at = 0: none
    // Written when the life ends by itself, outside of the home.
    std::filesystem::path recording_file;
    u64 kill_after_us = 0;  // 0 = not
    // Uploads that the store tells are damaged or gone are made again, and must then be there.
    bool repairs_uploads = false;
    // Before the start the doctor looks at the home, and must not change it.
    bool is_examined = false;

    explicit LifePlan(std::filesystem::path on, u32 rounds = ~0u)
        : home(std::move(on)), rounds_max(rounds) {}
};

struct LifeReport {
    bool opened = false;  // and everything acknowledged was there
    std::string told;     // what the store said of a damaged upload that was made again
    bool ended = false;   // by itself
    std::string refused;  // why the start was refused
    std::string damages;  // that make a start refuse, as the doctor told them before
    std::string stopped;  // why the node stopped by itself
    std::string finding;  // what must not be
    u64 calls = 0;        // of the kinds of LifePlan::fault (all changing ones without a fault)
    u64 failures = 0;     // calls that were made to fail
};

// Runs in a child. Adds to `acknowledged`.
LifeReport live(const Script& script, Acknowledged& acknowledged, const LifePlan& plan);

}  // namespace jangbu::test::faults
