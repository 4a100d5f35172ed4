// The language of what a command prints for people.
#pragma once

#include "base/result.h"
#include "client/profile/findings.h"

namespace jangbu::app {

// "ko" or "en". Errors: usage.
Result<client::Language> read_language(const std::string& text);

}  // namespace jangbu::app
