// The operations of the market (docs/exchange.md section 4): what a transaction may ask for.
//
// The tags below the variant are the law's. Those that are missing are reserved: their encodings
// are final when they are built. Each operation's guard, effect, access set and events stand in a file of its
// name.
#pragma once

#include "market/records.h"

namespace jangbu::market {

struct BatchRef {
    Hash batch{};
    u32 index = 0;
    std::vector<Hash> path;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.batch);
        c(self.index);
        c.list(self.path, 0, 32);
    }
    bool operator==(const BatchRef&) const = default;
};
struct WorkRef {
    Hash work{};
    u8 milestone = 0;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.work);
        c(self.milestone);
    }
    bool operator==(const WorkRef&) const = default;
};

// possession: exactly for ed25519.
struct AddKey {
    u8 kind = 0;
    u8 purpose = 0;
    ByteArray<32> bytes{};
    std::optional<u64> valid_until_ms;
    std::optional<Signature> possession;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.kind);
        c(self.purpose);
        c(self.bytes);
        c(self.valid_until_ms);
        c(self.possession);
    }
    bool operator==(const AddKey&) const = default;
};

struct RevokeKey {
    KeyId key_id;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.key_id);
    }
    bool operator==(const RevokeKey&) const = default;
};

struct MintCredits {
    OrgId depositor;
    u64 amount = 0;
    Hash bank_ref{};
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.depositor);
        c(self.amount);
        c(self.bank_ref);
    }
    bool operator==(const MintCredits&) const = default;
};

struct CreateProgramme {
    Nonce nonce{};
    ProgrammeTerms terms;
    std::vector<OrgId> funders;  // 1 to 8
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.nonce);
        c(self.terms.family);
        c(self.terms.fiscal_year);
        c(self.terms.kind);
        c.list(self.terms.officers, 1, 9);
        c(self.terms.threshold);
        c.list(self.funders, 1, 8);
        c(self.terms.budget_max);
        c(self.terms.share_bps);
        c(self.terms.cap_order);
        c(self.terms.cap_company);
        c(self.terms.cap_group);
        c(self.terms.cap_pair);
        c.list(self.terms.categories, 0, 16);
        c(self.terms.valid_from_ms);
        c(self.terms.valid_to_ms);
        c(self.terms.redeem_by_ms);
        c(self.terms.review_rules);
        c(self.terms.rules);
    }
    bool operator==(const CreateProgramme&) const = default;
};

struct FundProgramme {
    ProgrammeId programme;
    u64 amount = 0;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.programme);
        c(self.amount);
    }
    bool operator==(const FundProgramme&) const = default;
};

struct OpenProgramme {
    ProgrammeId programme;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.programme);
    }
    bool operator==(const OpenProgramme&) const = default;
};

struct IssueVoucher {
    Nonce nonce{};
    ProgrammeId programme;
    OrgId holder;
    u64 amount = 0;
    u64 expiry_ms = 0;
    Hash purpose_tag{};
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.nonce);
        c(self.programme);
        c(self.holder);
        c(self.amount);
        c(self.expiry_ms);
        c(self.purpose_tag);
    }
    bool operator==(const IssueVoucher&) const = default;
};

// batch belongs to a later stage and is empty until then, as are shares.
struct RegisterDataset {
    Nonce seed_nonce{};
    Hash data_root{};
    u64 byte_len = 0;
    u32 chunk_size = 0;
    u8 origin = 0;
    Hash schema_hash{};
    std::optional<DocumentRef> description;
    std::optional<DocumentRef> profile;
    std::optional<DatasetId> previous;
    std::vector<Parent> parents;
    std::optional<DocumentRef> process;
    std::optional<BatchRef> batch;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.seed_nonce);
        c(self.data_root);
        c(self.byte_len);
        c(self.chunk_size);
        c(self.origin);
        c(self.schema_hash);
        c(self.description);
        c(self.profile);
        c(self.previous);
        c.list(self.parents, 0, 16);
        c(self.process);
        c(self.batch);
    }
    bool operator==(const RegisterDataset&) const = default;
};

struct PublishListing {
    Nonce nonce{};
    u8 kind = 0;
    std::optional<DatasetId> dataset;
    Pricing pricing;
    Licence licence;
    u8 mode = 0;
    Audience audience;
    u16 category = 0;
    u64 lock_min_ms = 0;
    u64 dispute_min_ms = 0;
    u8 sample = 0;
    DocumentRef description;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.nonce);
        c(self.kind);
        c(self.dataset);
        c(self.pricing);
        c(self.licence);
        c(self.mode);
        c(self.audience);
        c(self.category);
        c(self.lock_min_ms);
        c(self.dispute_min_ms);
        c(self.sample);
        c(self.description);
    }
    bool operator==(const PublishListing&) const = default;
};

