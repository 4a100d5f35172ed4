// The ledger's stores in memory, over a disk that outlives them and can be made to fail at any
// write.
#pragma once

#include <map>

#include "ledger/stores.h"

namespace jangbu::test {

using namespace ledger;

// What survives a crash. Every write asks permission first.
struct MemoryDisk {
    enum class Fault { lose, keep };  // of the write that fails: did it reach the disk?

    std::map<u64, Bytes> inputs;
    std::map<u64, BlockRecord> outcomes;
    std::map<TxId, std::pair<u64, u32>> places;
    std::optional<BlockLog::Tip> tip;
    std::map<StateKey, Bytes> entries;
    std::optional<StateStore::Marker> marker;
    std::map<u64, UndoRecord> undo;
    std::map<DocumentHash, Document> documents;
    std::map<DocumentHash, Tombstone> tombstones;
    std::map<u64, RecordedOutcomes> recorded;
    std::map<std::pair<DocumentHash, u8>, NamedBelow> named;

    u64 writes = 0;
    std::optional<u64> fail_at;  // counted from 0; every later write fails too
    Fault fault = Fault::lose;

    template <class Write>
    Status write(Write perform) {
        const u64 number = writes++;
        if (fail_at && number >= *fail_at) {
            if (number == *fail_at && fault == Fault::keep) perform();
            return fail(ErrorCode::io, "the disk failed at write " + std::to_string(number));
        }
        perform();
        return {};
    }

    Stores stores();
};

class MemoryBlockLog final : public BlockLog {
public:
    explicit MemoryBlockLog(MemoryDisk& disk) : disk_(disk) {}

    Status append_input(u64 height, ByteView input) override {
        return disk_.write([&] { disk_.inputs[height] = to_bytes(input); });
    }
    Status put_outcome(u64 height, const BlockRecord& block, std::span<const TxId> ids) override {
        TRY(disk_.write([&] {
            disk_.outcomes[height] = block;
            disk_.outcomes[height].ids.assign(ids.begin(), ids.end());
            for (u32 i = 0; i < ids.size(); ++i) disk_.places[ids[i]] = {height, i};
        }));
        return disk_.write([&] { disk_.tip = Tip{height, header_hash(block.header)}; });
    }
    Status sync() override { return {}; }
    Result<u64> last_input_height() const override {
        return disk_.inputs.empty() ? 0 : disk_.inputs.rbegin()->first;
    }
    Result<std::optional<Tip>> tip() const override { return disk_.tip; }
    u64 first_height() const override {
        return disk_.inputs.empty() ? 0 : disk_.inputs.begin()->first;
    }
    Status remove_up_to(u64 height) override {
        disk_.inputs.erase(disk_.inputs.begin(), disk_.inputs.upper_bound(height));
        disk_.outcomes.erase(disk_.outcomes.begin(), disk_.outcomes.upper_bound(height));
        return {};
    }
    Status cut(const Tip& head) override {
        return disk_.write([&] {
            disk_.inputs.erase(disk_.inputs.upper_bound(head.height), disk_.inputs.end());
            disk_.outcomes.erase(disk_.outcomes.upper_bound(head.height), disk_.outcomes.end());
            std::erase_if(disk_.places,
                          [&](const auto& place) { return place.second.first > head.height; });
            disk_.tip = head;
        });
    }
    Result<Bytes> input(u64 height) const override {
        const auto found = disk_.inputs.find(height);
        if (found == disk_.inputs.end()) return fail(ErrorCode::not_found, "no block input");
        return found->second;
    }
    Result<BlockRecord> block(u64 height) const override {
        const auto found = disk_.outcomes.find(height);
        if (found == disk_.outcomes.end()) return fail(ErrorCode::not_found, "no block");
        BlockRecord record = found->second;
        record.input = TRY(input(height));
        return record;
    }
    Result<std::pair<u64, u32>> locate(const TxId& id) const override {
        const auto found = disk_.places.find(id);
        if (found == disk_.places.end()) return fail(ErrorCode::not_found, "no transaction");
        return found->second;
    }

private:
    MemoryDisk& disk_;
};

class MemoryStateStore final : public StateStore {
public:
    explicit MemoryStateStore(MemoryDisk& disk) : disk_(disk) {}

