// What is left of a document that retention let go: its tombstone, and for who executes its block
// again the outcomes that depended on it. And what is left of a pruned block for retention: which
// documents it named.
//
// A start tells pruned from lost by the tombstone: a block that names a document is whole if the
// document is there, or a tombstone that came after the block. Bytes: docs/formats.md section 4.
// Threads: plain data; ReplayDocuments may be read from any thread.
#pragma once

#include <atomic>
#include <span>

#include "ledger/block.h"
#include "ledger/document.h"

namespace jangbu::ledger {

struct Tombstone {
    DocumentRef document;
    u64 height = 0;         // the last block that names it
    u64 pruned_height = 0;  // the head when it went
    u64 pruned_ms = 0;      // block time of that head

    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c(self.document);
        c(self.height);
        c(self.pruned_height);
        c(self.pruned_ms);
    }
    bool operator==(const Tombstone&) const = default;
};
inline constexpr std::size_t tombstone_bytes = 62;

// What a block whose body may be gone said of a document: retention still has to find it. The last
// such block of one document and class counts.
struct NamedBelow {
    DocumentRef document;
    u64 height = 0;

    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c(self.document);
        c(self.height);
    }
    bool operator==(const NamedBelow&) const = default;
};
inline constexpr std::size_t named_below_bytes = 46;

// The code of a receipt that depended on a pruned document.
struct RecordedOutcome {
    TxId transaction;
    RejectionCode code = accepted;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.transaction);
        c(self.code);
    }
    bool operator==(const RecordedOutcome&) const = default;
};

// Of one block, kept from before its input to its own outcome by who took it without a document.
struct RecordedOutcomes {
    std::vector<RecordedOutcome> outcomes;  // ascending by transaction
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c.ascending(self.outcomes, 0, limits::block_transactions_max,
                    [](const RecordedOutcome& one) -> const TxId& { return one.transaction; });
    }
    bool operator==(const RecordedOutcomes&) const = default;
};

// What a block was taken with in place of documents that are pruned.
struct PrunedDocuments {
    std::vector<Tombstone> tombstones;
    RecordedOutcomes recorded;
};

// The documents that a block is executed again with. Of one that is not there any more, the outcome
// counts that its receipt recorded.
class ReplayDocuments final : public DocumentReader {
public:
    // The caller keeps `documents` alive.
    ReplayDocuments(const DocumentReader& documents, RecordedOutcomes recorded);
    // From the receipts of a block, which the caller compared with its receipt_root.
    static Result<RecordedOutcomes> outcomes_of(std::span<const Bytes> receipts);

    std::optional<Document> find(const DocumentHash& hash) const override {
        return documents_.find(hash);
    }
    std::optional<RejectionCode> recorded(const TxId& transaction) const override;
    u64 taken() const { return taken_; }  // outcomes that were not judged again

private:
    const DocumentReader& documents_;
    const RecordedOutcomes recorded_;
    mutable std::atomic<u64> taken_ = 0;
};

}  // namespace jangbu::ledger
