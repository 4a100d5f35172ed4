#include "ledger/log_cut.h"

#include "base/file.h"

namespace jangbu::ledger {
namespace {

constexpr std::size_t cut_bytes_max = 256;

struct CutRecord {
    u64 height = 0;
    HeaderHash header_hash;
    u32 segment = 0;
    u64 end = 0;
    Hash check{};  // of the rest
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c(self.height);
        c(self.header_hash);
        c(self.segment);
        c(self.end);
        c(self.check);
    }
};

Hash cut_check(const LogCut& cut) {
    static const crypto::Tag tag("jangbu/log-cut/v1");
    return tag(
        {le64(cut.head.height), cut.head.header_hash.bytes, le32(cut.segment), le64(cut.end)});
}

}  // namespace

Bytes encode(const LogCut& cut) {
    return bcs::encode(
        CutRecord{cut.head.height, cut.head.header_hash, cut.segment, cut.end, cut_check(cut)});
}

Result<std::optional<LogCut>> read_log_cut(const std::filesystem::path& file) {
    const Result<Bytes> bytes = read_file(file, cut_bytes_max);
    if (!bytes && bytes.error().code == ErrorCode::not_found) return std::nullopt;
    if (!bytes && bytes.error().code != ErrorCode::limit_exceeded)
        return std::unexpected(bytes.error());
    const auto record = bytes ? bcs::decode<CutRecord>(*bytes)
                              : Result<CutRecord>(fail(ErrorCode::malformed, "too long"));
    LogCut cut;
    if (record) cut = {{record->height, record->header_hash}, record->segment, record->end};
    if (!record || record->check != cut_check(cut))
        return fail(ErrorCode::corrupted,
                    file.string() + " is damaged; restore the ledger from a backup");
    return cut;
}

Status write_log_cut(const std::filesystem::path& file, const LogCut& cut) {
    return write_file_atomically(file, encode(cut), FileMode::owner_only);
}

}  // namespace jangbu::ledger
