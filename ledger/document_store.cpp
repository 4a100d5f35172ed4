// The document store: one LevelDB. Keys: 'd' || document hash -> BCS(Document); 't' || document
// hash -> BCS(Tombstone); 'o' || be64(height) -> BCS(RecordedOutcomes); 'n' || document hash ||
// class -> BCS(NamedBelow). A document and its tombstone are never both there but after a repair,
// and then the document counts.
#include <algorithm>
#include <mutex>

#include "ledger/level_db.h"
#include "ledger/stores.h"

namespace jangbu::ledger {
namespace {

Bytes document_key(const DocumentHash& hash) {
    return concat({as_bytes("d"), hash.bytes});
}
Bytes tombstone_key(const DocumentHash& hash) {
    return concat({as_bytes("t"), hash.bytes});
}
Bytes named_key(const DocumentRef& document) {
    return concat({as_bytes("n"), document.hash.bytes, ByteView(&document.access, 1)});
}
Bytes outcomes_key(u64 height) {
    ByteArray<8> big_endian = le64(height);
    std::ranges::reverse(big_endian);
    return concat({as_bytes("o"), big_endian});
}

class LevelDocumentStore final : public DocumentStore {
public:
    explicit LevelDocumentStore(std::unique_ptr<LevelDb> db) : db_(std::move(db)) {}

    Status put(std::span<const Document> documents) override {
        if (documents.empty()) return {};
        LevelDb::Batch batch;
        for (const Document& document : documents) {
            const Bytes encoded = bcs::encode(document);
            const DocumentHash hash = document_hash(encoded);
            batch.put(document_key(hash), encoded);
            if (TRY(db_->find(tombstone_key(hash)))) batch.erase(tombstone_key(hash));
        }
        return db_->write(std::move(batch));
    }

    Status prune(std::span<const Tombstone> tombstones) override {
        if (tombstones.empty()) return {};
        LevelDb::Batch batch;
        bury(batch, tombstones);
        for (const Tombstone& one : tombstones)
            TRY(db_->for_each(concat({as_bytes("n"), one.document.hash.bytes}),
                              [&](ByteView key, ByteView) -> Status {
                                  batch.erase(key);
                                  return {};
                              }));
        return db_->write(std::move(batch));
    }

    Status put_recorded(u64 height, const PrunedDocuments& pruned) override {
        LevelDb::Batch batch;
        bury(batch, pruned.tombstones);
        // Those of earlier blocks have their outcomes by now.
        TRY(db_->for_each(as_bytes("o"), [&](ByteView key, ByteView) -> Status {
            batch.erase(key);
            return {};
        }));
        batch.put(outcomes_key(height), bcs::encode(pruned.recorded));
        return db_->write(std::move(batch));
    }

    Result<std::optional<RecordedOutcomes>> recorded_of(u64 height) const override {
        return read_record<RecordedOutcomes>(outcomes_key(height));
    }
    Result<std::optional<Tombstone>> tombstone(const DocumentHash& hash) const override {
        return read_record<Tombstone>(tombstone_key(hash));
    }
    Result<std::vector<Tombstone>> tombstones() const override {
        std::vector<Tombstone> found;
        TRY(db_->for_each(as_bytes("t"), [&](ByteView key, ByteView value) -> Status {
            const Result<Tombstone> tombstone = bcs::decode<Tombstone>(value);
            if (!tombstone || to_bytes(key) != tombstone_key(tombstone->document.hash))
                return db_->corrupted("a damaged tombstone: " + to_hex(key.subspan(1)));
            found.push_back(*tombstone);
            return {};
        }));
        return found;
    }

    Status put_named(std::span<const NamedBelow> named) override {
        if (named.empty()) return {};
        LevelDb::Batch batch;
        for (const NamedBelow& one : named) batch.put(named_key(one.document), bcs::encode(one));
        return db_->write(std::move(batch));
    }
    Result<std::vector<NamedBelow>> named_below() const override {
        std::vector<NamedBelow> found;
        TRY(db_->for_each(as_bytes("n"), [&](ByteView key, ByteView value) -> Status {
            const Result<NamedBelow> named = bcs::decode<NamedBelow>(value);
            if (!named || to_bytes(key) != named_key(named->document))
                return db_->corrupted("a damaged record of what pruned blocks name: " +
                                      to_hex(key.subspan(1)));
            found.push_back(*named);
            return {};
        }));
        return found;
    }

    void compact() override { db_->compact(); }

    std::optional<Document> find(const DocumentHash& hash) const override {
        Result<std::optional<Document>> found = read(hash);
        if (found) return std::move(*found);
        const std::scoped_lock lock(mutex_);
        if (health_) health_ = std::unexpected(std::move(found).error());
        return std::nullopt;
    }

    Result<std::vector<DocumentHash>> check() const override {
        std::vector<DocumentHash> hashes;
        TRY(db_->for_each(as_bytes("d"), [&](ByteView key, ByteView value) -> Status {
            const DocumentHash hash = document_hash(value);
            if (to_bytes(key) != document_key(hash))
                return db_->corrupted("a document that is not what its hash says: " +
                                      to_hex(key.subspan(1)));
            hashes.push_back(hash);
            return {};
        }));
        return hashes;
    }

    Status health() const override {
        const std::scoped_lock lock(mutex_);
        return health_;
    }

private:
    static void bury(LevelDb::Batch& batch, std::span<const Tombstone> tombstones) {
        for (const Tombstone& one : tombstones) {
            batch.put(tombstone_key(one.document.hash), bcs::encode(one));
            batch.erase(document_key(one.document.hash));
        }
    }
    template <class Record>
    Result<std::optional<Record>> read_record(const Bytes& key) const {
        const std::optional<Bytes> found = TRY(db_->find(key));
        if (!found) return std::nullopt;
        Result<Record> record = bcs::decode<Record>(*found);
        if (!record) return db_->corrupted("the record " + to_hex(key) + " is damaged");
        return std::move(*record);
    }
    Result<std::optional<Document>> read(const DocumentHash& hash) const {
        const std::optional<Bytes> found = TRY(db_->find(document_key(hash)));
        if (!found) return std::nullopt;
        Result<Document> document = bcs::decode<Document>(*found);
        if (!document || document_hash(*found) != hash)
            return db_->corrupted("document " + hash.hex() + " is damaged");
        return std::move(*document);
    }

    std::unique_ptr<LevelDb> db_;
    mutable std::mutex mutex_;  // guards health_
    mutable Status health_;
};

}  // namespace

Result<std::unique_ptr<DocumentStore>> open_document_store(const std::filesystem::path& folder) {
    return std::make_unique<LevelDocumentStore>(
        TRY(LevelDb::open(folder, "restore the ledger from a backup")));
}

Result<Stores> open_stores(const std::filesystem::path& folder, const ChainId& chain,
                           u64 first_segment_bytes) {
    Stores stores;
    stores.base = TRY(ChainBase::open(folder, chain));
    stores.blocks =
        TRY(open_block_log(folder / "blocks", chain, stores.base->height(), first_segment_bytes));
    stores.states = TRY(open_state_store(folder / "state"));
    stores.documents = TRY(open_document_store(folder / "documents"));
    return stores;
}

}  // namespace jangbu::ledger
