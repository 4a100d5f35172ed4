// What a command answers, and how it reaches a person or a program.
//
// The answer goes to stdout, as plain sentences or as one JSON object with a schema; everything
// else (progress, notes, questions) goes to stderr, bars only to a terminal.
#pragma once

#include <nlohmann/json.hpp>

#include "client/progress.h"
#include "client/session.h"

namespace jangbu::app {

using Json = nlohmann::ordered_json;

struct Answer {
    Json json;
    std::string text;
};

// What a program may conclude from the end of a command, for its help and manual.
extern const char* const exit_codes;
int exit_code(const Error& error);

int print_answer(const Answer& answer, bool as_json);
int print_error(const Error& error, bool as_json);

// One sentence to stderr.
void talk(const std::string& sentence);
// A bar on stderr if that is a terminal, else nothing.
client::Progress::Sink progress_bar();
// True for a terminal on stdin.
bool can_ask();

}  // namespace jangbu::app