    Result<std::optional<Marker>> marker() const override { return disk_.marker; }
    Status load(const std::function<void(StateKey, Bytes)>& entry) const override {
        for (const auto& [key, value] : disk_.entries) entry(key, value);
        return {};
    }
    Status flush(std::span<const StateTree::Changes> blocks, const Marker& marker,
                 const UndoWindow& undo) override {
        return disk_.write([&] {
            for (const StateTree::Changes& changes : blocks)
                for (const auto& [key, value] : changes) {
                    if (value)
                        disk_.entries[key] = *value;
                    else
                        disk_.entries.erase(key);
                }
            disk_.marker = marker;
            std::erase_if(disk_.undo, [&](const auto& one) {
                return one.first < undo.first_kept || one.first > marker.height;
            });
            for (const UndoRecord& record : undo.records) disk_.undo[record.height] = record;
        });
    }
    Result<std::optional<UndoRecord>> undo(u64 height) const override {
        const auto found = disk_.undo.find(height);
        if (found == disk_.undo.end()) return std::nullopt;
        return found->second;
    }

private:
    MemoryDisk& disk_;
};

class MemoryDocumentStore final : public DocumentStore {
public:
    explicit MemoryDocumentStore(MemoryDisk& disk) : disk_(disk) {}

    Status put(std::span<const Document> documents) override {
        return disk_.write([&] {
            for (const Document& document : documents) {
                const DocumentHash hash = document_hash(bcs::encode(document));
                disk_.documents[hash] = document;
                disk_.tombstones.erase(hash);
            }
        });
    }
    Status prune(std::span<const Tombstone> tombstones) override {
        return disk_.write([&] { bury(tombstones); });
    }
    Status put_recorded(u64 height, const PrunedDocuments& pruned) override {
        return disk_.write([&] {
            bury(pruned.tombstones);
            disk_.recorded = {{height, pruned.recorded}};
        });
    }
    Result<std::optional<RecordedOutcomes>> recorded_of(u64 height) const override {
        const auto found = disk_.recorded.find(height);
        if (found == disk_.recorded.end()) return std::nullopt;
        return found->second;
    }
    Result<std::optional<Tombstone>> tombstone(const DocumentHash& hash) const override {
        const auto found = disk_.tombstones.find(hash);
        if (found == disk_.tombstones.end()) return std::nullopt;
        return found->second;
    }
    Result<std::vector<Tombstone>> tombstones() const override {
        std::vector<Tombstone> all;
        for (const auto& [hash, tombstone] : disk_.tombstones) all.push_back(tombstone);
        return all;
    }
    Status put_named(std::span<const NamedBelow> named) override {
        return disk_.write([&] {
            for (const NamedBelow& one : named)
                disk_.named[{one.document.hash, one.document.access}] = one;
        });
    }
    Result<std::vector<NamedBelow>> named_below() const override {
        std::vector<NamedBelow> all;
        for (const auto& [key, one] : disk_.named) all.push_back(one);
        return all;
    }
    void compact() override {}
    std::optional<Document> find(const DocumentHash& hash) const override {
        const auto found = disk_.documents.find(hash);
        if (found == disk_.documents.end()) return std::nullopt;
        return found->second;
    }
    Result<std::vector<DocumentHash>> check() const override {
        std::vector<DocumentHash> hashes;
        for (const auto& [hash, document] : disk_.documents) hashes.push_back(hash);
        return hashes;
    }
    Status health() const override { return {}; }

private:
    void bury(std::span<const Tombstone> tombstones) {
        for (const Tombstone& one : tombstones) {
            disk_.tombstones[one.document.hash] = one;
            disk_.documents.erase(one.document.hash);
            for (u8 access = 1; access <= 4; ++access)
                disk_.named.erase({one.document.hash, access});
        }
    }
    MemoryDisk& disk_;
};

inline Stores MemoryDisk::stores() {
    return {nullptr, std::make_unique<MemoryBlockLog>(*this),
            std::make_unique<MemoryStateStore>(*this),
            std::make_unique<MemoryDocumentStore>(*this)};
}

}  // namespace jangbu::test
