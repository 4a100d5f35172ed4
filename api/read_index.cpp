#include "api/read_index.h"

#include <functional>
#include <mutex>

#include "api/index_rows.h"
#include "api/search_text.h"

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
    mutable std::mutex mutex;

    Status in_transaction(const std::function<Status()>& work);
};

Status ReadIndex::Parts::in_transaction(const std::function<Status()>& work) {
    TRY(database->execute("BEGIN IMMEDIATE"));
    Status status = work();
    if (status) status = database->execute("COMMIT");
    if (!status) (void)database->execute("ROLLBACK");
    return status;
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
    return index;
}

std::optional<ledger::HeaderHash> ReadIndex::at() const {
    const std::lock_guard lock(parts_->mutex);
    Statement statement(*parts_->database, "SELECT head FROM place");
    const auto heads = ids<ledger::HeaderHash>(statement);
    if (!heads || heads->empty()) return std::nullopt;
    return heads->front();
}

Status ReadIndex::rebuild(const ledger::Snapshot& head, const ledger::DocumentReader& documents) {
    const std::lock_guard lock(parts_->mutex);
    IndexRows rows(*parts_->database);
    return parts_->in_transaction([&]() -> Status {
        TRY(rows.clear());
        Status status;
        head.state.for_each([&](const ledger::StateKey& key, const Bytes& value) {
            if (status) status = rows.write(key, value);
        });
        head.state.for_each([&](const ledger::StateKey& key, const Bytes& value) {
            if (status) status = rows.write_text(key, value, documents);
        });
        TRY(std::move(status));
        return rows.set_place(head.hash);
    });
}

Status ReadIndex::apply(const ledger::HeaderHash& head, const ledger::StateTree::Changes& changes,
                        const ledger::DocumentReader& documents) {
    const std::lock_guard lock(parts_->mutex);
    IndexRows rows(*parts_->database);
    return parts_->in_transaction([&]() -> Status {
        for (const auto& [key, value] : changes)
            if (value) TRY(rows.write(key, *value));
        for (const auto& [key, value] : changes)
            if (value) TRY(rows.write_text(key, *value, documents));
        return rows.set_place(head);
    });
}

Result<Page<ListingHit>> ReadIndex::listings(const ListingQuery& query) const {
    std::string match;
    for (const std::string& token : query_tokens(query.text))
        match += (match.empty() ? "\"" : " AND \"") + token + "\"";
    if (match.empty() && !query.text.empty()) return Page<ListingHit>{};  // nothing but punctuation
    std::string sql = "SELECT listing.id, listing.title, listing.summary FROM listing ";
    if (!match.empty()) sql += "JOIN listing_text ON listing_text.rowid = listing.number ";
    sql += "WHERE listing.open = 1 ";
    if (!match.empty()) sql += "AND listing_text MATCH ? ";
    if (query.seller) sql += "AND listing.seller = ? ";
    // A word in the title counts four times as much as one in the text.
    sql += match.empty() ? "ORDER BY listing.height DESC, listing.id "
                         : "ORDER BY bm25(listing_text, 4.0, 1.0), listing.height DESC, "
                           "listing.id ";
    sql += "LIMIT ? OFFSET ?";
    const std::lock_guard lock(parts_->mutex);
    Statement statement(*parts_->database, sql);
    if (!match.empty()) statement.bind(std::string_view(match));
    if (query.seller) statement.bind(query.seller->view());
    statement.bind(u64{query.limit + 1}).bind(query.offset);
    std::vector<ListingHit> hits;
    while (true) {
        const bool row = TRY(statement.step());
        if (!row) break;
        ListingHit& hit = hits.emplace_back();
        hit.id = id_of<market::ListingId>(statement.blob(0));
        hit.title = statement.text(1);
        hit.summary = statement.text(2);
    }
    return page(std::move(hits), query.limit, query.offset);
}

Result<Page<market::DatasetId>> ReadIndex::datasets(const ledger::OrgId& registrant,
                                                    std::size_t limit, u64 offset) const {
    const std::lock_guard lock(parts_->mutex);
    Statement statement(
        *parts_->database,
        "SELECT id FROM dataset WHERE registrant = ? ORDER BY height DESC, id LIMIT ? OFFSET ?");
    auto found = TRY(ids<market::DatasetId>(
        statement.bind(registrant.view()).bind(u64{limit + 1}).bind(offset)));
    return page(std::move(found), limit, offset);
}

Result<std::vector<market::DatasetId>> ReadIndex::datasets_with_root(
    const market::Hash& data_root) const {
    const std::lock_guard lock(parts_->mutex);
    Statement statement(*parts_->database,
                        "SELECT id FROM dataset WHERE data_root = ? ORDER BY height, id LIMIT 100");
    return ids<market::DatasetId>(statement.bind(data_root));
}

Result<Page<market::OrderId>> ReadIndex::orders(const ledger::OrgId& org, bool as_buyer,
                                                std::size_t limit, u64 offset) const {
    const std::lock_guard lock(parts_->mutex);
    Statement statement(*parts_->database, std::string("SELECT id FROM trade WHERE ") +
                                               (as_buyer ? "buyer" : "seller") +
                                               " = ? ORDER BY height DESC, id LIMIT ? OFFSET ?");
    auto found =
        TRY(ids<market::OrderId>(statement.bind(org.view()).bind(u64{limit + 1}).bind(offset)));
    return page(std::move(found), limit, offset);
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
