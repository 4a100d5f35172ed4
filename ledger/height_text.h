// How messages name a height.
//
// Threads: a pure function.
#pragma once

#include <string>

#include "base/integers.h"

namespace jangbu::ledger {

inline std::string height_text(u64 height) {
    return "height " + std::to_string(height);
}

}  // namespace jangbu::ledger
