// Log: one event, one line of JSON: time, level, layer, event, fields. Control characters are escaped.
//
// log::info("node", "block committed", {{"height", 7}, {"transactions", 3}});
//
// The sink is set once by the program (app puts spdlog behind it) before threads start; the default writes to stderr.
// Threads: any. Never log a secret, a key that opens anything, or the content of a document.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include "base/integers.h"

namespace jangbu::base::log {

enum class Level { debug, info, warn, error };

struct Field {
    std::string_view name;
    std::variant<u64, std::string> value;

    Field(std::string_view n, u64 v) : name(n), value(v) {}
    Field(std::string_view n, std::string v) : name(n), value(std::move(v)) {}
};

// Receives the level and a whole JSON object, without a newline.
using Sink = void (*)(Level level, std::string_view line);
void set_sink(Sink sink);
void set_level(Level least);

void write(Level level, std::string_view layer, std::string_view event, std::initializer_list<Field> fields);

inline void debug(std::string_view layer, std::string_view event, std::initializer_list<Field> fields = {}) {
    write(Level::debug, layer, event, fields);
}
inline void info(std::string_view layer, std::string_view event, std::initializer_list<Field> fields = {}) {
    write(Level::info, layer, event, fields);
}
inline void warn(std::string_view layer, std::string_view event, std::initializer_list<Field> fields = {}) {
    write(Level::warn, layer, event, fields);
}
inline void error(std::string_view layer, std::string_view event, std::initializer_list<Field> fields = {}) {
    write(Level::error, layer, event, fields);
}

// The text as a JSON string with its quotes; every control character and every byte that is not UTF-8 is escaped.
std::string json_quoted(std::string_view text);

}  // namespace jangbu::base::log

namespace jangbu {
namespace log = base::log;
}
