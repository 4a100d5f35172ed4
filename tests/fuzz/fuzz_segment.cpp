// A segment of the block log: what a scan finds is whole, in place and without overlap, whatever
// the bytes; a file header that decodes has one encoding.
#include <algorithm>

#include "base/assert.h"
#include "base/crc32c.h"
#include "ledger/segment_record.h"

extern "C" int LLVMFuzzerTestOneInput(const jangbu::u8* input, std::size_t size) {
    using namespace jangbu;
    namespace segment = ledger::segment;
    const ByteView bytes(input, size);
    if (const auto header = segment::decode_file_header(bytes))
        JANGBU_ASSERT(
            std::ranges::equal(segment::encode(*header), bytes.first(segment::header_bytes)));
    const segment::Scan found = segment::scan(bytes);
    u64 end = segment::header_bytes;
    for (const segment::Found& one : found.records) {
        JANGBU_ASSERT(one.offset == end);
        const ByteView payload =
            bytes.subspan(one.offset + segment::record_header_bytes, one.header.length);
        JANGBU_ASSERT(crc32c(payload) == one.header.payload_crc);
        end += segment::record_bytes(one.header.length);
    }
    JANGBU_ASSERT(found.end == end && (size < end || found.end <= size || found.records.empty()));
    for (const segment::Found& one : found.beyond)
        JANGBU_ASSERT(one.offset > found.end && one.offset % segment::alignment == 0);
    return 0;
}
