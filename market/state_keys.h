// Where each record of the market stands in the state map. Tables 18 and above are the product's
// (docs/formats.md).
#pragma once

#include "ledger/parameters.h"
#include "ledger/state_view.h"
#include "market/records.h"

namespace jangbu::market {

using ledger::Overlay;
using ledger::StateKey;
using ledger::StateReader;

// Tables that the law leaves to the product: keyed aggregates of purchase support (docs/support.md
// section 3) and what an order or an organisation must find again without a search.
enum class AggregateTable : u8 {
    issued = 18,         // programme || holder -> amount issued
    purpose_tag = 19,    // family || purpose_tag -> voucher
    used_holder = 20,    // programme || holder
    used_group = 21,     // programme || G_b
    used_pair = 22,      // programme || G_b || G_s
    use_groups = 23,     // order -> the groups that its voucher was counted under
    transact_keys = 24,  // organisation -> its transact keys that are known not to be revoked
    lineage = 25,        // derived dataset -> its parents
    attestations = 26,   // dataset -> what others attested
};

StateKey account_key(const OrgId& org);
StateKey dataset_key(const DatasetId& id);
StateKey listing_key(const ListingId& id);  // table 6: the current version number
StateKey listing_version_key(const ListingId& id, u32 version);  // table 15
StateKey order_public_key(const OrderId& id);
StateKey order_money_key(const OrderId& id);
StateKey programme_key(const ProgrammeId& id);
StateKey voucher_key(const VoucherId& id);
StateKey use_key(const OrderId& id);
StateKey attestation_key(const OrgId& subject, const FamilyId& family);
StateKey family_key(const FamilyId& id);
StateKey bank_reference_key(const Hash& bank_ref);
StateKey issued_key(const ProgrammeId& programme, const OrgId& holder);
StateKey purpose_tag_key(const FamilyId& family, const Hash& tag);
StateKey used_holder_key(const ProgrammeId& programme, const OrgId& holder);
StateKey used_group_key(const ProgrammeId& programme, const Hash& buyer_group);
StateKey used_pair_key(const ProgrammeId& programme, const Hash& buyer_group,
                       const Hash& seller_group);
StateKey use_groups_key(const OrderId& order);
StateKey transact_keys_key(const OrgId& org);
StateKey lineage_key(const DatasetId& dataset);
StateKey dataset_attestations_key(const DatasetId& dataset);

// Table 6, table 17 and the aggregates: one number or one id.
struct ListingHead {
    u32 listing_version = 1;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c(self.listing_version);
    }
};
struct Amount {
    u64 won = 0;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c(self.won);
    }
};
struct Taken {  // by what: a transaction id or a voucher id
    Hash by{};
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c(self.by);
    }
};

// The groups of buyer and seller when the voucher was held: an attestation may end before the
// order.
struct UseGroups {
    Hash buyer{};
    Hash seller{};
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c(self.buyer);
        c(self.seller);
    }
};
// Keys of genesis are in the list from the first operation that they sign on members' keys.
struct TransactKeys {
    static constexpr std::size_t keys_max = 64;
    std::vector<KeyId> keys;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c.ascending(self.keys, 0, keys_max, [](const KeyId& id) -> const KeyId& { return id; });
    }
};

// An organisation without a record has an empty account.
Account account_of(const StateReader& state, const OrgId& org);
std::optional<Dataset> find_dataset(const StateReader& state, const DatasetId& id);
std::optional<Lineage> find_lineage(const StateReader& state, const DatasetId& id);
// Without a record nobody attested anything.
DatasetAttestations attestations_of(const StateReader& state, const DatasetId& id);
// The current version of a listing, or one by number.
std::optional<Listing> find_listing(const StateReader& state, const ListingId& id);
std::optional<Listing> find_listing(const StateReader& state, const ListingId& id, u32 version);
std::optional<OrderPublic> find_order(const StateReader& state, const OrderId& id);
std::optional<OrderMoney> find_order_money(const StateReader& state, const OrderId& id);
std::optional<Programme> find_programme(const StateReader& state, const ProgrammeId& id);
std::optional<Voucher> find_voucher(const StateReader& state, const VoucherId& id);
std::optional<Family> find_family(const StateReader& state, const FamilyId& id);
std::optional<Use> find_use(const StateReader& state, const OrderId& id);
std::optional<Attestation> find_attestation(const StateReader& state, const OrgId& subject,
                                            const FamilyId& family);

}  // namespace jangbu::market
