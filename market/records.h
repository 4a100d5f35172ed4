// State records of the market (docs/formats.md section 9, docs/support.md sections 1 and 2).
//
// All amounts in whole won, all times in ms. The state key of each stands in market/state_keys.h.
#pragma once

#include "market/dataset_records.h"

namespace jangbu::market {

struct Account {
    OrgId org;
    u64 available = 0;
    u64 reserved = 0;
    u64 bond = 0;
    u64 withdrawing = 0;
    u64 debt = 0;
    u32 unlocked_orders = 0;
    u32 strikes = 0;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c(self.org);
        c(self.available);
        c(self.reserved);
        c(self.bond);
        c(self.withdrawing);
        c(self.debt);
        c(self.unlocked_orders);
        c(self.strikes);
    }
    bool operator==(const Account&) const = default;
};

enum class ListingKind : u8 { dataset = 1, algorithm = 2, service = 3 };
enum class ListingState : u8 { open = 1, withdrawn = 2 };

struct Listing {
    ListingId id;
    u32 listing_version = 1;
    OrgId seller;
    ListingKind kind = ListingKind::dataset;
    std::optional<DatasetId> dataset;
    Pricing pricing;
    Licence licence;
    u8 mode = 1;
    Audience audience;
    u16 category = 0;
    u64 lock_min_ms = 0;
    u64 dispute_min_ms = 0;
    u8 sample = 0;
    DocumentRef description;
    ListingState state = ListingState::open;
    u64 published_height = 0;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c(self.id);
        c(self.listing_version);
        c(self.seller);
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
        c(self.state);
        c(self.published_height);
    }
    bool operator==(const Listing&) const = default;
};

enum class OrderState : u8 {
    placed = 1,
    accepted = 2,
    locked = 3,
    keyed = 4,
    settled = 5,
    cancelled = 6,
    refund_nokey = 7,
    refund_proven = 8,
    refund_forced = 9,
    reversed = 10,
    review = 11,
    aborted = 12,
    subscribed = 13,
    ended = 14,
};
const char* name(OrderState state);  // "PLACED" and so on
bool is_terminal(OrderState state);

struct OrderPublic {
    OrderId id;
    ListingId listing;
    u32 listing_version = 0;
    DatasetId dataset;
    Hash data_root{};
    u64 n = 0;
    u32 chunk_size = 0;
    OrgId seller;
    OrgId buyer;
    OrderState state = OrderState::placed;
    u8 mode = 1;
    Hash licence{};
    std::optional<DocumentRef> terms;
    KeyId prekey_id;
    ExchangeKey e_b;
    std::vector<PointBytes> t;  // 1 to 36
    std::optional<PointBytes> y;
    std::optional<Hash> ct_root;
    std::optional<OrgId> store_org;
    std::optional<ScalarBytes> m;
    u64 deadline_ms = 0;  // market time
    u64 extended_ms = 0;
    u64 lock_ms = 0;
    u64 key_ms = 0;
    u64 dispute_ms = 0;
    std::optional<u64> held_until;
    u64 opened_height = 0;
    u64 locked_height = 0;
    u64 keyed_height = 0;
    u64 closed_height = 0;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c(self.id);
        c(self.listing);
        c(self.listing_version);
        c(self.dataset);
        c(self.data_root);
        c(self.n);
        c(self.chunk_size);
        c(self.seller);
        c(self.buyer);
        c(self.state);
        c(self.mode);
        c(self.licence);
        c(self.terms);
        c(self.prekey_id);
        c(self.e_b);
        c.list(self.t, 1, 36);
        c(self.y);
        c(self.ct_root);
        c(self.store_org);
        c(self.m);
        c(self.deadline_ms);
        c(self.extended_ms);
        c(self.lock_ms);
        c(self.key_ms);
        c(self.dispute_ms);
        c(self.held_until);
        c(self.opened_height);
        c(self.locked_height);
        c(self.keyed_height);
        c(self.closed_height);
    }
    bool operator==(const OrderPublic&) const = default;
};

struct Upstream {
    std::vector<std::pair<OrgId, u32>> shares;  // ppm, strictly ascending by organisation, never empty
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.ascending(self.shares, 1, 16, [](const auto& share) -> const OrgId& { return share.first; });
    }
    bool operator==(const Upstream&) const = default;
};

