// What an operation says, for the person who is asked to sign it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "market/operations.h"

namespace jangbu::app {

// Name and value of every field; nothing for operations that no command makes for another home to
// sign: what cannot be shown whole is not signed.
std::vector<std::pair<std::string, std::string>> fields_of(const market::Operation& operation);

}  // namespace jangbu::app
