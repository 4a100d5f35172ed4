#include "benches/validation/rocks_store.h"

#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <cstring>

namespace jangbu::bench {
namespace {

constexpr std::size_t write_buffer_bytes = 16 << 20;
constexpr double filter_bits_per_key = 10;
const std::string marker_key = "m";

rocksdb::Slice slice(ByteView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
ByteView view(const rocksdb::Slice& slice) {
    return {reinterpret_cast<const u8*>(slice.data()), slice.size()};
}
std::unexpected<Error> failed(const rocksdb::Status& status) {
    return fail(ErrorCode::io, "RocksDB: " + status.ToString());
}

class RocksStore final : public ledger::StateStore {
public:
    explicit RocksStore(rocksdb::DB* db) : db_(db) {}

    Result<std::optional<Marker>> marker() const override {
        std::string found;
        const rocksdb::Status status = db_->Get({}, marker_key, &found);
        if (status.IsNotFound()) return std::nullopt;
        if (!status.ok()) return failed(status);
        Marker marker;
        JANGBU_ASSERT(found.size() == sizeof marker.height + 64);
        std::memcpy(&marker.height, found.data(), sizeof marker.height);
        std::memcpy(marker.header_hash.bytes.data(), found.data() + 8, 32);
        std::memcpy(marker.state_root.data(), found.data() + 40, 32);
        return marker;
    }

    Status load(const std::function<void(ledger::StateKey, Bytes)>& entry) const override {
        const std::unique_ptr<rocksdb::Iterator> at(db_->NewIterator({}));
        for (at->Seek("s"); at->Valid() && at->key().starts_with("s"); at->Next())
            entry(to_bytes(view(at->key()).subspan(1)), to_bytes(view(at->value())));
        if (!at->status().ok()) return failed(at->status());
        return {};
    }

    // Without an undo window: the chains of this bench keep none.
    Result<std::optional<ledger::UndoRecord>> undo(u64) const override { return std::nullopt; }
    Status flush(std::span<const ledger::StateTree::Changes> blocks, const Marker& marker,
                 const ledger::UndoWindow&) override {
        std::map<ledger::StateKey, const std::optional<Bytes>*> last;
        for (const ledger::StateTree::Changes& block : blocks)
            for (const auto& [key, value] : block) last[key] = &value;
        rocksdb::WriteBatch batch;
        Bytes at{'s'};
        for (const auto& [key, value] : last) {
            at.resize(1);
            at.insert(at.end(), key.begin(), key.end());
            const rocksdb::Status put =
                *value ? batch.Put(slice(at), slice(**value)) : batch.Delete(slice(at));
            if (!put.ok()) return failed(put);
        }
        Bytes record(72);
        std::memcpy(record.data(), &marker.height, 8);
        std::memcpy(record.data() + 8, marker.header_hash.bytes.data(), 32);
        std::memcpy(record.data() + 40, marker.state_root.data(), 32);
        if (const rocksdb::Status put = batch.Put(marker_key, slice(record)); !put.ok())
            return failed(put);
        rocksdb::WriteOptions options;
        options.sync = true;
        if (const rocksdb::Status done = db_->Write(options, &batch); !done.ok())
            return failed(done);
        return {};
    }

private:
    std::unique_ptr<rocksdb::DB> db_;
};

}  // namespace

Result<std::unique_ptr<ledger::StateStore>> open_rocks_store(const std::filesystem::path& folder) {
    rocksdb::Options options;
    options.create_if_missing = true;
    options.paranoid_checks = true;
    options.write_buffer_size = write_buffer_bytes;
    rocksdb::BlockBasedTableOptions table;
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(filter_bits_per_key));
    options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    rocksdb::DB* db = nullptr;
    const rocksdb::Status status = rocksdb::DB::Open(options, folder.string(), &db);
    if (!status.ok()) return failed(status);
    return std::make_unique<RocksStore>(db);
}

}  // namespace jangbu::bench
