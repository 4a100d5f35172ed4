// The ways to verify a workload: our engine through its public interface, libsodium, OpenSSL.
//
// A method is prepared once for a workload and then called for one run of claims after another. It
// returns the time of the verification alone, and refuses wrong verdicts: a method that finds a
// good signature bad, or the reverse, is not measured.
#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "benches/verification/workload.h"

namespace jangbu::bench {

struct Timed {
    std::chrono::steady_clock::duration time{};
    std::size_t items = 0;  // signatures, or keys
};

// Nothing if a verdict was wrong.
using Method = std::function<std::optional<Timed>(std::size_t first, std::size_t count)>;

struct Offer {
    std::string_view name;
    std::string_view package;
    bool keys_prepared;  // decoded before the clock runs
    bool is_batch;       // otherwise one by one
    Method (*prepare)(const Workload&);
};

std::span<const Offer> engine_offers();
std::span<const Offer> library_offers();

// What scripts/bench measures.
enum class Peers {
    any,         // every method of every library
    from_bytes,  // which decode keys within the time: nothing is cached
    one_by_one,  // which say of each signature whether it is good
    none,        // one libsodium verification, as a measure
};

struct Case {
    std::string_view name;
    std::string_view workload;
    std::size_t batch;
    std::string_view method;
    Peers peers = Peers::any;
    std::string_view beside = {};  // another method of ours, in the same rounds
};

std::span<const Case> cases();

}  // namespace jangbu::bench
