#include "api/read_index.h"

#include <algorithm>
#include <functional>
#include <mutex>
#include <shared_mutex>

#include "api/index_rows.h"

namespace jangbu::api {
namespace {

// Of another layout, or nothing that SQLite reads: everything in it is derived, so it goes.
Result<std::unique_ptr<Sqlite>> open_fresh(const std::filesystem::path& file) {
    for (const char* suffix : {"", "-wal", "-shm"}) {
        std::error_code error;
        std::filesystem::remove(file.string() + suffix, error);
        if (error) return fail(ErrorCode::io, "cannot remove " + file.string() + suffix);
    }
    return Sqlite::open(file);
}

Result<u64> layout_of(Sqlite& database) {
    Statement statement(database, "PRAGMA user_version");
    const bool row = TRY(statement.step());
    return row ? statement.number(0) : 0;
}

Status prepare(Sqlite& database) {
    TRY(database.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"));
    TRY(IndexRows(database).create());
    return database.execute("PRAGMA user_version = " + std::to_string(IndexRows::layout_version));
}

}  // namespace

struct ReadIndex::Parts {
    std::unique_ptr<Sqlite> database;
    mutable std::mutex mutex;  // of the database

    mutable std::shared_mutex catalogue_mutex;
    Catalogue catalogue;

