#include "ledger/zstd_frame.h"

#include <zstd.h>

#include "base/assert.h"

namespace jangbu::ledger {
namespace {

constexpr int level = 3;

std::unexpected<Error> bad_frame(const char* what) {
    return fail(ErrorCode::malformed, std::string("its zstd frame ") + what);
}

}  // namespace

Bytes compress_frame(ByteView content) {
    Bytes frame(ZSTD_compressBound(content.size()));
    const std::size_t size =
        ZSTD_compress(frame.data(), frame.size(), content.data(), content.size(), level);
    JANGBU_ASSERT(!ZSTD_isError(size));  // only memory can be missing
    frame.resize(size);
    return frame;
}

Result<Bytes> decompress_frame(ByteView frame, std::size_t content_bytes) {
    if (ZSTD_getFrameContentSize(frame.data(), frame.size()) != content_bytes)
        return bad_frame("is not one of the expected size");
    const std::size_t size = ZSTD_findFrameCompressedSize(frame.data(), frame.size());
    if (ZSTD_isError(size) || size != frame.size())
        return bad_frame("does not end where it should");
    Bytes content(content_bytes);
    const std::size_t got =
        ZSTD_decompress(content.data(), content.size(), frame.data(), frame.size());
    if (ZSTD_isError(got) || got != content.size()) return bad_frame("does not decompress");
    return content;
}

}  // namespace jangbu::ledger
