#include "ledger/segment_record.h"

#include <algorithm>

#include "base/assert.h"
#include "base/crc32c.h"

namespace jangbu::ledger::segment {
namespace {

constexpr std::string_view file_magic = "jbsegmnt";
constexpr std::string_view record_magic = "jbr1";
constexpr u32 version = 1;

template <class Integer>
Integer read_le(ByteView bytes) {
    Integer value = 0;
    for (std::size_t i = 0; i < sizeof(Integer); ++i)
        value = static_cast<Integer>(value | static_cast<Integer>(bytes[i]) << (8 * i));
    return value;
}

void put(std::span<u8> to, ByteView bytes) {
    std::ranges::copy(bytes, to.begin());
}

u64 aligned(u64 bytes) {
    return (bytes + alignment - 1) / alignment * alignment;
}

bool is_zero(ByteView bytes) {
    return std::ranges::all_of(bytes, [](u8 byte) { return byte == 0; });
}

}  // namespace

ByteArray<header_bytes> encode(const FileHeader& header) {
    ByteArray<header_bytes> out{};
    const std::span<u8> all(out);
    put(all, as_bytes(file_magic));
    put(all.subspan(8), le32(version));
    put(all.subspan(12), le32(header.number));
    put(all.subspan(16), le64(header.size_bytes));
    put(all.subspan(24), header.chain.bytes);
    put(all.subspan(60), le32(crc32c(ByteView(out).first(60))));
    return out;
}

std::optional<FileHeader> decode_file_header(ByteView bytes) {
    if (bytes.size() < header_bytes) return std::nullopt;
    FileHeader header;
    header.number = read_le<u32>(bytes.subspan(12));
    header.size_bytes = read_le<u64>(bytes.subspan(16));
    std::ranges::copy(bytes.subspan(24, 32), header.chain.bytes.begin());
    if (!std::ranges::equal(encode(header), bytes.first(header_bytes))) return std::nullopt;
    return header;
}

ByteArray<record_header_bytes> encode(const RecordHeader& header) {
    ByteArray<record_header_bytes> out{};
    const std::span<u8> all(out);
    put(all, as_bytes(record_magic));
    out[4] = static_cast<u8>(header.kind);
    put(all.subspan(8), le64(header.height));
    put(all.subspan(16), le32(header.length));
    put(all.subspan(20), le32(header.payload_crc));
    put(all.subspan(28), le32(crc32c(ByteView(out).first(28))));
    return out;
}

std::optional<RecordHeader> decode_record_header(ByteView bytes) {
    if (bytes.size() < record_header_bytes ||
        !std::ranges::equal(bytes.first(4), as_bytes(record_magic)))
        return std::nullopt;
    RecordHeader header;
    header.kind = static_cast<Kind>(bytes[4]);
    header.height = read_le<u64>(bytes.subspan(8));
    header.length = read_le<u32>(bytes.subspan(16));
    header.payload_crc = read_le<u32>(bytes.subspan(20));
    const bool is_known = header.kind == Kind::input || header.kind == Kind::outcome;
    if (!is_known || !std::ranges::equal(encode(header), bytes.first(record_header_bytes)))
        return std::nullopt;
    return header;
}

Bytes encode_record(Kind kind, u64 height, ByteView payload) {
    JANGBU_ASSERT(payload.size() <= UINT32_MAX);
    const RecordHeader header{kind, height, static_cast<u32>(payload.size()), crc32c(payload)};
    Bytes out;
    out.reserve(record_bytes(payload.size()));
    const auto head = encode(header);
    out.insert(out.end(), head.begin(), head.end());
    out.insert(out.end(), payload.begin(), payload.end());
    out.resize(record_bytes(payload.size()));
    return out;
}

u64 record_bytes(u64 payload_bytes) {
    return aligned(record_header_bytes + payload_bytes);
}

Scan scan(ByteView segment) {
    Scan found;
    found.end = header_bytes;
    while (found.end < segment.size()) {
        const ByteView rest = segment.subspan(found.end);
        const auto header = decode_record_header(rest);
        if (!header || record_bytes(header->length) > rest.size() ||
            crc32c(rest.subspan(record_header_bytes, header->length)) != header->payload_crc)
            break;
        found.records.push_back({found.end, *header});
        found.end += record_bytes(header->length);
    }
    if (found.end >= segment.size() || is_zero(segment.subspan(found.end))) return found;
    found.is_torn = true;
    for (u64 at = found.end + alignment; at < segment.size(); at += alignment)
        if (const auto header = decode_record_header(segment.subspan(at)))
            found.beyond.push_back({at, *header});
    return found;
}

}  // namespace jangbu::ledger::segment
