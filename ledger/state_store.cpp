// The state store: one LevelDB. Keys: 'm' -> the marker, 's' || state key -> value, 'u' || height,
// big-endian -> undo record.
#include <set>

#include "ledger/changes_by_key.h"
#include "ledger/level_db.h"
#include "ledger/stores.h"

namespace jangbu::ledger {
namespace {

struct MarkerRecord {
    u64 height = 0;
    HeaderHash header_hash;
    Hash state_root{};
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c(self.height);
        c(self.header_hash);
        c(self.state_root);
    }
};

const Bytes marker_key{'m'};

Bytes entry_key(const StateKey& key) {
    return concat({as_bytes("s"), key});
}

Bytes undo_key(u64 height) {
    Bytes key{'u'};
    for (int shift = 56; shift >= 0; shift -= 8) key.push_back(static_cast<u8>(height >> shift));
    return key;
}
Result<u64> undo_height(ByteView key) {
    if (key.size() != 9) return fail(ErrorCode::malformed, "a key of another length");
    u64 height = 0;
    for (const u8 byte : key.subspan(1)) height = height << 8 | byte;
    return height;
}

class LevelStateStore final : public StateStore {
public:
    explicit LevelStateStore(std::unique_ptr<LevelDb> db) : db_(std::move(db)) {}

    Result<std::optional<Marker>> marker() const override {
        const std::optional<Bytes> found = TRY(db_->find(marker_key));
        if (!found) {
            if (!TRY(db_->is_empty())) return db_->corrupted("state entries without a marker");
            return std::nullopt;
        }
        const Result<MarkerRecord> record = bcs::decode<MarkerRecord>(*found);
        if (!record) return db_->corrupted("marker: " + record.error().detail);
        return Marker{record->height, record->header_hash, record->state_root};
    }

    Status load(const std::function<void(StateKey, Bytes)>& entry) const override {
        return db_->for_each(as_bytes("s"), [&](ByteView key, ByteView value) -> Status {
            entry(to_bytes(key.subspan(1)), to_bytes(value));
            return {};
        });
    }

    // In key order, each key once: a sorted batch costs LevelDB a third of an unsorted one.
    Status flush(std::span<const StateTree::Changes> blocks, const Marker& marker,
                 const UndoWindow& undo) override {
        if (!undo_heights_) undo_heights_ = TRY(read_undo_heights());
        LevelDb::Batch batch;
        Bytes at;
        for_each_changed_key(blocks, [&](const StateKey& key, auto values) {
            const std::optional<Bytes>* latest = nullptr;
            for (const std::optional<Bytes>* value : values)
                if (value) latest = value;
            at = entry_key(key);
            if (*latest)
                batch.put(at, **latest);
            else
                batch.erase(at);
        });
        batch.put(marker_key,
                  bcs::encode(MarkerRecord{marker.height, marker.header_hash, marker.state_root}));
        std::set<u64> kept;
        for (const u64 height : *undo_heights_)
            if (height >= undo.first_kept && height <= marker.height)
                kept.insert(height);
            else
                batch.erase(undo_key(height));
        for (const UndoRecord& record : undo.records) {
            batch.put(undo_key(record.height), bcs::encode(record));
            kept.insert(record.height);
        }
        TRY(db_->write(std::move(batch)));
        undo_heights_ = std::move(kept);
        return {};
    }

    Result<std::optional<UndoRecord>> undo(u64 height) const override {
        const std::optional<Bytes> found = TRY(db_->find(undo_key(height)));
        if (!found) return std::nullopt;
        Result<UndoRecord> record = bcs::decode<UndoRecord>(*found);
        const std::string which = "undo record of height " + std::to_string(height);
        if (!record) return db_->corrupted(which + ": " + record.error().detail);
        if (record->height != height) return db_->corrupted(which + ": is of another height");
        return std::move(*record);
    }

private:
    Result<std::set<u64>> read_undo_heights() const {
        std::set<u64> heights;
        TRY(db_->for_each(as_bytes("u"), [&](ByteView key, ByteView) -> Status {
            const auto height = undo_height(key);
            if (!height) return db_->corrupted("undo record: " + height.error().detail);
            heights.insert(*height);
            return {};
        }));
        return heights;
    }

    std::unique_ptr<LevelDb> db_;
    std::optional<std::set<u64>> undo_heights_;  // of the records, once a flush asked
};

}  // namespace

Result<std::unique_ptr<StateStore>> open_state_store(const std::filesystem::path& folder) {
    return std::make_unique<LevelStateStore>(
        TRY(LevelDb::open(folder, "delete this folder, it is made again from the block log")));
}

}  // namespace jangbu::ledger
