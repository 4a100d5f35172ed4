// Attestations of datasets: what another organisation says of one, and saying it.
//
// A re-run (level L2 of docs/process.md): a second party that has the parents by its own right ran
// the plan of the public lineage and got the same bytes. Its `result` is rerun_digest() of what it
// got, so a reader compares it with the lineage without trusting anybody. Reports (inspection,
// calibration, quality) are documents of an attestor.
// Threads: one. Errors: verification_failed (the runs differ), not_found, usage; those of the
// session and of post().
#pragma once

#include "client/outbox.h"
#include "client/process/lineage.h"

namespace jangbu::client {

// What went in, how, and what came out; names and counts of rows do not count.
Hash rerun_digest(const Lineage& lineage);

// The public lineage document of a derived dataset.
Result<Lineage> published_lineage(Session& session, const market::Dataset& derived);

// `orders`: those by which the parents were bought that are not one's own.
Result<Posted> attest_rerun(Session& session, const DatasetId& dataset, const Lineage& own,
                            const std::vector<OrderId>& orders);

struct Report {
    market::AttestationKind kind = market::AttestationKind::inspection;
    Bytes content;
    std::string media_type;
    std::optional<u64> valid_until_ms;
};
Result<Posted> attest_report(Session& session, const DatasetId& dataset, const Report& report);

// Proven; empty where nobody attested anything.
Result<std::vector<market::DatasetAttestation>> proven_attestations(Session& session,
                                                                    const DatasetId& dataset);

}  // namespace jangbu::client