struct OrderMoney {
    OrderId id;
    u64 supply = 0;
    u64 tax = 0;
    u64 own = 0;
    u64 voucher = 0;
    std::optional<VoucherId> voucher_id;
    std::optional<ProgrammeId> programme;
    u16 fee_bps = 0;
    u64 bond = 0;
    u16 penalty_bps = 0;
    std::optional<Upstream> upstream;
    u8 tax_rule = 0;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c(self.id);
        c(self.supply);
        c(self.tax);
        c(self.own);
        c(self.voucher);
        c(self.voucher_id);
        c(self.programme);
        c(self.fee_bps);
        c(self.bond);
        c(self.penalty_bps);
        c(self.upstream);
        c(self.tax_rule);
    }
    bool operator==(const OrderMoney&) const = default;
};

enum class ProgrammeState : u8 { draft = 1, open = 2, closed = 3 };

// What CreateProgramme carries; the record adds what the ledger keeps.
struct ProgrammeTerms {
    FamilyId family;
    u16 fiscal_year = 0;
    u8 kind = 0;  // 1 purchase, 2 processing, 3 both
    std::vector<PublicKey> officers;  // transact keys, 1 to 9
    u8 threshold = 1;
    u64 budget_max = 0;
    std::array<u16, 4> share_bps{};  // by class 1 to 4
    u64 cap_order = 0;
    u64 cap_company = 0;
    u64 cap_group = 0;
    u64 cap_pair = 0;
    std::vector<std::pair<u16, u64>> categories;  // category, cap
    u64 valid_from_ms = 0;
    u64 valid_to_ms = 0;
    u64 redeem_by_ms = 0;
    u16 review_rules = 0;
    DocumentRef rules;
    bool operator==(const ProgrammeTerms&) const = default;
};

struct Programme {
    ProgrammeId id;
    OrgId owner;
    ProgrammeState state = ProgrammeState::draft;
    ProgrammeTerms terms;
    std::vector<std::pair<OrgId, u64>> funders;  // organisation, paid in; 1 to 8
    u64 budget = 0;
    u64 unissued = 0;
    u64 open = 0;
    u64 held = 0;
    u64 spent = 0;
    u64 returned = 0;
    u64 income = 0;
    u64 repaid = 0;
    u64 cash = 0;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c(self.id);
        c(self.terms.family);
        c(self.owner);
        c(self.terms.fiscal_year);
        c(self.terms.kind);
        c(self.state);
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
        c(self.budget);
        c(self.unissued);
        c(self.open);
        c(self.held);
        c(self.spent);
        c(self.returned);
        c(self.income);
        c(self.repaid);
        c(self.cash);
    }
    bool operator==(const Programme&) const = default;
};

enum class VoucherState : u8 { active = 1, suspended = 2, revoked = 3 };
struct Voucher {
    VoucherId id;
    ProgrammeId programme;
    OrgId holder;
    u64 amount = 0;
    u64 open = 0;
    u64 held = 0;
    u64 spent = 0;
    u64 lapsed = 0;
    u64 expiry_ms = 0;
    Hash purpose_tag{};
    VoucherState state = VoucherState::active;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c(self.id);
        c(self.programme);
        c(self.holder);
        c(self.amount);
        c(self.open);
        c(self.held);
        c(self.spent);
        c(self.lapsed);
        c(self.expiry_ms);
        c(self.purpose_tag);
        c(self.state);
    }
    bool operator==(const Voucher&) const = default;
};

enum class UseState : u8 { held = 1, spent = 2, released = 3, reversed = 4, clawback_due = 5, clawed = 6 };
struct Use {
    OrderId order;
    VoucherId voucher;
    u64 v = 0;
    UseState state = UseState::held;
    std::vector<u8> flags;
    std::optional<Hash> decision;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c(self.order);
        c(self.voucher);
        c(self.v);
        c(self.state);
        c.list(self.flags, 0, 16);
        c(self.decision);
    }
    bool operator==(const Use&) const = default;
};

enum class CompanyClass : u8 { micro = 1, small = 2, medium = 3, other = 4 };
struct Attestation {
    OrgId subject;
    FamilyId family;
    CompanyClass class_ = CompanyClass::other;
    Hash group_tag{};
    u16 tag_key = 0;
    OrgId issuer;
    u64 valid_from_ms = 0;
    u64 valid_to_ms = 0;
    std::optional<DocumentRef> document;
    std::optional<u64> revoked_at;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c(self.subject);
        c(self.family);
        c(self.class_);
        c(self.group_tag);
        c(self.tag_key);
        c(self.issuer);
        c(self.valid_from_ms);
        c(self.valid_to_ms);
        c(self.document);
        c(self.revoked_at);
    }
    bool operator==(const Attestation&) const = default;
};

struct Family {
    FamilyId id;
    OrgId tag_authority;
    u16 tag_key = 0;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c(self.id);
        c(self.tag_authority);
        c(self.tag_key);
    }
    bool operator==(const Family&) const = default;
};

}  // namespace jangbu::market
