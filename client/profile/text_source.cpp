#include "client/profile/text_source.h"

#include <iconv.h>

#include <cerrno>
#include <cstring>

#include "client/profile/file_kind.h"

namespace jangbu::client {
namespace {

constexpr std::string_view utf8_mark = "\xef\xbb\xbf";

u8 byte_at(std::string_view text, std::size_t at) {
    return static_cast<u8>(text[at]);
}

std::size_t ascii_prefix(std::string_view text) {
    std::size_t at = 0;
    while (at + 32 <= text.size()) {
        u64 words[4];
        std::memcpy(words, text.data() + at, 32);
        if (((words[0] | words[1] | words[2] | words[3]) & 0x8080808080808080ull) != 0) break;
        at += 32;
    }
    while (at < text.size() && byte_at(text, at) < 0x80) ++at;
    return at;
}

// Length of the character at `at`; 0 = not well-formed, and then `cut` says whether only its end is
// missing.
std::size_t character_at(std::string_view text, std::size_t at, bool* cut) {
    const u8 lead = byte_at(text, at);
    const std::size_t length = lead < 0x80   ? 1
                               : lead < 0xc2 ? 0
                               : lead < 0xe0 ? 2
                               : lead < 0xf0 ? 3
                               : lead < 0xf5 ? 4
                                             : 0;
    for (std::size_t i = 1; i < length; ++i) {
        if (at + i >= text.size()) {
            *cut = true;
            return 0;
        }
        const u8 next = byte_at(text, at + i);
        // The second byte excludes overlong forms, surrogates and what lies above U+10FFFF.
        const u8 low = i > 1 ? 0x80 : lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
        const u8 high = i > 1 ? 0xbf : lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
        if (next < low || next > high) return 0;
    }
    return length;
}

// Three-byte characters, which CP949 text almost never imitates: Hangul in UTF-8 has three bytes.
bool holds_hangul_utf8(std::string_view text) {
    for (std::size_t i = 0; i + 2 < text.size(); ++i) {
        bool cut = false;
        if (byte_at(text, i) >= 0xea && byte_at(text, i) <= 0xed &&
            character_at(text, i, &cut) == 3)
            return true;
    }
    return false;
}

// UTF-16 without its mark has a NUL in every second byte of plain text.
bool looks_like_utf16(std::string_view block) {
    const std::string_view head = block.substr(0, 4096);
    std::size_t even = 0;
    std::size_t odd = 0;
    for (std::size_t i = 0; i < head.size(); ++i)
        if (head[i] == 0) ++(i % 2 == 0 ? even : odd);
    const std::size_t most = std::max(even, odd);
    return most * 5 > head.size() && std::min(even, odd) * 10 < most;
}

constexpr const char* utf16_advice =
    "this is UTF-16, which spreadsheets call \"Unicode text\"; save it as \"CSV UTF-8\", or run: "
    "iconv -f UTF-16 -t UTF-8 FILE > NEW.csv";

}  // namespace

// The iconv of one file.
class TextSource::Decoder {
public:
    Decoder() : handle_(iconv_open("UTF-8", "CP949")) {}
    ~Decoder() {
        if (usable()) iconv_close(handle_);
    }
    Decoder(const Decoder&) = delete;
    Decoder& operator=(const Decoder&) = delete;
    bool usable() const { return handle_ != reinterpret_cast<iconv_t>(-1); }

