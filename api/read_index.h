// ReadIndex: what readers ask that state keys do not answer: lists by organisation, and catalogue
// search.
//
// SQLite, derived from committed state and the documents that still exist; it can be deleted and
// rebuilt at any time, and is rebuilt at start when it does not stand at the chain's head. A file
// of another layout, or one that SQLite cannot read, is replaced by an empty one. Beside it stands
// the catalogue (api/catalogue.h) of the open listings, loaded from the file. Nothing in the ledger
// reads it. Threads: any (one connection under a mutex; searches share the catalogue).
// Errors: io.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "api/catalogue.h"
#include "ledger/chain.h"
#include "market/records.h"

namespace jangbu::api {

// Block time of a committed height.
using TimeOf = std::function<Result<u64>(u64 height)>;

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
    Status rebuild(const ledger::Snapshot& head, const ledger::DocumentReader& documents,
                   const TimeOf& time_of);
    Status apply(const ledger::HeaderHash& head, const ledger::StateTree::Changes& changes,
                 const ledger::DocumentReader& documents, const TimeOf& time_of);

    Result<ListingPage> listings(const ListingQuery& query) const;
    // Newest first.
    Result<Page<market::DatasetId>> datasets(const ledger::OrgId& registrant, std::size_t limit,
                                             const std::optional<Position>& after) const;
    Result<std::vector<market::DatasetId>> datasets_with_root(const market::Hash& data_root) const;
    Result<Page<market::OrderId>> orders(const ledger::OrgId& org, bool as_buyer, std::size_t limit,
                                         const std::optional<Position>& after) const;
    Result<std::vector<ledger::KeyId>> keys(const ledger::OrgId& org) const;
    Result<std::vector<market::VoucherId>> vouchers(const ledger::OrgId& holder) const;
    Result<DocumentAccess> document_access(const ledger::DocumentHash& hash) const;

private:
    struct Parts;
    ReadIndex();
    std::unique_ptr<Parts> parts_;
};

}  // namespace jangbu::api
