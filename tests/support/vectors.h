// Reading tests/vectors. For tests only: a missing file or field throws and fails the test.
#pragma once

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <vector>

#include "base/bytes.h"

namespace jangbu::test {

using nlohmann::json;

inline std::ifstream open_vectors(const std::string& file) {
    std::ifstream in(std::string(JANGBU_VECTORS) + "/" + file, std::ios::binary);
    if (!in) throw std::runtime_error("cannot open the vectors " + file);
    return in;
}

// Read once and kept, so that a reference into it stays good.
inline const json& vectors(const std::string& file) {
    static std::map<std::string, json> read;
    const auto found = read.find(file);
    if (found != read.end()) return found->second;
    return read[file] = json::parse(open_vectors(file));
}

// For comparisons: clang finds no operator between a doctest expression and json.
inline std::string text_of(const json& value) { return value.get<std::string>(); }

// Of a JSON string in hex, or of plain hex.
inline Bytes bytes_of(const json& hex) {
    auto bytes = from_hex(hex.get_ref<const std::string&>());
    if (!bytes) throw std::runtime_error("not hex: " + hex.dump());
    return std::move(*bytes);
}

template <std::size_t N>
ByteArray<N> array_of(const json& hex) {
    const auto array = from_hex_array<N>(hex.get_ref<const std::string&>());
    if (!array) throw std::runtime_error("not an array of the length asked for: " + hex.dump());
    return *array;
}

inline std::vector<ByteArray<32>> hashes_of(const json& list) {
    std::vector<ByteArray<32>> out;
    for (const json& one : list) out.push_back(array_of<32>(one));
    return out;
}

// A u64, which the vectors write as a decimal string, or a smaller number.
inline u64 number_of(const json& value) {
    return value.is_string() ? std::stoull(value.get<std::string>()) : value.get<u64>();
}

}  // namespace jangbu::test
