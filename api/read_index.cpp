#include "api/read_index.h"

#include <algorithm>
#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>

#include "api/search_text.h"
#include "api/sqlite.h"
#include "market/state_keys.h"

namespace jangbu::api {
namespace {

using ledger::StateKey;
using ledger::Table;

constexpr u64 layout_version = 1;  // another number here rebuilds every index

constexpr const char* layout = R"sql(
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    CREATE TABLE IF NOT EXISTS place (one INTEGER PRIMARY KEY CHECK (one = 1), layout INTEGER, head BLOB) STRICT;
    CREATE TABLE IF NOT EXISTS member_key (id BLOB PRIMARY KEY, org BLOB) STRICT, WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS member_key_org ON member_key (org);
    CREATE TABLE IF NOT EXISTS dataset (id BLOB PRIMARY KEY, registrant BLOB, data_root BLOB, height INTEGER) STRICT;
    CREATE INDEX IF NOT EXISTS dataset_registrant ON dataset (registrant, height);
    CREATE INDEX IF NOT EXISTS dataset_root ON dataset (data_root);
    CREATE TABLE IF NOT EXISTS trade (id BLOB PRIMARY KEY, buyer BLOB, seller BLOB, height INTEGER) STRICT;
    CREATE INDEX IF NOT EXISTS trade_buyer ON trade (buyer, height);
    CREATE INDEX IF NOT EXISTS trade_seller ON trade (seller, height);
    CREATE TABLE IF NOT EXISTS voucher (id BLOB PRIMARY KEY, holder BLOB) STRICT;
    CREATE INDEX IF NOT EXISTS voucher_holder ON voucher (holder);
    CREATE TABLE IF NOT EXISTS listing (number INTEGER PRIMARY KEY, id BLOB UNIQUE, seller BLOB, height INTEGER,
                                        open INTEGER, title TEXT, summary TEXT) STRICT;
    CREATE INDEX IF NOT EXISTS listing_seller ON listing (seller, height);
    CREATE TABLE IF NOT EXISTS document_reader (hash BLOB, org BLOB, PRIMARY KEY (hash, org)) STRICT, WITHOUT ROWID;
    CREATE VIRTUAL TABLE IF NOT EXISTS listing_text USING fts5 (title, body);
)sql";

constexpr const char* empty_all =
    "DELETE FROM place; DELETE FROM member_key; DELETE FROM dataset; DELETE FROM trade; DELETE "
    "FROM voucher;"
    "DELETE FROM listing; DELETE FROM listing_text; DELETE FROM document_reader;";

// What search reads of a description document. Anything that does not have the shape is simply not
// found by its words.
struct Description {
    std::string title;
    std::string summary;
    std::string title_text;  // all languages
    std::string body_text;
};

void collect(const nlohmann::json& value, std::string& into) {
    if (value.is_string())
        into += value.get_ref<const std::string&>() + "\n";
    else if (value.is_structured())
        for (const auto& item : value) collect(item, into);
}
std::string first_text(const nlohmann::json& value) {
    if (value.is_string()) return value.get<std::string>();
    if (!value.is_object()) return {};
    for (const char* language : {"ko", "en"})
        if (value.contains(language) && value[language].is_string())
            return value[language].get<std::string>();
    return {};
}
Description read_description(const std::optional<ledger::Document>& document) {
    Description out;
    if (!document || document->media_type != "application/vnd.jangbu.description+json") return out;
    const auto json =
        nlohmann::json::parse(document->bytes.begin(), document->bytes.end(), nullptr, false);
    if (!json.is_object()) return out;
    const auto member = [&](const char* name) {
        return json.contains(name) ? json[name] : nlohmann::json();
    };
    out.title = first_text(member("title"));
    out.summary = first_text(member("summary"));
    collect(member("title"), out.title_text);
    collect(member("summary"), out.body_text);
    collect(member("keywords"), out.body_text);
    return out;
}

std::string joined(const std::vector<std::string>& tokens) {
    std::string out;
    for (const std::string& token : tokens) out += token + " ";
    return out;
}

template <class Record>
Record decoded(const Bytes& value) {
    Result<Record> record = bcs::decode<Record>(value);
    JANGBU_ASSERT(record.has_value());  // it comes from committed state
    return std::move(*record);
}

template <class Id>
Result<std::vector<Id>> ids(Statement& statement) {
    std::vector<Id> out;
    while (true) {
        const bool row = TRY(statement.step());
        if (!row) return out;
        Id id;
        const ByteView blob = statement.blob(0);
        JANGBU_ASSERT(blob.size() == id.bytes.size());
        std::copy(blob.begin(), blob.end(), id.bytes.begin());
        out.push_back(id);
    }
}

// One more row than asked for tells whether there is a next page.
template <class Item>
Page<Item> page(std::vector<Item> items, std::size_t limit, u64 offset) {
    Page<Item> out;
    if (items.size() > limit) {
        items.resize(limit);
        out.next = offset + limit;
    }
    out.items = std::move(items);
    return out;
}

}  // namespace

