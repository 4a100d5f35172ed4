#include "api/index_rows.h"

#include <algorithm>

#include "api/description.h"
#include "api/search_text.h"
#include "market/state_keys.h"

namespace jangbu::api {
namespace {

using ledger::StateKey;
using ledger::Table;

constexpr const char* tables = R"sql(
    CREATE TABLE IF NOT EXISTS place (one INTEGER PRIMARY KEY CHECK (one = 1), head BLOB) STRICT;
    CREATE TABLE IF NOT EXISTS member_key (id BLOB PRIMARY KEY, org BLOB) STRICT, WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS member_key_org ON member_key (org);
    CREATE TABLE IF NOT EXISTS dataset (id BLOB PRIMARY KEY, registrant BLOB, data_root BLOB,
                                        height INTEGER, byte_len INTEGER, origin INTEGER)
        STRICT;
    CREATE INDEX IF NOT EXISTS dataset_registrant ON dataset (registrant, height);
    CREATE INDEX IF NOT EXISTS dataset_root ON dataset (data_root);
    CREATE TABLE IF NOT EXISTS trade (id BLOB PRIMARY KEY, buyer BLOB, seller BLOB, height INTEGER)
        STRICT;
    CREATE INDEX IF NOT EXISTS trade_buyer ON trade (buyer, height);
    CREATE INDEX IF NOT EXISTS trade_seller ON trade (seller, height);
    CREATE TABLE IF NOT EXISTS voucher (id BLOB PRIMARY KEY, holder BLOB) STRICT;
    CREATE INDEX IF NOT EXISTS voucher_holder ON voucher (holder);
    CREATE TABLE IF NOT EXISTS listing (
        number INTEGER PRIMARY KEY, id BLOB UNIQUE, version INTEGER, seller BLOB, height INTEGER,
        open INTEGER, record BLOB, published_ms INTEGER DEFAULT 0, byte_len INTEGER DEFAULT 0,
        origin INTEGER DEFAULT 0, title TEXT DEFAULT '', summary TEXT DEFAULT '',
        process TEXT DEFAULT '', equipment TEXT DEFAULT '', industry TEXT DEFAULT '',
        format TEXT DEFAULT '', title_tokens TEXT DEFAULT '', body_tokens TEXT DEFAULT '') STRICT;
    CREATE TABLE IF NOT EXISTS naming (hash BLOB, subject BLOB, height INTEGER, open INTEGER,
                                       namer BLOB, parties BLOB,
                                       PRIMARY KEY (hash, subject)) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS programme (id BLOB PRIMARY KEY, open INTEGER, valid_from_ms INTEGER,
                                          valid_to_ms INTEGER, categories BLOB)
        STRICT, WITHOUT ROWID;
)sql";

constexpr const char* every_row = R"sql(
    DELETE FROM place; DELETE FROM member_key; DELETE FROM dataset; DELETE FROM trade;
    DELETE FROM voucher; DELETE FROM listing; DELETE FROM naming; DELETE FROM programme;
)sql";

// Namings of one document that are looked at; more than this are no honest use of it.
constexpr u64 namings_max = 10'000;

std::string joined(const std::vector<std::string>& words, char by) {
    std::string out;
    for (const std::string& word : words) {
        if (!out.empty()) out += by;
        out += word;
    }
    return out;
}

template <class Record>
Record decoded(ByteView value) {
    Result<Record> record = bcs::decode<Record>(value);
    JANGBU_ASSERT(record.has_value());  // it comes from committed state
    return std::move(*record);
}

}  // namespace

Status IndexRows::create() {
    return database_.execute(tables);
}

Status IndexRows::clear() {
    return database_.execute(every_row);
}

Status IndexRows::set_place(const ledger::HeaderHash& head) {
    Statement statement(database_, "INSERT OR REPLACE INTO place VALUES (1, ?)");
    return statement.bind(head.view()).run();
}

