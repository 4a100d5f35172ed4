// Ids and plain records of the market that operations carry. Bytes: docs/formats.md,
// docs/exchange.md.
#pragma once

#include "base/bcs.h"
#include "crypto/fair_exchange.h"
#include "ledger/document.h"
#include "ledger/types.h"

namespace jangbu::market {

using crypto::ExchangeKey;
using crypto::Hash;
using crypto::PointBytes;
using crypto::PublicKey;
using crypto::ScalarBytes;
using crypto::Signature;
using ledger::ChainId;
using ledger::Document;
using ledger::DocumentRef;
using ledger::KeyId;
using ledger::OrgId;
using ledger::TxId;

using DatasetId = StrongId<struct DatasetIdTag>;
using ListingId = StrongId<struct ListingIdTag>;
using OrderId = StrongId<struct OrderIdTag>;
using ProgrammeId = StrongId<struct ProgrammeIdTag>;
using VoucherId = StrongId<struct VoucherIdTag>;
using FamilyId = StrongId<struct FamilyIdTag>;
using Nonce = ByteArray<16>;

// H("jangbu/dataset/v1", org_id || data_root)
DatasetId dataset_id(const OrgId& registrant, const Hash& data_root);
// H("jangbu/family/v1", name)
FamilyId family_id(std::string_view name);
ListingId listing_id(const ChainId& chain, const OrgId& seller, const Nonce& nonce);
OrderId order_id(const ChainId& chain, const OrgId& buyer, const Nonce& nonce);
ProgrammeId programme_id(const ChainId& chain, const OrgId& owner, const Nonce& nonce);
VoucherId voucher_id(const ChainId& chain, const OrgId& issuer, const Nonce& nonce);

enum LicenceBit : u16 {
    licence_use = 1,
    licence_derive = 2,
    licence_distribute = 4,
    licence_resell = 8,
    licence_commercial = 16,
    licence_train = 32,
};
inline constexpr u16 licence_bits_all = 63;

struct Licence {
    u16 bits = 0;
    std::optional<u64> expires_ms;
    u8 attribution = 0;
    std::optional<DocumentRef> odrl;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c(self.bits);
        c(self.expires_ms);
        c(self.attribution);
        c(self.odrl);
    }
    bool operator==(const Licence&) const = default;
};
// H("jangbu/licence/v1", BCS(Licence))
Hash licence_hash(const Licence& licence);

// Variants of a listing's price, numbered as written.
struct FixedPrice {
    u64 supply = 0;
    u8 tax_rule = 0;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.supply);
        c(self.tax_rule);
    }
    bool operator==(const FixedPrice&) const = default;
};
struct FreePrice : bcs::Unit {
    bool operator==(const FreePrice&) const = default;
};
struct QuoteOnlyPrice {
    u8 tax_rule = 0;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.tax_rule);
    }
    bool operator==(const QuoteOnlyPrice&) const = default;
};
struct PerPeriodPrice {
    u64 supply = 0;
    u8 tax_rule = 0;
    u64 period_ms = 0;
    u8 periods_max = 0;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.supply);
        c(self.tax_rule);
        c(self.period_ms);
        c(self.periods_max);
    }
    bool operator==(const PerPeriodPrice&) const = default;
};
using Pricing = std::variant<FixedPrice, FreePrice, QuoteOnlyPrice, PerPeriodPrice>;

struct PublicAudience : bcs::Unit {
    bool operator==(const PublicAudience&) const = default;
};
struct GroupAudience {
    Hash group{};
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.group);
    }
    bool operator==(const GroupAudience&) const = default;
};
struct InvitedAudience {
    std::vector<OrgId> members;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.list(self.members, 0, 64);
    }
    bool operator==(const InvitedAudience&) const = default;
};
using Audience = std::variant<PublicAudience, GroupAudience, InvitedAudience>;

struct Quote {
    ChainId chain_id;
    Nonce nonce{};
    ListingId listing;
    u32 listing_version = 0;
    OrgId buyer;
    u64 supply = 0;
    u64 tax = 0;
    u64 lock_min_ms = 0;
    u64 dispute_min_ms = 0;
    u64 valid_until_ms = 0;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c(self.chain_id);
        c(self.nonce);
        c(self.listing);
        c(self.listing_version);
        c(self.buyer);
        c(self.supply);
        c(self.tax);
        c(self.lock_min_ms);
        c(self.dispute_min_ms);
        c(self.valid_until_ms);
    }
    bool operator==(const Quote&) const = default;
};
Hash quote_hash(const Quote& quote);  // H("jangbu/quote/v1", BCS(Quote))
struct SignedQuote {
    Quote quote;
    PublicKey key;
    Signature signature{};
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.quote);
        c(self.key);
        c(self.signature);
    }
    bool operator==(const SignedQuote&) const = default;
};

// What lets its bearer write or read ciphertext at a content store (docs/exchange.md section 8).
enum class TicketAction : u8 { write = 1, read = 2, sample = 3 };
struct Ticket {
    ChainId chain_id;
    Hash order{};  // for a sample: the dataset id
    OrgId store_org;
    u8 action = 0;
    Hash ct_root{};  // for a sample: the data_root
    u64 expires_ms = 0;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c(self.chain_id);
        c(self.order);
        c(self.store_org);
        c(self.action);
        c(self.ct_root);
        c(self.expires_ms);
    }
    bool operator==(const Ticket&) const = default;
};
struct SignedTicket {
    Ticket ticket;
    PublicKey key;
    Signature signature{};
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.ticket);
        c(self.key);
        c(self.signature);
    }
    bool operator==(const SignedTicket&) const = default;
};
Hash ticket_hash(const Ticket& ticket);  // H("jangbu/ticket/v1", BCS(Ticket))
SignedTicket sign(const Ticket& ticket, const crypto::SigningKey& key);

// Chunk 0 of a dataset with its salt and path (docs/exchange.md section 11). Stored and served as canonical bytes.
struct Sample {
    u64 index = 0;
    Bytes record;  // salt || data
    std::vector<Hash> path;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c(self.index);
        c.bytes(self.record, 65536 + crypto::fx1::salt_bytes);
        c.list(self.path, 0, 64);
    }
    bool operator==(const Sample&) const = default;
};

struct ReadPass {
    ChainId chain_id;
    OrgId org;
    u64 expires_ms = 0;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c(self.chain_id);
        c(self.org);
        c(self.expires_ms);
    }
    bool operator==(const ReadPass&) const = default;
};
struct SignedReadPass {
    ReadPass pass;
    PublicKey key;
    Signature signature{};
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.pass);
        c(self.key);
        c(self.signature);
    }
    bool operator==(const SignedReadPass&) const = default;
};
Hash read_pass_hash(const ReadPass& pass);  // H("jangbu/readpass/v1", BCS(ReadPass))
SignedReadPass sign(const ReadPass& pass, const crypto::SigningKey& key);

struct Promise {
    ChainId chain_id;
    TxId txid;
    u64 head_height = 0;
    u64 by_ms = 0;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c(self.chain_id);
        c(self.txid);
        c(self.head_height);
        c(self.by_ms);
    }
    bool operator==(const Promise&) const = default;
};
Hash promise_hash(const Promise& promise);  // H("jangbu/promise/v1", BCS(Promise))

}  // namespace jangbu::market
