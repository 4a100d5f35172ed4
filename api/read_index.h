// ReadIndex: what readers ask that state keys do not answer: lists by organisation, and catalogue
// search.
//
// SQLite with FTS5, derived from committed state and the documents that still exist; it can be
// deleted and rebuilt at any time, and is rebuilt at start when it does not stand at the chain's
// head. A file of another layout, or one that SQLite cannot read, is replaced by an empty one.
// Nothing in the ledger reads it. Threads: any (one connection under a mutex). Errors: io.
#pragma once

#include <filesystem>
#include <memory>

#include "ledger/chain.h"
#include "market/records.h"

namespace jangbu::api {

struct ListingQuery {
    std::string text;  // "" = all
    std::optional<ledger::OrgId> seller;
    std::size_t limit = 20;
    u64 offset = 0;
};
struct ListingHit {
    market::ListingId id;
    std::string title;
    std::string summary;
};
// One page of a list; `next` is the offset to go on from.
template <class Item>
struct Page {
    std::vector<Item> items;
    std::optional<u64> next;
};

// Who may read a document, from the records that name it: the first of them decides, later ones
// count if the organisation behind them may read it already.
struct DocumentAccess {
    bool is_public = false;
    std::vector<ledger::OrgId> parties;
};

class ReadIndex {
public:
    static Result<std::unique_ptr<ReadIndex>> open(const std::filesystem::path& file);
    ~ReadIndex();

    // The head it stands at; nothing if it is empty.
    std::optional<ledger::HeaderHash> at() const;
    Status rebuild(const ledger::Snapshot& head, const ledger::DocumentReader& documents);
    Status apply(const ledger::HeaderHash& head, const ledger::StateTree::Changes& changes,
                 const ledger::DocumentReader& documents);

    Result<Page<ListingHit>> listings(const ListingQuery& query) const;
    Result<Page<market::DatasetId>> datasets(const ledger::OrgId& registrant, std::size_t limit,
                                             u64 offset) const;
    Result<std::vector<market::DatasetId>> datasets_with_root(const market::Hash& data_root) const;
    Result<Page<market::OrderId>> orders(const ledger::OrgId& org, bool as_buyer, std::size_t limit,
                                         u64 offset) const;
    Result<std::vector<ledger::KeyId>> keys(const ledger::OrgId& org) const;
    Result<std::vector<market::VoucherId>> vouchers(const ledger::OrgId& holder) const;
    Result<DocumentAccess> document_access(const ledger::DocumentHash& hash) const;

private:
    struct Parts;
    ReadIndex();
    std::unique_ptr<Parts> parts_;
};

}  // namespace jangbu::api
