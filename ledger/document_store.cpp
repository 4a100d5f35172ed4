// The document store: one LevelDB. Keys: 'd' || document hash -> BCS(Document).
#include <mutex>

#include "ledger/level_db.h"
#include "ledger/stores.h"

namespace jangbu::ledger {
namespace {

Bytes document_key(const DocumentHash& hash) {
    return concat({as_bytes("d"), hash.bytes});
}

class LevelDocumentStore final : public DocumentStore {
public:
    explicit LevelDocumentStore(std::unique_ptr<LevelDb> db) : db_(std::move(db)) {}

    Status put(std::span<const Document> documents) override {
        if (documents.empty()) return {};
        LevelDb::Batch batch;
        for (const Document& document : documents) {
            const Bytes encoded = bcs::encode(document);
            batch.put(document_key(document_hash(encoded)), encoded);
        }
        return db_->write(std::move(batch));
    }

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

Result<Stores> open_stores(const std::filesystem::path& folder, const ChainId& chain) {
    Stores stores;
    stores.base = TRY(ChainBase::open(folder, chain));
    stores.blocks = TRY(open_block_log(folder / "blocks", chain, stores.base->height()));
    stores.states = TRY(open_state_store(folder / "state"));
    stores.documents = TRY(open_document_store(folder / "documents"));
    return stores;
}

}  // namespace jangbu::ledger
