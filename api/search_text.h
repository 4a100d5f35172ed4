// Tokens for Korean and other text, made on the read side only: NFC and folding depend on a Unicode
// version.
//
// A run of Hangul gives its bigrams, so a two-syllable word is found inside a longer one; the text
// without its spaces gives bigrams too, and each syllable itself, so spacing does not matter. Other
// runs of letters and digits give themselves, folded. Threads: pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace jangbu::api {

// NFC with case folding; bytes that are not UTF-8 give "".
std::string folded(std::string_view text);
// Folded, and nothing but letters and digits: what is compared when spacing must not matter.
std::string compact_text(std::string_view text);
// Of a text to be indexed, each once, sorted: spaces within Hangul are bridged.
std::vector<std::string> index_tokens(std::string_view text);
// Of what a person typed: each token must be present.
std::vector<std::string> query_tokens(std::string_view text);

}  // namespace jangbu::api
