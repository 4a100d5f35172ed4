// The bytes of the block log's segment files (docs/formats.md section 14): a header of the file,
// then records, then zeros.
//
// Integers are little-endian. A record stands at a multiple of 16; its header has a checksum of its
// own, so that a reader that met damage can tell whether records follow it. Threads: pure. Errors:
// none; any bytes are judged.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "ledger/types.h"

namespace jangbu::ledger::segment {

inline constexpr std::size_t header_bytes = 64;
inline constexpr std::size_t record_header_bytes = 32;
inline constexpr std::size_t alignment = 16;

struct FileHeader {
    u32 number = 0;      // of the segment, from 1
    u64 size_bytes = 0;  // of the file
    ChainId chain;
    bool operator==(const FileHeader&) const = default;
};
ByteArray<header_bytes> encode(const FileHeader& header);
std::optional<FileHeader> decode_file_header(ByteView bytes);

enum class Kind : u8 { input = 1, outcome = 2 };

struct RecordHeader {
    Kind kind{};
    u64 height = 0;
    u32 length = 0;  // of the payload that follows
    u32 payload_crc = 0;
    bool operator==(const RecordHeader&) const = default;
};
ByteArray<record_header_bytes> encode(const RecordHeader& header);
std::optional<RecordHeader> decode_record_header(ByteView bytes);

// Header, payload, zeros up to the alignment.
Bytes encode_record(Kind kind, u64 height, ByteView payload);
// Bytes that a record with such a payload takes.
u64 record_bytes(u64 payload_bytes);

// What a segment holds, from its first record on.
struct Found {
    u64 offset = 0;  // of the record's header
    RecordHeader header;
};
struct Scan {
    std::vector<Found> records;
    u64 end = 0;  // behind the last good record
    // Behind the end is something else than zeros.
    bool is_torn = false;
    // Headers of records behind it, whole by their own checksum.
    std::vector<Found> beyond;
};
Scan scan(ByteView segment);

}  // namespace jangbu::ledger::segment
