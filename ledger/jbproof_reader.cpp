#include "ledger/jbproof_reader.h"

#include <algorithm>

#include "ledger/jbproof.h"

namespace jangbu::ledger::jbproof {
namespace {

constexpr std::size_t nesting_max = 16;  // a proof nests five deep; the library writes recursively
constexpr std::size_t nodes_max = 64;
constexpr u64 number_end = u64{1} << 53;

// Brackets inside strings count too: no string of a proof holds one.
bool nests_too_deep(std::string_view file) {
    std::size_t depth = 0;
    for (char c : file) {
        if (c == '[' || c == '{') ++depth;
        if ((c == ']' || c == '}') && depth > 0) --depth;
        if (depth > nesting_max) return true;
    }
    return false;
}

bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return static_cast<u8>(c) < 0x80; });
}

}  // namespace

// A duplicate key is lost in the value, so it cannot come back in dump(). Sorting by bytes and the
// library's escapes are JCS for ASCII; a number that is not an integer could pass here, and is
// refused where it is read.
Result<Json> parse(std::string_view file) {
    TRY(need(file.size() <= file_bytes_max, "file too long"));
    TRY(need(is_ascii(file), "not ASCII"));
    TRY(need(!nests_too_deep(file), "nested too deep"));
    Json value = Json::parse(file, nullptr, false);
    TRY(need(!value.is_discarded(), "not JSON"));
    TRY(need(value.dump() == file, "not its own JCS form"));
    return value;
}

Status need_fields(const Json& value, std::initializer_list<const char*> names) {
    TRY(need(value.is_object() && value.size() == names.size(), "fields"));
    for (const char* name : names) TRY(need(value.contains(name), "fields"));
    return {};
}

Result<Bytes> read_base64url(const Json& value) {
    TRY(need(value.is_string(), "base64url"));
    std::optional<Bytes> bytes = from_base64url(value.get_ref<const std::string&>());
    if (!bytes) return refused("base64url");
    return std::move(*bytes);
}

Result<Signature> read_signature(const Json& value) {
    const Bytes bytes = TRY(read_base64url(value));
    Signature signature{};
    TRY(need(bytes.size() == signature.size(), "signature length"));
    std::ranges::copy(bytes, signature.begin());
    return signature;
}

Result<ByteArray<32>> read_hex(const Json& value) {
    TRY(need(value.is_string(), "hex"));
    const auto bytes = from_hex_array<32>(value.get_ref<const std::string&>());
    if (!bytes) return refused("hex");
    return *bytes;
}

Result<u64> read_number(const Json& value) {
    TRY(need(value.is_number_unsigned() && value.get<u64>() < number_end, "number"));
    return value.get<u64>();
}

Result<std::vector<Hash>> read_nodes(const Json& value) {
    TRY(need(value.is_array() && value.size() <= nodes_max, "nodes"));
    std::vector<Hash> nodes;
    for (const Json& node : value) nodes.push_back(TRY(read_hex(node)));
    return nodes;
}

}  // namespace jangbu::ledger::jbproof