struct ReadIndex::Parts {
    std::unique_ptr<Sqlite> database;
    mutable std::mutex mutex;

    Status write(const StateKey& key, const Bytes& value, const ledger::DocumentReader& documents);
    Status write_key(ByteView id, const ledger::Key& record);
    Status write_dataset(const market::Dataset& record);
    Status write_order(const market::OrderPublic& record);
    Status write_voucher(const market::Voucher& record);
    Status write_listing(const market::Listing& listing, const ledger::DocumentReader& documents);
    Status let_read(const std::optional<ledger::DocumentRef>& document,
                    std::initializer_list<ledger::OrgId> parties);
    Status set_place(const ledger::HeaderHash& head);
    Status in_transaction(const std::function<Status()>& work);
};

Status ReadIndex::Parts::in_transaction(const std::function<Status()>& work) {
    TRY(database->execute("BEGIN IMMEDIATE"));
    const Status status = work();
    if (!status) {
        (void)database->execute("ROLLBACK");
        return status;
    }
    return database->execute("COMMIT");
}

Status ReadIndex::Parts::set_place(const ledger::HeaderHash& head) {
    Statement statement(*database, "INSERT OR REPLACE INTO place VALUES (1, ?, ?)");
    return statement.bind(layout_version).bind(head.view()).run();
}

// A public document is readable by the organisation of zeros: everybody.
Status ReadIndex::Parts::let_read(const std::optional<ledger::DocumentRef>& document,
                                  std::initializer_list<ledger::OrgId> parties) {
    if (!document) return {};
    const bool open = document->access == static_cast<u8>(ledger::DocumentClass::public_);
    const std::vector<ledger::OrgId> readers =
        open ? std::vector<ledger::OrgId>(1) : std::vector(parties);
    for (const ledger::OrgId& org : readers) {
        Statement statement(*database, "INSERT OR IGNORE INTO document_reader VALUES (?, ?)");
        TRY(statement.bind(document->hash.view()).bind(org.view()).run());
    }
    return {};
}

Status ReadIndex::Parts::write(const StateKey& key, const Bytes& value,
                               const ledger::DocumentReader& documents) {
    switch (static_cast<Table>(key[0])) {
        case Table::key:
            return write_key(ByteView(key).subspan(1), decoded<ledger::Key>(value));
        case Table::dataset:
            return write_dataset(decoded<market::Dataset>(value));
        case Table::order_public:
            return write_order(decoded<market::OrderPublic>(value));
        case Table::voucher:
            return write_voucher(decoded<market::Voucher>(value));
        case Table::listing_version:
            return write_listing(decoded<market::Listing>(value), documents);
        case Table::programme: {
            const auto record = decoded<market::Programme>(value);
            return let_read(record.terms.rules, {record.owner});
        }
        default:
            return {};
    }
}

Status ReadIndex::Parts::write_key(ByteView id, const ledger::Key& record) {
    Statement statement(*database, "INSERT OR REPLACE INTO member_key VALUES (?, ?)");
    return statement.bind(id).bind(record.org.view()).run();
}

Status ReadIndex::Parts::write_dataset(const market::Dataset& record) {
    for (const auto& document : {record.description, record.profile, record.process})
        TRY(let_read(document, {record.registrant}));
    Statement statement(*database, "INSERT OR REPLACE INTO dataset VALUES (?, ?, ?, ?)");
    statement.bind(record.id.view()).bind(record.registrant.view()).bind(record.data_root);
    return statement.bind(record.registered_height).run();
}

