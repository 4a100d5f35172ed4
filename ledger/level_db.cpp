#include "ledger/level_db.h"

#include <leveldb/db.h>
#include <leveldb/env.h>
#include <leveldb/filter_policy.h>
#include <leveldb/write_batch.h>

#include <exception>
#include <system_error>

#include "base/assert.h"
#include "base/file.h"
#include "base/log.h"

namespace jangbu::ledger {
namespace {

constexpr std::size_t write_buffer_bytes = 16 << 20;
constexpr int filter_bits_per_key = 10;

leveldb::Slice slice(ByteView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
ByteView view(const leveldb::Slice& slice) {
    return {reinterpret_cast<const u8*>(slice.data()), slice.size()};
}

leveldb::ReadOptions checked_read() {
    leveldb::ReadOptions options;
    options.verify_checksums = true;
    return options;
}

// A damaged length can make LevelDB ask for more memory than there is: that is a damaged store.
template <class Call>
leveldb::Status guarded(Call call) {
    try {
        return call();
    } catch (const std::exception& fault) {
        return leveldb::Status::Corruption(fault.what());
    }
}

// LevelDB syncs what it writes to a new log, but not the log's name (google/leveldb issue 195).
class DurableNames final : public leveldb::EnvWrapper {
public:
    DurableNames() : EnvWrapper(leveldb::Env::Default()) {}
    leveldb::Status NewWritableFile(const std::string& name,
                                    leveldb::WritableFile** made) override {
        leveldb::Status status = target()->NewWritableFile(name, made);
        if (!status.ok() || !name.ends_with(".log")) return status;
        const base::Status synced = sync_folder(std::filesystem::path(name).parent_path());
        if (synced) return status;
        delete *made;
        *made = nullptr;
        return leveldb::Status::IOError(synced.error().detail);
    }
};

leveldb::Env* durable_names() {
    static DurableNames* const made = new DurableNames;  // databases are closed after main
    return made;
}

std::unexpected<Error> io_error(const char* what, const std::filesystem::path& folder,
                                const std::error_code& error) {
    return fail(ErrorCode::io,
                std::string("cannot ") + what + " " + folder.string() + ": " + error.message());
}

// True if the folder may become a new database: it does not exist or holds nothing.
Result<bool> prepare(const std::filesystem::path& folder) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) return io_error("create", folder, error);
    const bool empty = std::filesystem::is_empty(folder, error);
    if (error) return io_error("read", folder, error);
    if (!empty) return false;
    // LevelDB syncs names inside its folder, nobody else would sync the folder's own.
    TRY(sync_folder(folder.parent_path().empty() ? "." : folder.parent_path()));
    return true;
}

// Without CURRENT, LevelDB would begin a new database and delete what it does not know. Only a
// making that was cut short, to which nothing was ever written, may begin again.
Status check_unborn(const std::filesystem::path& folder) {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
        const std::string name = entry.path().filename().string();
        const bool of_the_start = name == "LOCK" || name == "LOG" || name == "LOG.old" ||
                                  name == "MANIFEST-000001" || name == "000001.dbtmp";
        if (!of_the_start)
            return fail(ErrorCode::corrupted, (folder / "CURRENT").string() + " is missing");
    }
    if (error) return io_error("read", folder, error);
    return {};
}

leveldb::Status open_db(const leveldb::Options& options, const std::filesystem::path& folder,
                        leveldb::DB** db) {
    return guarded([&] { return leveldb::DB::Open(options, folder.string(), db); });
}

// Not if whole records of its log are no batches: then another file stands in its place, and
// LevelDB would take from it what it can.
bool can_be_put_together(const leveldb::Status& status) {
    const std::string reason = status.ToString();
    const bool is_foreign = reason.find("WriteBatch") != std::string::npos ||
                            reason.find("log record too small") != std::string::npos;
    return (status.IsCorruption() || status.IsInvalidArgument()) && !is_foreign;
}

// First without the damaged records of its log: its reader checks each record, so nothing wrong
// comes in. If the tables or their list are damaged, by LevelDB's repair, which takes what it
// finds. What either throws away is kept in `lost`. Whether it helped, the next open tells.
Status put_together(const std::filesystem::path& folder, leveldb::Options options) {
    std::error_code error;
    std::filesystem::create_directories(folder / "lost", error);
    for (const auto& entry : std::filesystem::directory_iterator(folder, error))
        if (entry.path().extension() == ".log")
            std::filesystem::copy_file(entry.path(), folder / "lost" / entry.path().filename(),
                                       std::filesystem::copy_options::overwrite_existing, error);
    if (error) return io_error("keep what is damaged of", folder, error);
    options.create_if_missing = false;
    options.paranoid_checks = false;
    leveldb::DB* db = nullptr;
    const bool is_open = open_db(options, folder, &db).ok();
    delete db;
    options.paranoid_checks = true;
    if (!is_open) guarded([&] { return leveldb::RepairDB(folder.string(), options); });
    return {};
}

}  // namespace

