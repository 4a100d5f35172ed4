// A simulated CNC milling machine: rows of a machine log as a factory would record them, faults of
// real life included.
//
// Bit-identical per seed on every compiler and CPU: integers only (fixed point, an integer sine),
// own generator. Every row says `simulated` in its last column; nobody can mistake it for a
// measurement.
//
// The machine: a batch of identical parts in aluminium or steel, one program of facing, roughing,
// finishing and drilling per part, with rapid moves between. What is modelled, and from where:
//   cutting power    P = kc * Q / eta, Q = ap * ae * vf, kc = kc11 * h^-mc          Kienzle's
//   specific cutting force tool wear        VB: break-in, steady, accelerated; the rate grows with
//   cutting speed   Taylor's tool life, ISO 8688-2 spindle current  idle friction + P / U, noise;
//   rises with wear spindle heat     first order lag to ambient + k * P; the hall's temperature
//   follows the day vibration        RMS: unbalance (speed^2) + teeth (feed, wear) + chatter
//   episodes
// Faults: sensor dropout (empty cells), stuck sensor, spike, time gap, repeated rows, rows out of
// order, a unit shift (spindle temperature logged in Fahrenheit), chatter, tool breakage with an
// emergency stop.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/integers.h"

namespace jangbu::client {

struct CncOptions {
    u64 seed = 1;
    u64 rows = 1000;
    u64 start_ms = 1'767'225'600'000;  // 2026-01-01T00:00:00Z
    u64 interval_ms = 100;
};

// What was planted, so that a profile can be judged: rows [first, last], counted from 1 after the
// header.
struct CncFault {
    std::string kind;
    std::string column;  // "" where it concerns whole rows
    u64 first_row = 0;
    u64 last_row = 0;
};

// Gives the CSV in pieces of some kilobytes; stops early when the sink returns false.
std::vector<CncFault> simulate_cnc(const CncOptions& options,
                                   const std::function<bool(std::string_view)>& sink);

// The header line, without newline.
std::string_view cnc_header();

}  // namespace jangbu::client
