#include "crypto/unicode.h"

#include <utf8proc.h>

#include <cstdlib>

#include "crypto/hash.h"

namespace jangbu::crypto {
namespace {

std::optional<std::string> mapped(std::string_view text, unsigned options) {
    if (!is_utf8(as_bytes(text))) return std::nullopt;
    utf8proc_uint8_t* out = nullptr;
    const auto* in = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
    const utf8proc_ssize_t size =
        utf8proc_map(in, static_cast<utf8proc_ssize_t>(text.size()), &out,
                     static_cast<utf8proc_option_t>(options | UTF8PROC_STABLE));
    if (size < 0) return std::nullopt;
    const std::span<u8> made(out, static_cast<std::size_t>(size));
    std::string result(as_text(made));
    wipe(made);  // words and passwords pass here
    std::free(out);
    return result;
}

}  // namespace

std::optional<std::string> composed(std::string_view text) {
    return mapped(text, UTF8PROC_COMPOSE);
}

std::optional<std::string> decomposed(std::string_view text) {
    return mapped(text, UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT);
}

}  // namespace jangbu::crypto
