// Clock: the node's only source of time, ms since the epoch. Tests hand in their own.
#pragma once

#include <chrono>
#include <functional>

#include "base/integers.h"

namespace jangbu::node {

using Clock = std::function<u64()>;

inline Clock wall_clock() {
    return [] {
        const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
        return static_cast<u64>(
            std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count());
    };
}

}  // namespace jangbu::node