LevelDb::Batch::Batch() : batch_(std::make_unique<leveldb::WriteBatch>()) {}
LevelDb::Batch::~Batch() = default;
LevelDb::Batch::Batch(Batch&&) noexcept = default;
LevelDb::Batch& LevelDb::Batch::operator=(Batch&&) noexcept = default;
void LevelDb::Batch::put(ByteView key, ByteView value) {
    batch_->Put(slice(key), slice(value));
}
void LevelDb::Batch::erase(ByteView key) {
    batch_->Delete(slice(key));
}

LevelDb::LevelDb(std::filesystem::path folder, std::string way_out)
    : folder_(std::move(folder)),
      way_out_(std::move(way_out)),
      filter_(leveldb::NewBloomFilterPolicy(filter_bits_per_key)) {}
LevelDb::~LevelDb() = default;

Result<std::unique_ptr<LevelDb>> LevelDb::open(const std::filesystem::path& folder,
                                               std::string way_out) {
    std::unique_ptr<LevelDb> opened(new LevelDb(folder, std::move(way_out)));
    leveldb::Options options;
    options.create_if_missing = TRY(prepare(folder));
    options.env = durable_names();
    options.paranoid_checks = true;
    options.write_buffer_size = write_buffer_bytes;
    options.filter_policy = opened->filter_.get();
    std::error_code error;
    Status born;
    if (!options.create_if_missing && !std::filesystem::exists(folder / "CURRENT", error)) {
        born = check_unborn(folder);
        options.create_if_missing = born.has_value();
    }
    leveldb::DB* db = nullptr;
    leveldb::Status status =
        born ? open_db(options, folder, &db) : leveldb::Status::Corruption(born.error().detail);
    if (can_be_put_together(status)) {
        log::warn("ledger", "a store is damaged and is put together from its files",
                  {{"folder", folder.string()}, {"reason", status.ToString()}});
        TRY(put_together(folder, options));
        options.create_if_missing = false;
        status = open_db(options, folder, &db);
    }
    opened->db_.reset(db);
    if (!status.ok()) return opened->failed(status);
    return opened;
}

Result<std::optional<Bytes>> LevelDb::find(ByteView key) const {
    std::string value;
    const leveldb::Status status =
        guarded([&] { return db_->Get(checked_read(), slice(key), &value); });
    if (status.IsNotFound()) return std::nullopt;
    if (!status.ok()) return failed(status);
    return to_bytes(as_bytes(value));
}

Status LevelDb::for_each(ByteView prefix, const Visit& visit) const {
    Status visited;
    const leveldb::Status status = guarded([&] {
        const std::unique_ptr<leveldb::Iterator> it(db_->NewIterator(checked_read()));
        for (it->Seek(slice(prefix)); it->Valid() && it->key().starts_with(slice(prefix));
             it->Next()) {
            visited = visit(view(it->key()), view(it->value()));
            if (!visited) return leveldb::Status::OK();
        }
        return it->status();
    });
    if (!status.ok()) return failed(status);
    return visited;
}

Result<std::optional<Bytes>> LevelDb::last_key(ByteView prefix) const {
    JANGBU_ASSERT(!prefix.empty() && prefix.back() != 0xFF);
    Bytes after = to_bytes(prefix);
    ++after.back();
    std::optional<Bytes> found;
    const leveldb::Status status = guarded([&] {
        const std::unique_ptr<leveldb::Iterator> it(db_->NewIterator(checked_read()));
        it->Seek(slice(after));
        if (it->Valid())
            it->Prev();
        else if (it->status().ok())
            it->SeekToLast();
        if (it->Valid() && it->key().starts_with(slice(prefix))) found = to_bytes(view(it->key()));
        return it->status();
    });
    if (!status.ok()) return failed(status);
    return found;
}

Result<bool> LevelDb::is_empty() const {
    bool empty = true;
    const leveldb::Status status = guarded([&] {
        const std::unique_ptr<leveldb::Iterator> it(db_->NewIterator(checked_read()));
        it->SeekToFirst();
        empty = !it->Valid();
        return it->status();
    });
    if (!status.ok()) return failed(status);
    return empty;
}

Status LevelDb::write(Batch batch) {
    leveldb::WriteOptions options;
    options.sync = true;
#ifdef JANGBU_PLANT_SKIP_STORE_FSYNC  // tests/faults: a fault that the campaign must find
    options.sync = false;
#endif
    const leveldb::Status status = guarded([&] { return db_->Write(options, batch.batch_.get()); });
    if (!status.ok()) return failed(status);
    return {};
}

// Status comes with the next write: LevelDB keeps a background error for good.
void LevelDb::compact() {
    guarded([&] {
        db_->CompactRange(nullptr, nullptr);
        return leveldb::Status::OK();
    });
}

std::unexpected<Error> LevelDb::corrupted(const std::string& what) const {
    return fail(ErrorCode::corrupted, folder_.string() + ": " + what + "; " + way_out_);
}

std::unexpected<Error> LevelDb::failed(const leveldb::Status& status) const {
    // InvalidArgument is a database that should exist and does not, or a comparator that is not
    // ours.
    const bool damaged = status.IsCorruption() || status.IsInvalidArgument() || status.IsNotFound();
    if (damaged) return corrupted(status.ToString());
    // A table that was cut short is an error of reading too.
    return fail(ErrorCode::io,
                folder_.string() + ": " + status.ToString() + "; if the disk is well, " + way_out_);
}

}  // namespace jangbu::ledger
