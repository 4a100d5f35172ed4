#include "app/command/output.h"

#include <unistd.h>

#include <iostream>

#include "client/plain_text.h"
#include "client/progress.h"

namespace jangbu::app {
namespace {

constexpr u64 bar_cells = 30;

void draw(const std::string& stage, u64 done, u64 total) {
    const u64 full = total == 0 ? bar_cells : std::min(done, total) * bar_cells / total;
    std::string line = "\r" + stage + " [" + std::string(full, '#') +
                       std::string(bar_cells - full, '.') + "] " + client::bytes_text(done) +
                       " of " + client::bytes_text(total) + "   ";
    if (done >= total) line += "\n";
    std::cerr << line << std::flush;
}

// Texts of others (titles, samples) must not steer the terminal.
// C0 (but for line end and tab), DEL, and C1, which UTF-8 writes as C2 80 to C2 9F.
std::string without_controls(const std::string& text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const u8 byte = static_cast<u8>(text[i]);
        const u8 next = i + 1 < text.size() ? static_cast<u8>(text[i + 1]) : u8{0};
        const bool c1 = byte == 0xc2 && next >= 0x80 && next < 0xa0;
        const bool c0 = (byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7f;
        out.push_back(c0 || c1 ? '?' : text[i]);
        if (c1) ++i;
    }
    return out;
}

}  // namespace

const char* const exit_codes =
    "Exit codes: 0 ok, 1 rejected by the ledger (or its state does not allow it), 2 usage,\n"
    "3 not found, 4 not allowed, 5 unavailable (run it again), 6 verification failed,\n"
    "7 local failure (file, wrong password).\n"
    "Every command that signs can be run again after a crash: it continues and never acts twice.";

int exit_code(const Error& error) {
    switch (error.code) {
        case ErrorCode::rejected:
        case ErrorCode::conflict:
            return 1;
        case ErrorCode::usage:
            return 2;
        case ErrorCode::not_found:
            return 3;
        case ErrorCode::not_allowed:
            return 4;
        case ErrorCode::unavailable:
        case ErrorCode::limit_exceeded:
            return 5;
        case ErrorCode::verification_failed:
            return 6;
        case ErrorCode::malformed:
        case ErrorCode::already_exists:
        case ErrorCode::io:
        case ErrorCode::corrupted:
        case ErrorCode::wrong_password:
            return 7;
    }
    return 7;
}

int print_answer(const Answer& answer, bool as_json) {
    if (answer.json.is_null() && answer.text.empty()) return 0;  // it went to stdout itself
    if (as_json)
        std::cout << answer.json.dump(-1, ' ', false, Json::error_handler_t::replace) << "\n";
    else
        std::cout << without_controls(answer.text) << (answer.text.ends_with('\n') ? "" : "\n");
    std::cout.flush();
    return std::cout ? 0 : 7;
}

int print_error(const Error& error, bool as_json) {
    if (as_json) {
        Json json{{"schema", "jangbu-error/1"},
                  {"code", to_string(error.code)},
                  {"detail", error.detail},
                  {"rejection", error.rejection != 0 ? Json(error.rejection) : Json()}};
        std::cout << json.dump(-1, ' ', false, Json::error_handler_t::replace) << std::endl;
    }
    std::cerr << "jangbu: " << without_controls(error.detail) << std::endl;
    return exit_code(error);
}

void talk(const std::string& sentence) {
    std::cerr << without_controls(sentence) << std::endl;
}

client::Progress::Sink progress_bar() {
    if (::isatty(STDERR_FILENO) == 0) return {};
    return draw;
}

bool can_ask() {
    return ::isatty(STDIN_FILENO) != 0;
}

}  // namespace jangbu::app
