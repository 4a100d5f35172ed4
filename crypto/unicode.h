// Unicode forms for what people type: two keyboards may send different bytes for one word.
//
// Never used on anything signed or hashed by the ledger. Threads: all functions are pure. Source:
// UAX #15, by utf8proc.
#pragma once

#include <optional>
#include <string>

#include "base/bytes.h"

namespace jangbu::crypto {

// Nothing when the text is not valid UTF-8.
std::optional<std::string> composed(std::string_view text);    // NFC
std::optional<std::string> decomposed(std::string_view text);  // NFKD

}  // namespace jangbu::crypto
