// A folder that is gone at the end of the scope, and files in it. For tests of client.
#pragma once

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/bytes.h"
#include "base/result.h"

namespace jangbu::test {

class Folder {
public:
    Folder() {
        std::string name =
            (std::filesystem::temp_directory_path() / "jangbu-client-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
    const std::filesystem::path& path() const { return path_; }

    std::filesystem::path write(const std::string& name, ByteView content) const {
        std::ofstream out(path_ / name, std::ios::binary | std::ios::trunc);
        out << as_text(content);
        REQUIRE(out.good());
        return path_ / name;
    }
    Bytes read(const std::string& name) const {
        std::ifstream in(path_ / name, std::ios::binary);
        REQUIRE(in.good());
        return Bytes(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    }

private:
    std::filesystem::path path_;
};

// The value of a Result that is expected to have one.
template <class T>
T must(Result<T> result) {
    if (!result) FAIL(result.error().detail);
    return std::move(*result);
}

// "byte j = (31 j + 17 floor(j / 2^8) + 7 floor(j / 2^16) + shift) mod 256", the content of the
// vectors.
inline Bytes vector_content(u64 byte_len, u64 shift) {
    Bytes content(byte_len);
    for (u64 j = 0; j < byte_len; ++j)
        content[j] = static_cast<u8>(31 * j + 17 * (j >> 8) + 7 * (j >> 16) + shift);
    return content;
}

}  // namespace jangbu::test