Status IndexRows::write(ByteView key, ByteView value) {
    switch (static_cast<Table>(key[0])) {
        case Table::organisation: {
            const auto record = decoded<ledger::Organisation>(value);
            return name({key, 0, record.id, {record.id}}, record.profile);
        }
        case Table::key:
            return write_key(key.subspan(1), decoded<ledger::Key>(value));
        case Table::dataset:
            return write_dataset(key, decoded<market::Dataset>(value));
        case Table::order_public:
            return write_order(key, decoded<market::OrderPublic>(value));
        case Table::voucher:
            return write_voucher(decoded<market::Voucher>(value));
        case Table::listing_version:
            return write_listing(key, decoded<market::Listing>(value));
        case Table::programme: {
            const auto record = decoded<market::Programme>(value);
            TRY(write_programme(record));
            return name({key, after_all_heights, record.owner, {record.owner}}, record.terms.rules);
        }
        case Table::attestation: {  // from genesis only
            const auto record = decoded<market::Attestation>(value);
            return name({key, 0, record.issuer, {record.issuer, record.subject}}, record.document);
        }
        default:
            return {};
    }
}

Status IndexRows::write_key(ByteView id, const ledger::Key& record) {
    Statement statement(database_, "INSERT OR REPLACE INTO member_key VALUES (?, ?)");
    return statement.bind(id).bind(record.org.view()).run();
}

Status IndexRows::write_dataset(ByteView subject, const market::Dataset& record) {
    for (const auto& document : {record.description, record.profile, record.process})
        TRY(name({subject, record.registered_height, record.registrant, {record.registrant}},
                 document));
    Statement statement(database_, "INSERT OR REPLACE INTO dataset VALUES (?, ?, ?, ?, ?, ?)");
    statement.bind(record.id.view()).bind(record.registrant.view()).bind(record.data_root);
    statement.bind(record.registered_height).bind(record.byte_len);
    return statement.bind(u64{static_cast<u8>(record.origin)}).run();
}

// What says whether it could pay for a listing (market/voucher_use.cpp, V1).
Status IndexRows::write_programme(const market::Programme& record) {
    const market::ProgrammeTerms& terms = record.terms;
    const bool buys = terms.kind == 1 || terms.kind == 3;
    const bool open = buys && record.state == market::ProgrammeState::open;
    Bytes categories;
    for (const auto& [category, cap] : terms.categories) {
        categories.push_back(static_cast<u8>(category));
        categories.push_back(static_cast<u8>(category >> 8));
    }
    Statement statement(database_, "INSERT OR REPLACE INTO programme VALUES (?, ?, ?, ?, ?)");
    statement.bind(record.id.view()).bind(u64{open ? 1U : 0U}).bind(terms.valid_from_ms);
    return statement.bind(terms.valid_to_ms).bind(categories).run();
}

Status IndexRows::write_order(ByteView subject, const market::OrderPublic& record) {
    TRY(name({subject, record.opened_height, record.buyer, {record.buyer, record.seller}},
             record.terms));
    Statement statement(database_, "INSERT OR REPLACE INTO trade VALUES (?, ?, ?, ?)");
    statement.bind(record.id.view()).bind(record.buyer.view()).bind(record.seller.view());
    return statement.bind(record.opened_height).run();
}

Status IndexRows::write_voucher(const market::Voucher& record) {
    Statement statement(database_, "INSERT OR REPLACE INTO voucher VALUES (?, ?)");
    return statement.bind(record.id.view()).bind(record.holder.view()).run();
}

Status IndexRows::write_listing(ByteView subject, const market::Listing& record) {
    const Naming naming{subject, record.published_height, record.seller, {record.seller}};
    TRY(name(naming, record.description));
    TRY(name(naming, record.licence.odrl));
    // Versions come in no order: the key holds the number in little endian.
    Statement statement(
        database_,
        "INSERT INTO listing (id, version, seller, height, open, record) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (id) DO UPDATE SET version = excluded.version, height = excluded.height, "
        "open = excluded.open, record = excluded.record WHERE excluded.version >= listing.version");
    statement.bind(record.id.view()).bind(u64{record.listing_version}).bind(record.seller.view());
    const bool open = record.state == market::ListingState::open;
    statement.bind(record.published_height).bind(u64{open ? 1U : 0U});
    return statement.bind(bcs::encode(record)).run();
}