    Status load_catalogue();
    Status in_transaction(const std::function<Status()>& work);
};

Status ReadIndex::Parts::in_transaction(const std::function<Status()>& work) {
    TRY(database->execute("BEGIN IMMEDIATE"));
    Status status = work();
    if (status) status = database->execute("COMMIT");
    if (!status) (void)database->execute("ROLLBACK");
    return status;
}

Status ReadIndex::Parts::load_catalogue() {
    Catalogue fresh;
    TRY(IndexRows(*database).for_each_entry(
        [&](const CatalogueEntry& entry) { fresh.put(entry); }));
    const std::unique_lock lock(catalogue_mutex);
    catalogue = std::move(fresh);
    return {};
}

ReadIndex::ReadIndex() : parts_(std::make_unique<Parts>()) {}
ReadIndex::~ReadIndex() = default;

Result<std::unique_ptr<ReadIndex>> ReadIndex::open(const std::filesystem::path& file) {
    std::unique_ptr<ReadIndex> index(new ReadIndex);
    std::unique_ptr<Sqlite>& database = index->parts_->database;
    database = TRY(Sqlite::open(file));
    const Result<u64> layout = layout_of(*database);
    if (!layout || *layout != IndexRows::layout_version || !prepare(*database)) {
        database.reset();
        database = TRY(open_fresh(file));
        TRY(prepare(*database));
    }
    TRY(index->parts_->load_catalogue());
    return index;
}

std::optional<ledger::HeaderHash> ReadIndex::at() const {
    const std::lock_guard lock(parts_->mutex);
    Statement statement(*parts_->database, "SELECT head FROM place");
    const auto heads = ids<ledger::HeaderHash>(statement);
    if (!heads || heads->empty()) return std::nullopt;
    return heads->front();
}

Status ReadIndex::rebuild(const ledger::Snapshot& head, const ledger::DocumentReader& documents,
                          const TimeOf& time_of) {
    const std::lock_guard lock(parts_->mutex);
    IndexRows rows(*parts_->database);
    Status made = parts_->in_transaction([&]() -> Status {
        TRY(rows.clear());
        Status status;
        head.state.for_each([&](ByteView key, ByteView value) {
            if (status) status = rows.write(key, value);
        });
        head.state.for_each([&](ByteView key, ByteView value) {
            if (status) status = rows.write_text(key, value, documents, time_of);
        });
        TRY(std::move(status));
        return rows.set_place(head.hash);
    });
    TRY(std::move(made));
    return parts_->load_catalogue();
}

Status ReadIndex::apply(const ledger::HeaderHash& head, const ledger::StateTree::Changes& changes,
                        const ledger::DocumentReader& documents, const TimeOf& time_of) {
    const std::lock_guard lock(parts_->mutex);
    IndexRows rows(*parts_->database);
    Status followed = parts_->in_transaction([&]() -> Status {
        for (const auto& [key, value] : changes)
            if (value) TRY(rows.write(key, *value));
        for (const auto& [key, value] : changes)
            if (value) TRY(rows.write_text(key, *value, documents, time_of));
        return rows.set_place(head);
    });
    TRY(std::move(followed));
    if (rows.touched().empty()) return {};
    const std::unique_lock catalogue_lock(parts_->catalogue_mutex);
    for (const market::ListingId& id : rows.touched()) {
        const auto entry = TRY(rows.entry(id));
        if (entry)
            parts_->catalogue.put(*entry);
        else
            parts_->catalogue.remove(id);
    }
    return {};
}

Result<ListingPage> ReadIndex::listings(const ListingQuery& query) const {
    VoucherTerms vouchers;
    {
        const std::lock_guard lock(parts_->mutex);
        vouchers = TRY(IndexRows(*parts_->database).voucher_terms(query.now_ms));
    }
    const std::shared_lock lock(parts_->catalogue_mutex);
    return parts_->catalogue.search(query, vouchers);
}

namespace {

// Of a statement whose rows are id and height, newest first; one more than asked for tells whether
// there is a next page.
template <class Id>
Result<Page<Id>> page_of(Statement& statement, std::size_t limit) {
    Page<Id> out;
    u64 height = 0;
    while (true) {
        const bool row = TRY(statement.step());
        if (!row) return out;
        if (out.items.size() == limit) {
            out.next = Position{0, height, out.items.back().bytes};
            return out;
        }
        out.items.push_back(id_of<Id>(statement.blob(0)));
        height = statement.number(1);
    }
}

constexpr const char* after_position =
    " = ? AND (height < ? OR (height = ? AND id > ?)) ORDER BY height DESC, id LIMIT ?";

template <class Id>
Result<Page<Id>> page_after(const Sqlite& database, const std::string& select,
                            const ledger::OrgId& org, std::size_t limit,
                            const std::optional<Position>& after) {
    Statement statement(database, select + after_position);
    // Heights are stored as signed numbers.
    const u64 height = std::min(after ? after->second : IndexRows::after_all_heights,
                                IndexRows::after_all_heights);
    const ByteArray<32> id = after ? after->id : ByteArray<32>{};
    statement.bind(org.view()).bind(height).bind(height).bind(id).bind(u64{limit + 1});
    return page_of<Id>(statement, limit);
}

}  // namespace

Result<Page<market::DatasetId>> ReadIndex::datasets(const ledger::OrgId& registrant,
                                                    std::size_t limit,
                                                    const std::optional<Position>& after) const {
    const std::lock_guard lock(parts_->mutex);
    return page_after<market::DatasetId>(*parts_->database,
                                         "SELECT id, height FROM dataset WHERE registrant",
                                         registrant, limit, after);
}

Result<std::vector<market::DatasetId>> ReadIndex::datasets_with_root(
    const market::Hash& data_root) const {
    const std::lock_guard lock(parts_->mutex);
    Statement statement(*parts_->database,
                        "SELECT id FROM dataset WHERE data_root = ? ORDER BY height, id LIMIT 100");
    return ids<market::DatasetId>(statement.bind(data_root));
}

Result<Page<market::OrderId>> ReadIndex::orders(const ledger::OrgId& org, bool as_buyer,
                                                std::size_t limit,
                                                const std::optional<Position>& after) const {
    const std::lock_guard lock(parts_->mutex);
    const std::string select =
        std::string("SELECT id, height FROM trade WHERE ") + (as_buyer ? "buyer" : "seller");
    return page_after<market::OrderId>(*parts_->database, select, org, limit, after);
}

Result<std::vector<ledger::KeyId>> ReadIndex::keys(const ledger::OrgId& org) const {
    const std::lock_guard lock(parts_->mutex);
    Statement statement(*parts_->database, "SELECT id FROM member_key WHERE org = ? ORDER BY id");
    return ids<ledger::KeyId>(statement.bind(org.view()));
}

Result<std::vector<market::VoucherId>> ReadIndex::vouchers(const ledger::OrgId& holder) const {
    const std::lock_guard lock(parts_->mutex);
    Statement statement(*parts_->database, "SELECT id FROM voucher WHERE holder = ? ORDER BY id");
    return ids<market::VoucherId>(statement.bind(holder.view()));
}

Result<DocumentAccess> ReadIndex::document_access(const ledger::DocumentHash& hash) const {
    const std::lock_guard lock(parts_->mutex);
    return IndexRows(*parts_->database).access(hash);
}

}  // namespace jangbu::api
