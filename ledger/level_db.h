// LevelDb: one LevelDB folder as the stores of the ledger use it. The only place that knows
// LevelDB.
//
// Paranoid checks, checksums verified on every read, every status looked at; each write is one
// atomic batch, synced when the call returns. A folder that holds anything is never made new: a
// LevelDB without its CURRENT file would otherwise be wiped at open. LevelDB takes the write that a
// loss of power tore, which was never acknowledged, for damage; so what does not open is put
// together from its tables and the whole records of its log, and what is replaced is kept in the
// folder `lost`. That may lack or bring back entries: the owner compares what the store must hold
// at every start (ledger/recovery.h: state by its root, documents by their names in blocks).
// Threads: reads from any, one writer. Errors: io, corrupted; both name the folder and the way out
// that the store knows.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace leveldb {
class DB;
class FilterPolicy;
class Status;
class WriteBatch;
}  // namespace leveldb

namespace jangbu::ledger {

class LevelDb {
public:
    class Batch {
    public:
        Batch();
        ~Batch();
        Batch(Batch&&) noexcept;
        Batch& operator=(Batch&&) noexcept;
        void put(ByteView key, ByteView value);
        void erase(ByteView key);

    private:
        friend class LevelDb;
        std::unique_ptr<leveldb::WriteBatch> batch_;
    };

    // `way_out` is what an operator does when the folder is damaged.
    static Result<std::unique_ptr<LevelDb>> open(const std::filesystem::path& folder,
                                                 std::string way_out);
    ~LevelDb();
    LevelDb(const LevelDb&) = delete;
    LevelDb& operator=(const LevelDb&) = delete;

    Result<std::optional<Bytes>> find(ByteView key) const;
    // Every entry under a prefix, in key order, until `visit` fails.
    using Visit = std::function<Status(ByteView key, ByteView value)>;
    Status for_each(ByteView prefix, const Visit& visit) const;
    // The greatest key under a prefix. REQUIRES: the prefix does not end in 0xFF.
    Result<std::optional<Bytes>> last_key(ByteView prefix) const;
    Result<bool> is_empty() const;

    Status write(Batch batch);
    // Erased entries leave the files. From any thread, beside readers and the writer.
    void compact();

    const std::filesystem::path& folder() const { return folder_; }
    // An error of this store, found by our own checks.
    std::unexpected<Error> corrupted(const std::string& what) const;

private:
    LevelDb(std::filesystem::path folder, std::string way_out);
    std::unexpected<Error> failed(const leveldb::Status& status) const;

    std::filesystem::path folder_;
    std::string way_out_;
    std::unique_ptr<const leveldb::FilterPolicy> filter_;  // outlives db_
    std::unique_ptr<leveldb::DB> db_;
};

}  // namespace jangbu::ledger
