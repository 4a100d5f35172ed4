// The block log: <folder>/log, a LevelDB, and <folder>/head, the tip in its second place.
//
// Keys: 'c' -> chain id; 'i' || be64(height) -> BCS(BlockInput); 'o' || be64(height) -> Outcome;
// 't' || txid -> le64(height) || le32(index). Every key is written once.
#include <atomic>

#include "base/file.h"
#include "ledger/level_db.h"
#include "ledger/stores.h"

namespace jangbu::ledger {
namespace {

constexpr std::size_t receipt_bytes_max =
    64 + limits::receipt_events_max * (limits::event_bytes_max + 2);
constexpr std::size_t receipts_max = 4 * limits::block_transactions_max;
constexpr std::size_t tip_file_bytes_max = 256;

struct ReceiptBytes {
    Bytes bytes;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.bytes(self.bytes, receipt_bytes_max);
    }
};

struct Outcome {
    Header header;
    SoloFinality finality;
    std::vector<ReceiptBytes> receipts;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c(self.header);
        c(self.finality);
        c.list(self.receipts, 0, receipts_max);
    }
};

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

struct Place {
    u64 height = 0;
    u32 index = 0;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.height);
        c(self.index);
    }
};

const Bytes chain_key{'c'};

Bytes height_key(char kind, u64 height) {
    Bytes key{static_cast<u8>(kind)};
    for (int shift = 56; shift >= 0; shift -= 8) key.push_back(static_cast<u8>(height >> shift));
    return key;
}
u64 height_of(ByteView key) {
    u64 height = 0;
    for (const u8 byte : key.subspan(1)) height = height << 8 | byte;
    return height;
}
Bytes place_key(const TxId& id) {
    return concat({as_bytes("t"), id.bytes});
}

class LevelBlockLog final : public BlockLog {
public:
    LevelBlockLog(std::unique_ptr<LevelDb> db, std::filesystem::path tip_file)
        : db_(std::move(db)), tip_file_(std::move(tip_file)) {}

    Status begin(const ChainId& chain);

    Status append_input(u64 height, ByteView input) override;
    Status put_outcome(u64 height, const BlockRecord& block, std::span<const TxId> ids) override;
    Result<u64> last_input_height() const override { return last_.load(); }
    Result<std::optional<Tip>> tip() const override;
    Result<Bytes> input(u64 height) const override;
    Result<BlockRecord> block(u64 height) const override;
    Result<std::pair<u64, u32>> locate(const TxId& id) const override;

private:
    std::unique_ptr<LevelDb> db_;
    std::filesystem::path tip_file_;
    std::atomic<u64> last_{0};
};

Status LevelBlockLog::begin(const ChainId& chain) {
    const std::optional<Bytes> stored = TRY(db_->find(chain_key));
    if (!stored && !TRY(db_->is_empty()))
        return db_->corrupted("blocks without the chain id they belong to");
    if (!stored) {
        LevelDb::Batch batch;
        batch.put(chain_key, chain.bytes);
        TRY(db_->write(std::move(batch)));
    } else if (to_hex(*stored) != chain.hex()) {
        return fail(ErrorCode::conflict, db_->folder().string() + " belongs to ledger " +
                                             to_hex(*stored) + ", not to " + chain.hex());
    }
    const std::optional<Bytes> last = TRY(db_->last_key(as_bytes("i")));
    if (last && last->size() != 9) return db_->corrupted("a key that is no height");
    last_ = last ? height_of(*last) : 0;
    return {};
}

Status LevelBlockLog::append_input(u64 height, ByteView input) {
    JANGBU_ASSERT(height == last_ + 1);
    LevelDb::Batch batch;
    batch.put(height_key('i', height), input);
    TRY(db_->write(std::move(batch)));
    last_ = height;
    return {};
}

Status LevelBlockLog::put_outcome(u64 height, const BlockRecord& block, std::span<const TxId> ids) {
    JANGBU_ASSERT(height == last_ && block.header.height == height);
    Outcome outcome{block.header, block.finality, {}};
    for (const Bytes& receipt : block.receipts) outcome.receipts.push_back({receipt});
    LevelDb::Batch batch;
    batch.put(height_key('o', height), bcs::encode(outcome));
    for (std::size_t i = 0; i < ids.size(); ++i)
        batch.put(place_key(ids[i]), bcs::encode(Place{height, static_cast<u32>(i)}));
    TRY(db_->write(std::move(batch)));
    const Tip tip{height, header_hash(block.header)};
    return write_file_atomically(
        tip_file_, bcs::encode(TipRecord{tip.height, tip.header_hash, tip_check(tip)}),
        FileMode::owner_only);
}

Result<std::optional<BlockLog::Tip>> LevelBlockLog::tip() const {
    const Result<Bytes> bytes = read_file(tip_file_, tip_file_bytes_max);
    if (!bytes && bytes.error().code == ErrorCode::not_found) return std::nullopt;
    if (!bytes && bytes.error().code != ErrorCode::limit_exceeded)
        return std::unexpected(bytes.error());
    const Result<TipRecord> record =
        bytes ? bcs::decode<TipRecord>(*bytes) : std::unexpected(bytes.error());
    if (record) {
        const Tip tip{record->height, record->header_hash};
        if (record->check == tip_check(tip)) return tip;
    }
    return fail(ErrorCode::corrupted, tip_file_.string() + " is damaged");
}

Result<Bytes> LevelBlockLog::input(u64 height) const {
    std::optional<Bytes> found = TRY(db_->find(height_key('i', height)));
    if (!found)
        return fail(ErrorCode::not_found, "no block input at height " + std::to_string(height));
    return std::move(*found);
}

Result<BlockRecord> LevelBlockLog::block(u64 height) const {
    const std::optional<Bytes> found = TRY(db_->find(height_key('o', height)));
    if (!found) return fail(ErrorCode::not_found, "no block at height " + std::to_string(height));
    Result<Outcome> outcome = bcs::decode<Outcome>(*found);
    if (!outcome)
        return db_->corrupted("block " + std::to_string(height) + ": " + outcome.error().detail);
    BlockRecord record{TRY(input(height)), outcome->header, {}, outcome->finality};
    for (ReceiptBytes& receipt : outcome->receipts)
        record.receipts.push_back(std::move(receipt.bytes));
    return record;
}

Result<std::pair<u64, u32>> LevelBlockLog::locate(const TxId& id) const {
    const std::optional<Bytes> found = TRY(db_->find(place_key(id)));
    if (!found) return fail(ErrorCode::not_found, "no transaction " + id.hex());
    const Result<Place> place = bcs::decode<Place>(*found);
    if (!place) return db_->corrupted("place of transaction " + id.hex());
    return std::pair(place->height, place->index);
}

}  // namespace

Result<std::unique_ptr<BlockLog>> open_block_log(const std::filesystem::path& folder,
                                                 const ChainId& chain) {
    auto log = std::make_unique<LevelBlockLog>(TRY(LevelDb::open(folder / "log")), folder / "head");
    TRY(log->begin(chain));
    return log;
}

}  // namespace jangbu::ledger
