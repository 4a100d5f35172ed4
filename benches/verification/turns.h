// Our side of scripts/bench: say what there is to measure, then work whenever it is our turn.
//
// Why not benchmark repetitions: times on shared machines are bimodal, up to 2x apart for seconds
// at a time, so a ratio is worth something only if both sides ran within the same second, again and
// again, and the peers are programs in other languages. The script is the clock: it gives each
// program a turn of some hundred milliseconds, one after another, round after round.
//
// The protocol, the same for all programs, one line a message. A program starts with what it
// offers, JSON objects, and ends that with {"ready": true}. Then it reads turns from standard
// input,
//     METHOD WORKLOAD BATCH MILLISECONDS
// and answers each with {"us": microseconds a signature}: the fastest of the samples that fit into
// the time, a sample being as many calls as last 2 ms. Anything wrong ends the program with a word
// on standard error.
#pragma once

namespace jangbu::bench {

// Until standard input ends. The exit code.
int serve_turns();

}  // namespace jangbu::bench
