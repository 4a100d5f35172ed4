// State records of datasets: what was registered, from what it was derived, what others attest
// (docs/formats.md section 9).
//
// All times in ms. The state key of each stands in market/state_keys.h.
#pragma once

#include "market/types.h"

namespace jangbu::market {

enum class Origin : u8 { collected = 1, simulated = 2, derived = 3 };
enum class DatasetState : u8 { live = 1, suspended = 2 };

struct Dataset {
    DatasetId id;
    OrgId registrant;
    Hash data_root{};
    Nonce seed_nonce{};
    u64 byte_len = 0;
    u32 chunk_size = 0;
    Origin origin = Origin::collected;
    Hash schema_hash{};
    std::optional<DocumentRef> description;
    std::optional<DocumentRef> profile;
    std::optional<DocumentRef> process;
    std::optional<DatasetId> previous;
    u64 registered_height = 0;
    u64 registered_ms = 0;
    DatasetState state = DatasetState::live;
    u16 ceiling_bits = 0;
    std::optional<u64> ceiling_expires_ms;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c(self.id);
        c(self.registrant);
        c(self.data_root);
        c(self.seed_nonce);
        c(self.byte_len);
        c(self.chunk_size);
        c(self.origin);
        c(self.schema_hash);
        c(self.description);
        c(self.profile);
        c(self.process);
        c(self.previous);
        c(self.registered_height);
        c(self.registered_ms);
        c(self.state);
        c(self.ceiling_bits);
        c(self.ceiling_expires_ms);
    }
    bool operator==(const Dataset&) const = default;
};

// What a derived dataset was made from, and by which right: the registrant's own dataset, or a
// settled order of the registrant.
struct Own : bcs::Unit {
    bool operator==(const Own&) const = default;
};
using DataRight = std::variant<Own, OrderId>;
struct Parent {
    DatasetId dataset;
    DataRight right;
    u32 share_ppm = 0;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.dataset);
        c(self.right);
        c(self.share_ppm);
    }
    bool operator==(const Parent&) const = default;
};

// Beside the dataset, which the law fixes: parents of a derived one, as registered.
struct Lineage {
    DatasetId dataset;
    std::vector<Parent> parents;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c(self.dataset);
        c.list(self.parents, 1, 16);
    }
    bool operator==(const Lineage&) const = default;
};

enum class AttestationKind : u8 { inspection = 1, calibration = 2, quality = 3, rerun = 4 };

// What an organisation says of another's dataset. Of a re-run, `result` is the digest of what went
// in and came out (docs/process.md); of the others, of what was judged, or zero.
struct DatasetAttestation {
    OrgId attestor;
    AttestationKind kind = AttestationKind::inspection;
    Hash result{};
    std::optional<u64> valid_until_ms;
    std::optional<DocumentRef> document;
    u64 attested_height = 0;
    u64 attested_ms = 0;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.attestor);
        c(self.kind);
        c(self.result);
        c(self.valid_until_ms);
        c(self.document);
        c(self.attested_height);
        c(self.attested_ms);
    }
    bool operator==(const DatasetAttestation&) const = default;
};

// The latest of each attestor and kind; earlier ones are in the receipts.
struct DatasetAttestations {
    static constexpr std::size_t attestations_max = 32;
    DatasetId dataset;
    std::vector<DatasetAttestation> attestations;  // their ranks ascend
    static std::pair<OrgId, AttestationKind> rank(const DatasetAttestation& one) {
        return {one.attestor, one.kind};
    }
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c(self.dataset);
        c.ascending(self.attestations, 1, attestations_max, rank);
    }
    bool operator==(const DatasetAttestations&) const = default;
};

}  // namespace jangbu::market
