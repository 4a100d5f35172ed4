#include "base/log.h"

#include <atomic>
#include <chrono>
#include <cstdio>

#include "base/bytes.h"

namespace jangbu::base::log {
namespace {

constexpr std::size_t text_bytes_max = 4096;  // of one field: a line stays a line

const char* name(Level level) {
    switch (level) {
        case Level::debug: return "debug";
        case Level::info: return "info";
        case Level::warn: return "warn";
        case Level::error: return "error";
    }
    return "error";
}

void to_stderr(Level, std::string_view line) {
    std::fprintf(stderr, "%.*s\n", static_cast<int>(line.size()), line.data());
}

std::atomic<Sink> sink{to_stderr};
std::atomic<Level> level_min{Level::info};

u64 now_ms() {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<u64>(std::chrono::duration_cast<std::chrono::milliseconds>(since).count());
}

}  // namespace

std::string json_quoted(std::string_view text) {
    const bool cut = text.size() > text_bytes_max;
    if (cut) {
        std::size_t end = text_bytes_max;  // not inside a character, which has at most three bytes more
        for (int i = 0; i < 3 && (static_cast<u8>(text[end]) & 0xC0) == 0x80; ++i) --end;
        text = text.substr(0, end);
    }
    const bool utf8 = is_utf8(as_bytes(text));
    std::string out = "\"";
    for (char c : text) {
        const auto byte = static_cast<u8>(c);
        if (c == '"' || c == '\\') {
            out += {'\\', c};
        } else if (byte < 0x20 || byte == 0x7F || (!utf8 && byte >= 0x80)) {
            char escaped[8];
            std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(byte));
            out += escaped;
        } else {
            out.push_back(c);
        }
    }
    if (cut) out += "...";
    out.push_back('"');
    return out;
}

void set_sink(Sink value) { sink = value; }
void set_level(Level least) { level_min = least; }

void write(Level level, std::string_view layer, std::string_view event, std::initializer_list<Field> fields) {
    if (level < level_min.load()) return;
    std::string line = "{\"ts_ms\":" + std::to_string(now_ms()) + ",\"level\":\"" + name(level) +
                       "\",\"layer\":" + json_quoted(layer) + ",\"event\":" + json_quoted(event);
    for (const Field& field : fields) {
        line += "," + json_quoted(field.name) + ":";
        if (const auto* number = std::get_if<u64>(&field.value)) line += std::to_string(*number);
        else line += json_quoted(std::get<std::string>(field.value));
    }
    line += "}";
    sink.load()(level, line);
}

}  // namespace jangbu::base::log
