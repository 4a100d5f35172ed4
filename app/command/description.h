// The options by which a seller describes data, the same wherever data is described.
#pragma once

#include <CLI/CLI.hpp>

#include "client/description.h"

namespace jangbu::app {

struct DescriptionOptions {
    std::vector<std::string> titles;  // "en=..." or plain = Korean
    std::vector<std::string> summaries;
    std::vector<std::string> keywords;
    std::vector<std::string> process;
    std::vector<std::string> equipment;
    std::vector<std::string> industry;
    std::string format;
};

// Returns --title.
CLI::Option* add_description(CLI::App* to, DescriptionOptions& options);
// Nothing, if nothing was said. Errors: usage.
Result<std::optional<client::Description>> read_description(const DescriptionOptions& options);

}  // namespace jangbu::app
