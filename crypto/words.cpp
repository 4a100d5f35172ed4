// The words of secrets.h: BIP-39 for 256 bits. 32 bytes and one byte of checksum are 264 bits, 24
// words of 11 bits.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/assert.h"
#include "crypto/secrets.h"
#include "crypto/unicode.h"

namespace jangbu::crypto {
namespace {

constexpr std::size_t word_count = 24;
constexpr std::size_t word_bits = 11;
constexpr std::size_t words_text_bytes_max = 4096;

using List = std::array<std::string_view, 2048>;
constexpr List english{
#include "crypto/word_lists/english.inc"
};
constexpr List korean{
#include "crypto/word_lists/korean.inc"
};
static_assert(!english.back().empty() && !korean.back().empty());

using Bits = ByteArray<33>;  // secret and checksum
static_assert(8 * std::tuple_size_v<Bits> == word_count * word_bits);

bool bit_of(const Bits& bits, std::size_t at) {
    return (bits[at / 8] >> (7 - at % 8) & 1) != 0;
}

u8 checksum(ByteView secret) {
    return sha256(secret)[0];
}

std::size_t place_of(std::string_view word, const List& list) {
    return static_cast<std::size_t>(std::find(list.begin(), list.end(), word) - list.begin());
}

// Split at ASCII spaces; the other spaces of Unicode have become those by decomposition.
std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> words(1);
    for (char c : text) {
        const bool space = c == ' ' || (c >= '\t' && c <= '\r');
        if (!space)
            words.back().push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c);
        else if (!words.back().empty())
            words.emplace_back();
    }
    if (words.back().empty()) words.pop_back();
    return words;
}

}  // namespace

std::vector<std::string> to_words(const ByteArray<32>& secret, WordList list) {
    Bits bits{};
    std::copy(secret.begin(), secret.end(), bits.begin());
    bits.back() = checksum(secret);

    const List& words = list == WordList::korean ? korean : english;
    std::vector<std::string> out;
    for (std::size_t w = 0; w < word_count; ++w) {
        std::size_t place = 0;
        for (std::size_t b = 0; b < word_bits; ++b)
            place = 2 * place + (bit_of(bits, w * word_bits + b) ? 1 : 0);
        const std::optional<std::string> word = composed(words[place]);
        JANGBU_ASSERT(word.has_value());
        out.push_back(*word);
    }
    wipe(bits);
    return out;
}

Result<ByteArray<32>> from_words(std::string_view text) {
    if (text.size() > words_text_bytes_max)
        return fail(ErrorCode::malformed, "the text is too long for 24 words");
    const std::optional<std::string> plain = decomposed(text);
    if (!plain) return fail(ErrorCode::malformed, "the words are not valid UTF-8");
    const std::vector<std::string> words = split(*plain);
    if (words.size() != word_count)
        return fail(ErrorCode::malformed,
                    "24 words are needed, there are " + std::to_string(words.size()));

    const List& list = place_of(words[0], korean) < korean.size() ? korean : english;
    Bits bits{};
    for (std::size_t w = 0; w < word_count; ++w) {
        const std::size_t place = place_of(words[w], list);
        if (place == list.size())
            return fail(ErrorCode::malformed, "word " + std::to_string(w + 1) + " is not in the " +
                                                  (&list == &korean ? "Korean" : "English") +
                                                  " word list");
        for (std::size_t b = 0; b < word_bits; ++b) {
            const std::size_t at = w * word_bits + b;
            if ((place >> (word_bits - 1 - b) & 1) != 0)
                bits[at / 8] = static_cast<u8>(bits[at / 8] | 0x80 >> at % 8);
        }
    }
    ByteArray<32> secret{};
    std::copy_n(bits.begin(), secret.size(), secret.begin());
    const bool matches = bits.back() == checksum(secret);
    wipe(bits);
    if (!matches) return fail(ErrorCode::malformed, "the checksum of the words does not match");
    return secret;
}

}  // namespace jangbu::crypto
