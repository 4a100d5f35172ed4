#include "api/search_text.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <utility>

namespace jangbu::api {
namespace {

using CodePoint = utf8proc_int32_t;

bool is_hangul(CodePoint c) {
    return (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0x1100 && c <= 0x11FF) ||
           (c >= 0x3130 && c <= 0x318F);
}
bool is_word(CodePoint c) {
    switch (utf8proc_category(c)) {
        case UTF8PROC_CATEGORY_LU:
        case UTF8PROC_CATEGORY_LL:
        case UTF8PROC_CATEGORY_LT:
        case UTF8PROC_CATEGORY_LM:
        case UTF8PROC_CATEGORY_LO:
        case UTF8PROC_CATEGORY_ND:
        case UTF8PROC_CATEGORY_NL:
        case UTF8PROC_CATEGORY_NO:
            return true;
        default:
            return false;
    }
}

void append(std::string& out, CodePoint c) {
    utf8proc_uint8_t bytes[4];
    const auto count = utf8proc_encode_char(c, bytes);
    out.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(count));
}

std::vector<CodePoint> code_points(std::string_view text) {
    std::vector<CodePoint> out;
    const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
    auto left = static_cast<utf8proc_ssize_t>(text.size());
    while (left > 0) {
        CodePoint c = 0;
        const auto used = utf8proc_iterate(bytes, left, &c);
        if (used <= 0) return {};
        out.push_back(c);
        bytes += used;
        left -= used;
    }
    return out;
}

std::string one(CodePoint c) {
    std::string token;
    append(token, c);
    return token;
}

void flush_hangul(std::vector<CodePoint>& run, std::vector<std::string>& tokens) {
    for (std::size_t i = 0; i + 1 < run.size(); ++i) {
        std::string token;
        append(token, run[i]);
        append(token, run[i + 1]);
        tokens.push_back(std::move(token));
    }
    if (run.size() == 1) tokens.push_back(one(run[0]));
    run.clear();
}

// `bridge`: blanks inside Hangul do not end a run.
std::vector<std::string> tokens_of(std::string_view text, bool bridge) {
    std::vector<std::string> tokens;
    std::vector<CodePoint> hangul;
    std::string word;
    for (CodePoint c : code_points(folded(text))) {
        if (is_hangul(c)) {
            if (!word.empty()) tokens.push_back(std::exchange(word, {}));
            hangul.push_back(c);
        } else if (is_word(c)) {
            flush_hangul(hangul, tokens);
            append(word, c);
        } else {
            if (!word.empty()) tokens.push_back(std::exchange(word, {}));
            if (!bridge || c != ' ') flush_hangul(hangul, tokens);
        }
    }
    flush_hangul(hangul, tokens);
    if (!word.empty()) tokens.push_back(std::move(word));
    return tokens;
}

}  // namespace

std::string folded(std::string_view text) {
    utf8proc_uint8_t* out = nullptr;
    const auto options =
        static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD);
    const auto size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                   static_cast<utf8proc_ssize_t>(text.size()), &out, options);
    if (size < 0) return {};
    std::string result(reinterpret_cast<const char*>(out), static_cast<std::size_t>(size));
    std::free(out);
    return result;
}

std::string compact_text(std::string_view text) {
    std::string out;
    for (CodePoint c : code_points(folded(text)))
        if (is_hangul(c) || is_word(c)) append(out, c);
    return out;
}

std::vector<std::string> index_tokens(std::string_view text) {
    std::vector<std::string> tokens = tokens_of(text, true);
    for (std::string& token : tokens_of(text, false)) tokens.push_back(std::move(token));
    for (CodePoint c : code_points(folded(text)))
        if (is_hangul(c)) tokens.push_back(one(c));
    std::ranges::sort(tokens);
    tokens.erase(std::ranges::unique(tokens).begin(), tokens.end());
    return tokens;
}

std::vector<std::string> query_tokens(std::string_view text) {
    return tokens_of(text, false);
}

}  // namespace jangbu::api
