// Document retention: which document may go, and when, by what blocks and state say
// (docs/support.md section 8).
//
// A document may go once nothing keeps it any more. Two things keep one: each block that names it,
// for a term by its class; and each record of the state that names it, as long as the record lives
// and for a term after its end. Times are block times, so every node finds the same. Records stay.
// Threads: pure functions.
#pragma once

#include <functional>

#include "market/state_keys.h"

namespace jangbu::market {

inline constexpr u64 day_ms = 86'400'000;

struct DocumentTerms {
    u64 evidence_ms = 1'827 * day_ms;   // 5 years: the chunk of a proof
    u64 parties_ms = 2'557 * day_ms;    // 7 years after the end of the order that names it
    u64 personal_ms = 366 * day_ms;     // after its block
    u64 attestation_ms = 366 * day_ms;  // after what it attests ran out
    u64 unnamed_ms = 366 * day_ms;      // what no record keeps: of a refused transaction, say
};

// Until when a block of this time keeps a document of this class, whatever became of the record.
u64 kept_by_block(u8 access, u64 block_ms, const DocumentTerms& terms);

// A document that a record keeps, and until when; without a time as long as the record lives.
struct KeptByRecord {
    ledger::DocumentHash document;
    std::optional<u64> until_ms;
    bool operator==(const KeptByRecord&) const = default;
};

// What a look at one record needs beside it.
struct RetentionView {
    const StateReader& state;
    std::function<Result<u64>(u64 height)> time_of;                   // block time
    std::function<bool(const ledger::DocumentHash& hash)> is_wanted;  // others are left out
    DocumentTerms terms;
};
// Of a record of any table; nothing for those that name no document.
std::vector<KeptByRecord> kept_by_record(ByteView key, ByteView record, const RetentionView& view);

// All that a record of any table names, whatever keeps it.
std::vector<ledger::DocumentRef> documents_of_record(ByteView key, ByteView record);

}  // namespace jangbu::market
