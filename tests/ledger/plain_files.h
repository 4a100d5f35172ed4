// What the tests of a ledger's files share: the ledger that a lone block log is of, and files read
// and written past the code that owns them.
#pragma once

#include <doctest/doctest.h>

#include <fstream>

#include "base/file.h"
#include "ledger/types.h"

namespace jangbu::test {

inline const ledger::ChainId log_chain(ByteArray<32>{1, 2, 3});

inline constexpr std::size_t file_bytes_max = 64 << 20;

inline Bytes read_plainly(const std::filesystem::path& file) {
    return read_file(file, file_bytes_max).value();
}

inline void write_plainly(const std::filesystem::path& file, ByteView content) {
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out << as_text(content);
    REQUIRE(out.good());
}

}  // namespace jangbu::test
