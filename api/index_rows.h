// The rows of the read index: its tables, and how committed records become rows. Used by ReadIndex
// alone, under its mutex and inside its transaction.
//
// Rows are a function of the set of records, never of the order in which they came: an index that
// followed the chain equals one that was rebuilt from state.
#pragma once

#include <functional>
#include <limits>

#include "api/catalogue.h"
#include "api/read_index.h"
#include "api/sqlite.h"

namespace jangbu::api {

class IndexRows {
public:
    // Another number rebuilds every index.
    static constexpr u64 layout_version = 3;

    // A programme does not record since when it stands: it opens a document only if nothing else
    // names it.
    static constexpr u64 after_all_heights = std::numeric_limits<i64>::max();

    explicit IndexRows(Sqlite& database) : database_(database) {}

    // Of the open listings: all, or one.
    Status for_each_entry(const std::function<void(const CatalogueEntry&)>& visit) const;
    Result<std::optional<CatalogueEntry>> entry(const market::ListingId& id) const;
    // Listings that write_text changed.
    const std::vector<market::ListingId>& touched() const { return touched_; }
    Result<VoucherTerms> voucher_terms(u64 now_ms) const;

    Status create();
    Status clear();
    Status set_place(const ledger::HeaderHash& head);

    // First every changed record, then the text of listings: what a listing may show of a document
    // depends on who named that document before.
    Status write(ByteView key, ByteView value);
    Status write_text(ByteView key, ByteView value, const ledger::DocumentReader& documents,
                      const TimeOf& time_of);

    // Judged by the records that stood at a height.
    Result<DocumentAccess> access(const ledger::DocumentHash& hash,
                                  u64 height = after_all_heights) const;

private:
    // One record that names a document.
    struct Naming {
        ByteView subject;  // state key of the record
        u64 height = 0;    // since when
        ledger::OrgId namer;
        std::vector<ledger::OrgId> parties;
    };

    Status write_key(ByteView id, const ledger::Key& record);
    Status write_dataset(ByteView subject, const market::Dataset& record);
    Status write_order(ByteView subject, const market::OrderPublic& record);
    Status write_voucher(const market::Voucher& record);
    Status write_listing(ByteView subject, const market::Listing& record);
    Status write_programme(const market::Programme& record);
    Status name(const Naming& naming, const std::optional<ledger::DocumentRef>& document);

    Sqlite& database_;
    std::vector<market::ListingId> touched_;
};

template <class Id>
Id id_of(ByteView blob) {
    Id id;
    JANGBU_ASSERT(blob.size() == id.bytes.size());
    std::copy(blob.begin(), blob.end(), id.bytes.begin());
    return id;
}

// The first column of every row.
template <class Id>
Result<std::vector<Id>> ids(Statement& statement) {
    std::vector<Id> out;
    while (true) {
        const bool row = TRY(statement.step());
        if (!row) return out;
        out.push_back(id_of<Id>(statement.blob(0)));
    }
}

}  // namespace jangbu::api
