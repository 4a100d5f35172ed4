// What a program says of its own command line: every command and option, read from the CLI11 tree
// that parses them, so that a page or a completion cannot differ from the program.
#pragma once

#include <CLI/CLI.hpp>

namespace jangbu::app {

// Markdown: what docs/cli.md and docs/cli_jangbud.md hold. `program` is the name that is typed.
std::string manual(const CLI::App& root, const std::string& program);

// In the order of declaration; help flags are left out.
std::vector<const CLI::Option*> options_of(const CLI::App& command);
std::vector<const CLI::Option*> positionals_of(const CLI::App& command);
std::vector<const CLI::App*> commands_of(const CLI::App& command);
// The words that an option takes, if it takes no others.
std::vector<std::string> choices_of(const CLI::Option& option);

}  // namespace jangbu::app