Status ReadIndex::Parts::write_order(const market::OrderPublic& record) {
    TRY(let_read(record.terms, {record.buyer, record.seller}));
    Statement statement(*database, "INSERT OR REPLACE INTO trade VALUES (?, ?, ?, ?)");
    statement.bind(record.id.view()).bind(record.buyer.view()).bind(record.seller.view());
    return statement.bind(record.opened_height).run();
}

Status ReadIndex::Parts::write_voucher(const market::Voucher& record) {
    Statement statement(*database, "INSERT OR REPLACE INTO voucher VALUES (?, ?)");
    return statement.bind(record.id.view()).bind(record.holder.view()).run();
}

Status ReadIndex::Parts::write_listing(const market::Listing& listing,
                                       const ledger::DocumentReader& documents) {
    TRY(let_read(listing.description, {listing.seller}));
    const Description text = read_description(documents.find(listing.description.hash));
    Statement insert(
        *database,
        "INSERT INTO listing (id, seller, height, open, title, summary) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (id) DO UPDATE SET height = excluded.height, open = excluded.open, "
        "title = excluded.title, summary = excluded.summary RETURNING number");
    insert.bind(listing.id.view()).bind(listing.seller.view()).bind(listing.published_height);
    insert.bind(u64{listing.state == market::ListingState::open ? 1U : 0U})
        .bind(text.title)
        .bind(text.summary);
    const bool row = TRY(insert.step());
    JANGBU_ASSERT(row);
    const u64 number = insert.number(0);
    TRY(insert.run());
    Statement forget(*database, "DELETE FROM listing_text WHERE rowid = ?");
    TRY(forget.bind(number).run());
    Statement index(*database, "INSERT INTO listing_text (rowid, title, body) VALUES (?, ?, ?)");
    index.bind(number)
        .bind(joined(index_tokens(text.title_text)))
        .bind(joined(index_tokens(text.body_text)));
    return index.run();
}

ReadIndex::ReadIndex() : parts_(std::make_unique<Parts>()) {}
ReadIndex::~ReadIndex() = default;

Result<std::unique_ptr<ReadIndex>> ReadIndex::open(const std::filesystem::path& file) {
    std::unique_ptr<ReadIndex> index(new ReadIndex);
    index->parts_->database = TRY(Sqlite::open(file));
    TRY(index->parts_->database->execute(layout));
    return index;
}

std::optional<ledger::HeaderHash> ReadIndex::at() const {
    const std::lock_guard lock(parts_->mutex);
    Statement statement(*parts_->database, "SELECT head FROM place WHERE layout = ?");
    const auto heads = ids<ledger::HeaderHash>(statement.bind(layout_version));
    if (!heads || heads->empty()) return std::nullopt;
    return heads->front();
}

Status ReadIndex::rebuild(const ledger::Snapshot& head, const ledger::DocumentReader& documents) {
    const std::lock_guard lock(parts_->mutex);
    return parts_->in_transaction([&]() -> Status {
        TRY(parts_->database->execute(empty_all));
        Status status;
        head.state.for_each([&](const StateKey& key, const Bytes& value) {
            if (status) status = parts_->write(key, value, documents);
        });
        TRY(std::move(status));
        return parts_->set_place(head.hash);
    });
}

Status ReadIndex::apply(const ledger::HeaderHash& head, const ledger::StateTree::Changes& changes,
                        const ledger::DocumentReader& documents) {
    const std::lock_guard lock(parts_->mutex);
    return parts_->in_transaction([&]() -> Status {
        for (const auto& [key, value] : changes)
            if (value) TRY(parts_->write(key, *value, documents));
        return parts_->set_place(head);
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
    sql += match.empty() ? "ORDER BY listing.height DESC, listing.number DESC "
                         : "ORDER BY bm25(listing_text, 4.0, 1.0), listing.number DESC ";
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
        const ByteView id = statement.blob(0);
        std::copy(id.begin(), id.end(), hit.id.bytes.begin());
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
    Statement statement(*parts_->database, "SELECT org FROM document_reader WHERE hash = ?");
    DocumentAccess access;
    access.parties = TRY(ids<ledger::OrgId>(statement.bind(hash.view())));
    access.is_public =
        std::ranges::any_of(access.parties, [](const ledger::OrgId& org) { return org.is_zero(); });
    return access;
}

}  // namespace jangbu::api