Status IndexRows::write_text(ByteView key, ByteView value, const ledger::DocumentReader& documents,
                             const TimeOf& time_of) {
    if (static_cast<Table>(key[0]) != Table::listing_version) return {};
    const auto listing = decoded<market::Listing>(value);
    Statement current(database_, "SELECT number FROM listing WHERE id = ? AND version = ?");
    current.bind(listing.id.view()).bind(u64{listing.listing_version});
    const bool is_current = TRY(current.step());
    if (!is_current) return {};
    const u64 number = current.number(0);
    touched_.push_back(listing.id);

    Description text;
    const DocumentAccess readers = TRY(access(listing.description.hash, listing.published_height));
    if (readers.is_public)
        if (const auto document = documents.find(listing.description.hash))
            if (const auto json = read_description(*document)) text = describe(*json);
    u64 byte_len = 0;
    u64 origin = 0;
    if (listing.dataset) {
        Statement dataset(database_, "SELECT byte_len, origin FROM dataset WHERE id = ?");
        const bool known = TRY(dataset.bind(listing.dataset->view()).step());
        if (known) {
            byte_len = dataset.number(0);
            origin = dataset.number(1);
        }
    }
    const u64 published_ms = TRY(time_of(listing.published_height));
    Statement shown(database_,
                    "UPDATE listing SET published_ms = ?, byte_len = ?, origin = ?, title = ?, "
                    "summary = ?, process = ?, equipment = ?, industry = ?, format = ?, "
                    "title_tokens = ?, body_tokens = ? WHERE number = ?");
    shown.bind(published_ms).bind(byte_len).bind(origin).bind(text.title).bind(text.summary);
    for (const auto& values : text.facets) shown.bind(joined(values, ','));
    shown.bind(joined(index_tokens(text.title_text), ' '));
    return shown.bind(joined(index_tokens(text.body_text), ' ')).bind(number).run();
}

Status IndexRows::name(const Naming& naming, const std::optional<ledger::DocumentRef>& document) {
    if (!document) return {};
    const bool open = document->access == static_cast<u8>(ledger::DocumentClass::public_);
    Bytes parties;
    for (const ledger::OrgId& org : naming.parties)
        parties.insert(parties.end(), org.bytes.begin(), org.bytes.end());
    // A record that names the same document twice: the narrower class counts.
    Statement statement(database_,
                        "INSERT INTO naming VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (hash, subject) "
                        "DO UPDATE SET open = min(open, excluded.open)");
    statement.bind(document->hash.view()).bind(naming.subject).bind(naming.height);
    return statement.bind(u64{open ? 1U : 0U}).bind(naming.namer.view()).bind(parties).run();
}

// A hash is public, and naming it proves nothing: only the first naming gives access, and later
// ones by who has it already. Otherwise a stranger could open a document by naming it.
Result<DocumentAccess> IndexRows::access(const ledger::DocumentHash& hash, u64 height) const {
    Statement statement(database_,
                        "SELECT open, namer, parties FROM naming WHERE hash = ? AND height <= ? "
                        "ORDER BY height, subject LIMIT ?");
    statement.bind(hash.view()).bind(height).bind(namings_max);
    DocumentAccess out;
    for (bool first = true;; first = false) {
        const bool row = TRY(statement.step());
        if (!row) return out;
        const auto namer = id_of<ledger::OrgId>(statement.blob(1));
        if (!first && std::ranges::find(out.parties, namer) == out.parties.end()) continue;
        out.is_public |= statement.number(0) != 0;
        const ByteView parties = statement.blob(2);
        for (std::size_t at = 0; at < parties.size(); at += 32)
            out.parties.push_back(id_of<ledger::OrgId>(parties.subspan(at, 32)));
    }
}

}  // namespace jangbu::api
