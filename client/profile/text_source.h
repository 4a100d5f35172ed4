// TextSource: a file as blocks of well-formed UTF-8, whatever Korean software wrote it in.
//
// UTF-8 with or without its mark, and CP949 (which holds EUC-KR) by iconv. Decided at the first
// byte that is not ASCII; a file that turns from one into the other is refused at that place.
// UTF-16, NUL bytes and file types that are no table are refused with advice. Holds one block and
// no more (block_bytes, times 1.5 while decoding). The file is read up to the length it had when
// opened; finish() says if it changed meanwhile. Threads: one. Errors: malformed (with line and
// byte), io, conflict (it changed). Source: RFC 3629; CP949 is the KS X 1001 superset of Windows.
#pragma once

#include <filesystem>
#include <fstream>
#include <memory>

#include "client/durable_file.h"

namespace jangbu::client {

enum class Encoding : u8 { ascii, utf8, utf8_with_mark, cp949 };
const char* to_string(Encoding encoding);

class TextSource {
public:
    static constexpr std::size_t block_bytes = 256 << 10;

    static Result<TextSource> open(const std::filesystem::path& file);
    TextSource(TextSource&&) noexcept;
    TextSource& operator=(TextSource&&) noexcept;
    ~TextSource();

    // Empty at the end. Valid until the next call.
    Result<std::string_view> next();
    // After the last block: the file is still what was opened.
    Status finish() const;

    Encoding encoding() const { return encoding_; }
    u64 bytes() const { return stamp_.bytes; }
    u64 bytes_read() const { return offset_; }

private:
    class Decoder;
    TextSource(std::filesystem::path file, FileStamp stamp, std::ifstream in);

    Result<std::string_view> check_start(std::string_view block);
    Result<std::string_view> check_utf8(std::string_view block);
    Result<std::string_view> decode(std::string_view block);
    Result<std::string_view> read_block();
    // A fault at a byte of the file, told as line and byte of the line.
    std::unexpected<Error> fault(u64 offset, const std::string& what) const;

    std::filesystem::path file_;
    FileStamp stamp_;
    std::ifstream in_;
    Encoding encoding_ = Encoding::ascii;
    u64 offset_ = 0;        // bytes of the file that were read
    u64 block_offset_ = 0;  // of the block in buffer_
    std::size_t kept_ = 0;  // bytes of a character that the block cut
    std::string buffer_;
    std::size_t block_size_ = 0;
    std::unique_ptr<Decoder> decoder_;
};

// Bytes of the longest well-formed beginning. `cut`: what follows may be the first part of a
// character.
std::size_t utf8_prefix(std::string_view text, bool* cut);

}  // namespace jangbu::client
