#include "ledger/chain_base.h"

#include "base/file.h"
#include "ledger/snapshot_reader.h"

namespace jangbu::ledger {
namespace {

struct BaseRecord {
    ChainId chain;
    u64 height = 0;
    HeaderHash header_hash;
    Hash check{};  // of the rest
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c(self.chain);
        c(self.height);
        c(self.header_hash);
        c(self.check);
    }
};

Hash base_check(const ChainId& chain, u64 height, const HeaderHash& hash) {
    static const crypto::Tag tag("jangbu/base/v1");
    return tag({chain.bytes, le64(height), hash.bytes});
}

constexpr std::size_t base_bytes_max = 256;

}  // namespace

Result<std::unique_ptr<ChainBase>> ChainBase::open(const std::filesystem::path& folder,
                                                   const ChainId& chain) {
    std::unique_ptr<ChainBase> base(new ChainBase(folder, chain));
    base->headers_ = TRY(HeaderFile::open(folder / "headers"));
    const Result<Bytes> bytes = read_file(base->file_, base_bytes_max);
    if (!bytes && bytes.error().code == ErrorCode::not_found) return base;
    if (!bytes && bytes.error().code != ErrorCode::limit_exceeded)
        return std::unexpected(bytes.error());
    const auto record = bytes ? bcs::decode<BaseRecord>(*bytes)
                              : Result<BaseRecord>(fail(ErrorCode::malformed, "too long"));
    if (!record || record->height == 0 ||
        record->check != base_check(record->chain, record->height, record->header_hash))
        return fail(ErrorCode::corrupted,
                    base->file_.string() + " is damaged; restore the ledger from a backup");
    if (record->chain != chain)
        return fail(ErrorCode::conflict, base->file_.string() + " belongs to the ledger " +
                                             record->chain.hex() + ", not to " + chain.hex());
    base->height_ = record->height;
    base->hash_ = record->header_hash;
    return base;
}

u64 ChainBase::height() const {
    const std::scoped_lock lock(mutex_);
    return height_;
}

HeaderHash ChainBase::header_hash() const {
    const std::scoped_lock lock(mutex_);
    return hash_;
}

std::filesystem::path ChainBase::snapshot() const {
    return snapshots_ / SnapshotReader::folder_name(height());
}

Status ChainBase::mark(u64 height, const HeaderHash& hash) {
    JANGBU_ASSERT(height > this->height());
    const BaseRecord record{chain_, height, hash, base_check(chain_, height, hash)};
    TRY(write_file_atomically(file_, bcs::encode(record), FileMode::owner_only));
    const std::scoped_lock lock(mutex_);
    height_ = height;
    hash_ = hash;
    return {};
}

}  // namespace jangbu::ledger
