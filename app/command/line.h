// Line: the command line of jangbu as one tree. Each group of commands declares itself in the file
// that also says what it does; main.cpp lists the groups.
//
// What a command was told lives in a shared_ptr that its body and its options hold, so a group can
// be declared by a function that returns. Threads: one.
#pragma once

#include <CLI/CLI.hpp>

#include "app/command/globals.h"

namespace jangbu::app {

using Said = std::optional<std::string>;  // an option that may be left out
using Body = std::function<Result<Answer>(const Globals&)>;

class Line {
public:
    Line();
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;

    CLI::App* group(const char* name, const char* what);
    // A group inside a group.
    CLI::App* group(CLI::App* parent, const char* name, const char* what);
    CLI::App* command(CLI::App* parent, const char* name, const char* what, Body body,
                      const std::string& example = "");
    // A command that stands in no group.
    CLI::App* command(const char* name, const char* what, Body body, const std::string& example);

    // --generate-only, of a command whose one transaction is made of nothing secret.
    void add_generate_only(CLI::App* to);

    const CLI::App& program() const { return program_; }
    // Reads the words, runs the one command that they name. Returns the exit code.
    int run(int argc, char** argv);

private:
    CLI::App program_;
    Globals globals_;
    std::string output_ = "text";
    Body body_;
};

}  // namespace jangbu::app
