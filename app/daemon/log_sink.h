// Puts spdlog behind base/log: lines go to stderr, written by one thread at a time, flushed from
// info up.
#pragma once

#include "base/log.h"

namespace jangbu::app {

void install_log_sink(log::Level least);

}  // namespace jangbu::app
