// What `jangbud --version` says of this program, and with -v of how it verifies signatures here.
#pragma once

#include <string>

namespace jangbu::app {

std::string version_text(bool verbose);
std::string supported_tiers();  // "portable, avx2"

}  // namespace jangbu::app