    // Decodes as far as it goes; `used` bytes. `cut`: the rest is the first byte of a character.
    std::string_view decode(std::string_view text, std::size_t* used, bool* cut) {
        out_.resize(text.size() * 3 / 2 + 16);
        char* from = const_cast<char*>(text.data());  // iconv's signature; it does not write there
        char* to = out_.data();
        std::size_t left = text.size();
        std::size_t room = out_.size();
        *cut = iconv(handle_, &from, &left, &to, &room) == static_cast<std::size_t>(-1) &&
               errno == EINVAL;
        *used = text.size() - left;
        return {out_.data(), out_.size() - room};
    }

private:
    iconv_t handle_;
    std::string out_;
};

const char* to_string(Encoding encoding) {
    switch (encoding) {
        case Encoding::ascii:
            return "ASCII";
        case Encoding::utf8:
            return "UTF-8";
        case Encoding::utf8_with_mark:
            return "UTF-8 with byte order mark";
        case Encoding::cp949:
            return "CP949";
    }
    return "";
}

std::size_t utf8_prefix(std::string_view text, bool* cut) {
    *cut = false;
    std::size_t at = 0;
    while (at < text.size()) {
        at += ascii_prefix(text.substr(at));
        while (at < text.size() && byte_at(text, at) >= 0x80) {
            const std::size_t length = character_at(text, at, cut);
            if (length == 0) return at;
            at += length;
        }
    }
    return at;
}

TextSource::TextSource(std::filesystem::path file, FileStamp stamp, std::ifstream in)
    : file_(std::move(file)), stamp_(stamp), in_(std::move(in)), buffer_(block_bytes, '\0') {}
TextSource::TextSource(TextSource&&) noexcept = default;
TextSource& TextSource::operator=(TextSource&&) noexcept = default;
TextSource::~TextSource() = default;

Result<TextSource> TextSource::open(const std::filesystem::path& file) {
    std::error_code error;
    if (std::filesystem::is_directory(file, error))
        return fail(ErrorCode::io, file.string() + " is a folder");
    const FileStamp stamp = TRY(stamp_of(file));
    if (!std::filesystem::is_regular_file(file, error))
        return fail(ErrorCode::io, file.string() + " is not a regular file");
    if (stamp.bytes == 0) return fail(ErrorCode::malformed, file.string() + " is empty");
    std::ifstream in(file, std::ios::binary);
    if (!in) return fail(ErrorCode::io, "cannot read " + file.string());
    return TextSource(file, stamp, std::move(in));
}

Result<std::string_view> TextSource::read_block() {
    // What the last block cut moves to the front.
    if (kept_ > 0) std::memmove(buffer_.data(), buffer_.data() + (block_size_ - kept_), kept_);
    block_offset_ = offset_ - kept_;
    const u64 wanted = std::min<u64>(block_bytes - kept_, stamp_.bytes - offset_);
    in_.read(buffer_.data() + kept_, static_cast<std::streamsize>(wanted));
    const auto got = static_cast<std::size_t>(in_.gcount());
    if (in_.bad()) return fail(ErrorCode::io, "cannot read " + file_.string());
    if (got < wanted)
        return fail(ErrorCode::conflict, file_.string() + " became shorter while it was read");
    offset_ += got;
    block_size_ = kept_ + got;
    kept_ = 0;
    return std::string_view(buffer_).substr(0, block_size_);
}

Result<std::string_view> TextSource::next() {
    const bool first = offset_ == 0;
    std::string_view block = TRY(read_block());
    if (first) block = TRY(check_start(block));
    if (block.empty()) return block;
    if (const void* nul = std::memchr(block.data(), 0, block.size())) {
        const auto at = static_cast<u64>(static_cast<const char*>(nul) - buffer_.data());
        if (looks_like_utf16(block)) return fail(ErrorCode::malformed, utf16_advice);
        return fault(block_offset_ + at, "a NUL byte: this is not a text file, or it is damaged");
    }
    return encoding_ == Encoding::cp949 ? decode(block) : check_utf8(block);
}

Result<std::string_view> TextSource::check_start(std::string_view block) {
    if (block.starts_with("\xff\xfe") || block.starts_with("\xfe\xff"))
        return fail(ErrorCode::malformed, utf16_advice);
    const std::optional<FileKind> kind = kind_of_file(block);
    if (kind && !kind->is_table)
        return fail(ErrorCode::malformed,
                    "this is " + std::string(kind->name) + ", not a table" +
                        (kind->advice.empty() ? std::string() : "; " + std::string(kind->advice)));
    if (!block.starts_with(utf8_mark)) return block;
    encoding_ = Encoding::utf8_with_mark;
    block.remove_prefix(utf8_mark.size());
    if (block.empty()) return fail(ErrorCode::malformed, file_.string() + " is empty");
    return block;
}

Result<std::string_view> TextSource::check_utf8(std::string_view block) {
    const std::size_t plain = encoding_ == Encoding::ascii ? ascii_prefix(block) : 0;
    if (encoding_ == Encoding::ascii && plain == block.size()) return block;
    bool cut = false;
    const std::size_t good = plain + utf8_prefix(block.substr(plain), &cut);
    const bool last = offset_ == stamp_.bytes;
    const auto start = static_cast<std::size_t>(block.data() - buffer_.data());
    if (good == block.size() || (cut && !last)) {
        kept_ = block.size() - good;
        if (encoding_ == Encoding::ascii) encoding_ = Encoding::utf8;
        return block.substr(0, good);
    }
    const u64 place = block_offset_ + start + good;
    if (encoding_ == Encoding::ascii && !holds_hangul_utf8(block.substr(0, good))) {
        decoder_ = std::make_unique<Decoder>();
        if (!decoder_->usable())
            return fail(ErrorCode::unavailable, "this system's iconv does not know CP949");
        encoding_ = Encoding::cp949;
        return decode(block);
    }
    return fault(place,
                 "not UTF-8, though what stands before is: the file mixes encodings, or was "
                 "cut and joined");
}

Result<std::string_view> TextSource::decode(std::string_view block) {
    std::size_t used = 0;
    bool cut = false;
    const std::string_view text = decoder_->decode(block, &used, &cut);
    const bool last = offset_ == stamp_.bytes;
    if (used < block.size() && (!cut || last)) {
        const auto start = static_cast<std::size_t>(block.data() - buffer_.data());
        return fault(block_offset_ + start + used, "neither UTF-8 nor CP949");
    }
    kept_ = block.size() - used;
    return text;
}

Status TextSource::finish() const {
    const FileStamp now = TRY(stamp_of(file_));
    if (now != stamp_)
        return fail(ErrorCode::conflict,
                    file_.string() + " changed while it was read; run it again when it is quiet");
    return {};
}

std::unexpected<Error> TextSource::fault(u64 offset, const std::string& what) const {
    // Rare, so the lines before are counted by reading them once more.
    std::ifstream in(file_, std::ios::binary);
    std::string piece(block_bytes, '\0');
    u64 line = 1;
    u64 line_start = 0;
    for (u64 at = 0; at < offset && in;) {
        const u64 wanted = std::min<u64>(piece.size(), offset - at);
        in.read(piece.data(), static_cast<std::streamsize>(wanted));
        const auto got = static_cast<std::size_t>(in.gcount());
        for (std::size_t i = 0; i < got; ++i)
            if (piece[i] == '\n') {
                ++line;
                line_start = at + i + 1;
            }
        at += got;
    }
    return fail(ErrorCode::malformed, "line " + std::to_string(line) + ", byte " +
                                          std::to_string(offset - line_start + 1) + ": " + what);
}

}  // namespace jangbu::client
