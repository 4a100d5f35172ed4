// Evidence: what convicts a validator before anybody, in files that need nothing beside them but
// the pinned chain id (docs/formats.md section 6).
//
// Two kinds. Two heads: signed headers of one height that differ; JSON, schema jangbu-fraud/1.
// Divergence: a signed header that its own block does not give; who doubts it executes every block
// again, from genesis or, where the accuser begins later, from a snapshot under a signed header.
// Both hold only what was signed and what hashes to it, so nobody can make one
// against an honest validator.
// Threads: pure functions; check_divergence needs an Application of its own. Errors:
// verification_failed (no evidence, and why), malformed.
#pragma once

#include "ledger/chain_base.h"
#include "ledger/executor.h"
#include "ledger/snapshot_format.h"
#include "ledger/tombstone.h"

namespace jangbu::ledger {

// By a validator of genesis; header 0 follows from genesis and needs no signature.
Status check_signed(const SignedHeader& signed_header, const Genesis& genesis);

// `proof`: the jbproof of consistency that contradicts the first, or "" where both heads have one
// height.
std::string two_heads_file(const Genesis& genesis, const SignedHeader& first,
                           const SignedHeader& second, std::string_view proof);

inline constexpr std::string_view divergence_magic = "jangbu-divergence/1\n";
inline constexpr std::size_t divergence_bytes_max = 256 << 20;

// Where the accuser's ledger begins above genesis: a snapshot, whose head the validator signed, and
// what makes the rest of it believable. Bytes: docs/formats.md section 6.
struct DivergenceBase {
    struct File {
        Bytes bytes;
        template <class Codec, class Self>
        static void fields(Codec& c, Self& self) {
            c.bytes(self.bytes, limits::snapshot_file_bytes_max);
        }
        bool operator==(const File&) const = default;
    };
    Bytes manifest;
    std::vector<File> files;          // by number; nothing where it has none
    std::vector<HeaderHash> history;  // of all heights below
    std::vector<Header> headers;      // of those below by which the window is judged; ascending
    static constexpr std::size_t headers_max = 1 << 24;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.bytes(self.manifest, limits::snapshot_manifest_bytes_max);
        c.list(self.files, 1, headers_max);
        c.list(self.history, 1, headers_max);
        c.ascending(self.headers, 0, headers_max,
                    [](const Header& header) { return header.height; });
    }
    bool operator==(const DivergenceBase&) const = default;
};
// A ledger as it stands at a base, proven.
struct BegunLedger {
    Header header;
    StateTree::Changes entries;
    UsedIds used;
    std::shared_ptr<HistoryTree> history;
};
Result<BegunLedger> begin_at(const DivergenceBase& base, const Genesis& genesis);
// REQUIRES: the base is above genesis. Errors: limit_exceeded, those of its snapshot and headers.
Result<DivergenceBase> gather_base(const ChainBase& base, const Genesis& genesis);

struct Divergence {
    GenesisFile genesis;
    SignedHeader parent;              // of height h - 1
    SignedHeader header;              // of height h: what is wrong
    std::vector<Bytes> inputs;        // BCS(BlockInput) of heights 1, or base + 1, to h
    std::vector<Document> documents;  // that their transactions name
    // Of earlier blocks whose documents were pruned: what their receipts say; ascending.
    std::vector<RecordedOutcome> recorded = {};
    std::optional<DivergenceBase> base = {};
};
// Errors: limit_exceeded (above divergence_bytes_max).
Result<Bytes> encode(const Divergence& divergence);
Result<Divergence> decode_divergence(ByteView file);
// What is wrong with the block, in one sentence, after executing everything again. `application`
// is fresh.
Result<std::string> check_divergence(const Divergence& divergence, const ChainId& trusted,
                                     Application& application);
// What a block's own execution would have to give but its header does not say: "state_root",
// "receipt_root, receipt_count". Empty if the headers are equal.
std::string differing_fields(const Header& stated, const Header& computed);

}  // namespace jangbu::ledger
