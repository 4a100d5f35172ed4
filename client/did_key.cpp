#include "client/did_key.h"

#include <algorithm>

namespace jangbu::client {
namespace {

constexpr std::string_view alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
constexpr std::string_view did_prefix = "did:key:";
constexpr ByteArray<2> ed25519_public{0xed, 0x01};
constexpr std::size_t multibase_bytes_max = 256;

// Digits of a number in another base, least first; the number is shifted in digit by digit.
void shift_in(std::vector<u8>& digits, u32 from, u32 to, u32 next) {
    u32 carry = next;
    for (u8& digit : digits) {
        carry += digit * from;
        digit = static_cast<u8>(carry % to);
        carry /= to;
    }
    for (; carry > 0; carry /= to) digits.push_back(static_cast<u8>(carry % to));
}

}  // namespace

std::string multibase(ByteView bytes) {
    std::vector<u8> digits;
    for (const u8 byte : bytes) shift_in(digits, 256, 58, byte);
    std::string out = "z";
    for (std::size_t i = 0; i < bytes.size() && bytes[i] == 0; ++i) out += alphabet[0];
    for (std::size_t i = digits.size(); i-- > 0;) out += alphabet[digits[i]];
    return out;
}

std::optional<Bytes> from_multibase(std::string_view text) {
    if (text.empty() || text[0] != 'z' || text.size() > multibase_bytes_max) return std::nullopt;
    text.remove_prefix(1);
    std::vector<u8> bytes;
    for (const char c : text) {
        const std::size_t digit = alphabet.find(c);
        if (digit == std::string_view::npos) return std::nullopt;
        shift_in(bytes, 58, 256, static_cast<u32>(digit));
    }
    const std::size_t zeros = std::min(text.find_first_not_of(alphabet[0]), text.size());
    bytes.insert(bytes.end(), zeros, 0);
    std::ranges::reverse(bytes);
    return bytes;
}

std::string did_of(const crypto::PublicKey& key) {
    return std::string(did_prefix) + multibase(concat({ed25519_public, key.view()}));
}

std::string verification_method_of(const crypto::PublicKey& key) {
    const std::string did = did_of(key);
    return did + "#" + did.substr(did_prefix.size());
}

std::optional<crypto::PublicKey> key_of_did(std::string_view did) {
    if (!did.starts_with(did_prefix)) return std::nullopt;
    const std::optional<Bytes> bytes = from_multibase(did.substr(did_prefix.size()));
    if (!bytes || bytes->size() != 34 ||
        !std::equal(ed25519_public.begin(), ed25519_public.end(), bytes->begin()))
        return std::nullopt;
    crypto::PublicKey key;
    std::copy(bytes->begin() + 2, bytes->end(), key.bytes.begin());
    if (did_of(key) != did) return std::nullopt;
    return key;
}

}  // namespace jangbu::client
