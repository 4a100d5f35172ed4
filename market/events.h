// Event: what an executed operation or an expired deadline did, for readers of receipts
// (docs/formats.md, events).
//
// A receipt carries each event as version u8 || enum tag || fields, at most 1,024 bytes. The order
// of the variant is the tag: new events are appended, none is reordered or changed. Events repeat
// what state says, so that a read index can follow the blocks without reading state; nothing in the
// rules reads them.
#pragma once

#include "ledger/limits.h"
#include "market/records.h"

namespace jangbu::market {

struct KeyAdded {
    KeyId key_id;
    OrgId org;
    u8 kind = 0;
    u8 purpose = 0;
    u64 valid_from_height = 0;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.key_id);
        c(self.org);
        c(self.kind);
        c(self.purpose);
        c(self.valid_from_height);
    }
    bool operator==(const KeyAdded&) const = default;
};

struct KeyRevoked {
    KeyId key_id;
    OrgId org;
    u64 revoked_at_height = 0;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.key_id);
        c(self.org);
        c(self.revoked_at_height);
    }
    bool operator==(const KeyRevoked&) const = default;
};

struct CreditsMinted {
    OrgId depositor;
    u64 amount = 0;
    Hash bank_ref{};
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.depositor);
        c(self.amount);
        c(self.bank_ref);
    }
    bool operator==(const CreditsMinted&) const = default;
};

// Created (from is none) or opened.
struct ProgrammeMoved {
    ProgrammeId programme;
    OrgId owner;
    std::optional<ProgrammeState> from;
    ProgrammeState to = ProgrammeState::draft;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.programme);
        c(self.owner);
        c(self.from);
        c(self.to);
    }
    bool operator==(const ProgrammeMoved&) const = default;
};

struct ProgrammeFunded {
    ProgrammeId programme;
    OrgId funder;
    u64 amount = 0;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.programme);
        c(self.funder);
        c(self.amount);
    }
    bool operator==(const ProgrammeFunded&) const = default;
};

struct VoucherIssued {
    VoucherId voucher;
    ProgrammeId programme;
    OrgId holder;
    u64 amount = 0;
    u64 expiry_ms = 0;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.voucher);
        c(self.programme);
        c(self.holder);
        c(self.amount);
        c(self.expiry_ms);
    }
    bool operator==(const VoucherIssued&) const = default;
};

struct DatasetRegistered {
    DatasetId dataset;
    OrgId registrant;
    Hash data_root{};
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.dataset);
        c(self.registrant);
        c(self.data_root);
    }
    bool operator==(const DatasetRegistered&) const = default;
};

struct ListingPublished {
    ListingId listing;
    u32 listing_version = 0;
    OrgId seller;
    std::optional<DatasetId> dataset;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.listing);
        c(self.listing_version);
        c(self.seller);
        c(self.dataset);
    }
    bool operator==(const ListingPublished&) const = default;
};

// `from` is none when the order was placed. `reason` is the code of RejectOrder or DeclineOrder,
// else 0. deadline_ms is market time, of the new state; 0 where it has none.
struct OrderMoved {
    OrderId order;
    OrgId buyer;
    OrgId seller;
    std::optional<OrderState> from;
    OrderState to = OrderState::placed;
    u64 deadline_ms = 0;
    u16 reason = 0;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.order);
        c(self.buyer);
        c(self.seller);
        c(self.from);
        c(self.to);
        c(self.deadline_ms);
        c(self.reason);
    }
    bool operator==(const OrderMoved&) const = default;
};

// A bad chunk was proven: the seller's strikes after it, the dataset is suspended.
struct DatasetSuspended {
    DatasetId dataset;
    OrgId seller;
    u32 strikes = 0;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.dataset);
        c(self.seller);
        c(self.strikes);
    }
    bool operator==(const DatasetSuspended&) const = default;
};

struct DatasetAttested {
    DatasetId dataset;
    OrgId attestor;
    AttestationKind kind = AttestationKind::inspection;
    Hash result{};
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.dataset);
        c(self.attestor);
        c(self.kind);
        c(self.result);
    }
    bool operator==(const DatasetAttested&) const = default;
};

// A restore, a promotion or another engine: the ledger goes on from this head in a new epoch.
struct EpochOpened {
    ledger::HeaderHash head;
    u64 head_height = 0;
    u8 reason = 0;  // ledger::EpochReason
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.head);
        c(self.head_height);
        c(self.reason);
    }
    bool operator==(const EpochOpened&) const = default;
};

// The journal: entries of one move in the order in which they were made. Long moves are cut into
// several events.
struct Posting {
    u8 column = 0;  // market::Column
    Hash owner{};   // organisation, programme, voucher or order; zero for bank
    bool gain = false;
    u64 amount = 0;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.column);
        c(self.owner);
        c(self.gain);
        c(self.amount);
    }
    bool operator==(const Posting&) const = default;
};
struct MoneyMoved {
    static constexpr std::size_t postings_max = 20;
    std::vector<Posting> postings;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.list(self.postings, 1, postings_max);
    }
    bool operator==(const MoneyMoved&) const = default;
};
static_assert(3 + MoneyMoved::postings_max * 42 <= ledger::limits::event_bytes_max);

using Event = std::variant<KeyAdded, KeyRevoked, CreditsMinted, ProgrammeMoved, ProgrammeFunded,
                           VoucherIssued, DatasetRegistered, ListingPublished, OrderMoved,
                           DatasetSuspended, MoneyMoved, DatasetAttested, EpochOpened>;

const char* event_name(const Event& event);

Bytes encode(const Event& event);
Result<Event> decode_event(ByteView bytes);

}  // namespace jangbu::market
