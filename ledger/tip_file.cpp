#include "ledger/tip_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "base/file.h"

namespace jangbu::ledger {
namespace {

constexpr std::size_t slot_bytes = 512;
constexpr std::size_t slot_count = 2;
constexpr std::size_t file_bytes = slot_bytes * slot_count;

struct TipRecord {
    u64 height = 0;
    HeaderHash header_hash;
    Hash check{};  // of the rest: a damaged tip must not accuse the log
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c(self.height);
        c(self.header_hash);
        c(self.check);
    }
};

Hash tip_check(const BlockLog::Tip& tip) {
    static const crypto::Tag tag("jangbu/tip/v1");
    return tag({le64(tip.height), tip.header_hash.bytes});
}

// The record, then zeros.
Bytes encode_slot(const BlockLog::Tip& tip) {
    Bytes slot = bcs::encode(TipRecord{tip.height, tip.header_hash, tip_check(tip)});
    slot.resize(slot_bytes);
    return slot;
}

std::optional<BlockLog::Tip> decode_slot(ByteView slot) {
    static const std::size_t record_bytes = bcs::encode(TipRecord{}).size();
    const auto record = bcs::decode<TipRecord>(slot.first(record_bytes));
    if (!record) return std::nullopt;
    const BlockLog::Tip tip{record->height, record->header_hash};
    if (!std::ranges::equal(encode_slot(tip), slot)) return std::nullopt;
    return tip;
}

off_t slot_offset(const BlockLog::Tip& tip) {
    return static_cast<off_t>(tip.height % slot_count * slot_bytes);
}

}  // namespace

TipFile::~TipFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

std::unexpected<Error> TipFile::failed(const char* what) const {
    return fail(ErrorCode::io, std::string("cannot ") + what + " " + file_.string() + ": " +
                                   std::generic_category().message(errno));
}

Result<std::optional<BlockLog::Tip>> TipFile::read() const {
    const std::scoped_lock lock(mutex_);
    const Result<Bytes> bytes = read_file(file_, file_bytes);
    if (!bytes && bytes.error().code == ErrorCode::not_found) return std::nullopt;
    if (!bytes && bytes.error().code != ErrorCode::limit_exceeded)
        return std::unexpected(bytes.error());
    std::optional<BlockLog::Tip> latest;
    for (std::size_t i = 0; bytes && bytes->size() == file_bytes && i < slot_count; ++i) {
        const auto tip = decode_slot(ByteView(*bytes).subspan(i * slot_bytes, slot_bytes));
        if (tip && (!latest || tip->height > latest->height)) latest = tip;
    }
    if (!latest)
        return fail(ErrorCode::corrupted,
                    file_.string() + " is damaged; restore the ledger from a backup");
    return latest;
}

// A file without a whole slot would look damaged, so the first tip comes with the file.
Status TipFile::make(const BlockLog::Tip& only) {
    Bytes content(file_bytes);
    std::ranges::copy(encode_slot(only), content.begin() + slot_offset(only));
    return write_file_atomically(file_, content, FileMode::owner_only);
}

Status TipFile::open(const BlockLog::Tip& first) {
    if (!std::filesystem::exists(file_)) TRY(make(first));
    descriptor_ = ::open(file_.c_str(), O_RDWR | O_CLOEXEC);
    if (descriptor_ < 0) return failed("open");
    return {};
}

Status TipFile::write(const BlockLog::Tip& tip) {
    const std::scoped_lock lock(mutex_);
    if (descriptor_ < 0) TRY(open(tip));
    const Bytes slot = encode_slot(tip);
    const off_t offset = slot_offset(tip);
    if (::pwrite(descriptor_, slot.data(), slot.size(), offset) !=
        static_cast<ssize_t>(slot.size()))
        return failed("write");
    return {};
}

Status TipFile::replace(const BlockLog::Tip& tip) {
    const std::scoped_lock lock(mutex_);
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
    return make(tip);
}

Status TipFile::sync() {
    const std::scoped_lock lock(mutex_);
    if (descriptor_ >= 0 && ::fdatasync(descriptor_) != 0) return failed("sync");
    return {};
}

}  // namespace jangbu::ledger