struct PlaceOrder {
    Nonce nonce{};
    ListingId listing;
    u32 listing_version = 0;
    u64 supply = 0;
    u64 tax = 0;
    u64 own = 0;
    u64 voucher = 0;
    std::optional<VoucherId> voucher_id;
    KeyId prekey_id;
    ExchangeKey e_b;
    std::vector<PointBytes> t;
    std::optional<DocumentRef> terms;
    std::optional<SignedQuote> quote;
    std::optional<WorkRef> work;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.nonce);
        c(self.listing);
        c(self.listing_version);
        c(self.supply);
        c(self.tax);
        c(self.own);
        c(self.voucher);
        c(self.voucher_id);
        c(self.prekey_id);
        c(self.e_b);
        c.list(self.t, 1, 36);
        c(self.terms);
        c(self.quote);
        c(self.work);
    }
    bool operator==(const PlaceOrder&) const = default;
};

struct AcceptOrder {
    OrderId order;
    PointBytes y{};
    Hash ct_root{};
    OrgId store_org;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.order);
        c(self.y);
        c(self.ct_root);
        c(self.store_org);
    }
    bool operator==(const AcceptOrder&) const = default;
};

struct RejectOrder {
    OrderId order;
    u16 reason = 0;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.order);
        c(self.reason);
    }
    bool operator==(const RejectOrder&) const = default;
};

struct DeclineOrder {
    OrderId order;
    u16 reason = 0;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.order);
        c(self.reason);
    }
    bool operator==(const DeclineOrder&) const = default;
};

// an echo: "I hold every chunk; lengths and both trees are right".
struct LockOrder {
    OrderId order;
    PointBytes y{};
    Hash ct_root{};
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.order);
        c(self.y);
        c(self.ct_root);
    }
    bool operator==(const LockOrder&) const = default;
};

struct PostKey {
    OrderId order;
    ScalarBytes m{};
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.order);
        c(self.m);
    }
    bool operator==(const PostKey&) const = default;
};

struct ConfirmOrder {
    OrderId order;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.order);
    }
    bool operator==(const ConfirmOrder&) const = default;
};

// chunk: the document whose bytes are ct_i exactly, class evidence.
struct ProveBadChunk {
    OrderId order;
    u64 i = 0;
    PointBytes p{};
    ScalarBytes c{};
    ScalarBytes s{};
    Hash leaf{};
    std::vector<Hash> path_ct;
    std::vector<Hash> path_data;
    DocumentRef chunk;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.order);
        c(self.i);
        c(self.p);
        c(self.c);
        c(self.s);
        c(self.leaf);
        c.list(self.path_ct, 0, 32);
        c.list(self.path_data, 0, 32);
        c(self.chunk);
    }
    bool operator==(const ProveBadChunk&) const = default;
};

// rights: of a re-run, one for each parent of the dataset, in the order of its lineage; else empty.
struct AttestDataset {
    DatasetId dataset;
    u8 kind = 0;  // AttestationKind
    Hash result{};
    std::vector<DataRight> rights;
    std::optional<u64> valid_until_ms;
    std::optional<DocumentRef> document;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.dataset);
        c(self.kind);
        c(self.result);
        c.list(self.rights, 0, 16);
        c(self.valid_until_ms);
        c(self.document);
    }
    bool operator==(const AttestDataset&) const = default;
};

// Made by an ordering engine alone, first in the first block of an epoch (ledger/executor.h).
struct OpenEpoch {
    ledger::HeaderHash head;  // of the block before
    u64 height = 0;           // its height
    u8 reason = 0;            // ledger::EpochReason
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.head);
        c(self.height);
        c(self.reason);
    }
    bool operator==(const OpenEpoch&) const = default;
};

using Operation =
    std::variant<AddKey, RevokeKey, MintCredits, CreateProgramme, FundProgramme, OpenProgramme,
                 IssueVoucher, RegisterDataset, PublishListing, PlaceOrder, AcceptOrder,
                 RejectOrder, DeclineOrder, LockOrder, PostKey, ConfirmOrder, ProveBadChunk,
                 AttestDataset, OpenEpoch>;

// "AddKey" and so on, by tag.
const char* operation_name(const Operation& operation);

Bytes encode(const Operation& operation);
Result<Operation> decode_operation(ByteView bytes);

}  // namespace jangbu::market

template <>
inline constexpr std::array<jangbu::base::u32, 19>
    jangbu::base::bcs::variant_tags<jangbu::market::Operation> = {
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 40, 78};
