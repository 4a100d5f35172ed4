// The state store: one LevelDB. Keys: 'm' -> the marker, 's' || state key -> value.
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

// Every key once, ascending, with the value of the last block that has it.
template <class Visit>
void latest_of_each(std::span<const StateTree::Changes> blocks, Visit visit) {
    using Cursor = StateTree::Changes::const_iterator;
    std::vector<std::pair<Cursor, Cursor>> open;  // one a block: next, end
    for (const StateTree::Changes& block : blocks) open.emplace_back(block.begin(), block.end());
    while (true) {
        const StateTree::Changes::value_type* least = nullptr;
        for (const auto& [next, end] : open)  // the later block wins among equals
            if (next != end && (!least || next->first <= least->first)) least = &*next;
        if (!least) return;
        visit(least->first, least->second);
        for (auto& [next, end] : open)
            if (next != end && &*next != least && next->first == least->first) ++next;
        for (auto& [next, end] : open)
            if (next != end && &*next == least) ++next;
    }
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
    Status flush(std::span<const StateTree::Changes> blocks, const Marker& marker) override {
        LevelDb::Batch batch;
        Bytes at;
        latest_of_each(blocks, [&](const StateKey& key, const std::optional<Bytes>& value) {
            at = entry_key(key);
            if (value)
                batch.put(at, *value);
            else
                batch.erase(at);
        });
        batch.put(marker_key,
                  bcs::encode(MarkerRecord{marker.height, marker.header_hash, marker.state_root}));
        return db_->write(std::move(batch));
    }

private:
    std::unique_ptr<LevelDb> db_;
};

}  // namespace

Result<std::unique_ptr<StateStore>> open_state_store(const std::filesystem::path& folder) {
    return std::make_unique<LevelStateStore>(
        TRY(LevelDb::open(folder, "delete this folder, it is made again from the block log")));
}

}  // namespace jangbu::ledger
