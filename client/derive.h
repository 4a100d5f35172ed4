// Derived datasets: the parents that a registration names, and the lineage record that goes with
// it.
//
// What is checked before anything is signed: the file is an output of the lineage record, byte for
// byte; the record's input is as long as one of the parents; the ledger knows the parents. Whether
// the input is the parent's content only a holder of both can tell (docs/process.md).
// Threads: one. Errors: verification_failed, not_found, usage; those of the session.
#pragma once

#include "client/process/lineage.h"
#include "client/session.h"
#include "market/records.h"

namespace jangbu::client {

struct DerivedFrom {
    std::vector<market::Parent> parents;
    std::string lineage;  // text of the public lineage document
};

// `right` is the own dataset, or the named order.
Status check_derivation(Session& session, const DerivedFrom& from,
                        const std::filesystem::path& file);

// Parents of a derived dataset, proven, each with its record.
struct ProvenParent {
    market::Parent parent;
    market::Dataset record;
};
Result<std::vector<ProvenParent>> proven_parents(Session& session, const DatasetId& id);

}  // namespace jangbu::client
