#include "market/state_keys.h"

namespace jangbu::market {
namespace {

using ledger::state_key;
using ledger::Table;

StateKey aggregate_key(AggregateTable table, std::initializer_list<ByteView> id_parts) {
    return state_key(static_cast<Table>(table), id_parts);
}

}  // namespace

StateKey account_key(const OrgId& org) {
    return state_key(Table::account, org.view());
}
StateKey dataset_key(const DatasetId& id) {
    return state_key(Table::dataset, id.view());
}
StateKey listing_key(const ListingId& id) {
    return state_key(Table::listing, id.view());
}
StateKey listing_version_key(const ListingId& id, u32 version) {
    return state_key(Table::listing_version, {id.view(), le32(version)});
}
StateKey order_public_key(const OrderId& id) {
    return state_key(Table::order_public, id.view());
}
StateKey order_money_key(const OrderId& id) {
    return state_key(Table::order_money, id.view());
}
StateKey programme_key(const ProgrammeId& id) {
    return state_key(Table::programme, id.view());
}
StateKey voucher_key(const VoucherId& id) {
    return state_key(Table::voucher, id.view());
}
StateKey use_key(const OrderId& id) {
    return state_key(Table::use, id.view());
}
StateKey attestation_key(const OrgId& subject, const FamilyId& family) {
    return state_key(Table::attestation, {subject.view(), family.view()});
}
StateKey family_key(const FamilyId& id) {
    return state_key(Table::family, id.view());
}
StateKey bank_reference_key(const Hash& bank_ref) {
    return state_key(Table::bank_reference, bank_ref);
}

StateKey issued_key(const ProgrammeId& programme, const OrgId& holder) {
    return aggregate_key(AggregateTable::issued, {programme.view(), holder.view()});
}
StateKey purpose_tag_key(const FamilyId& family, const Hash& tag) {
    return aggregate_key(AggregateTable::purpose_tag, {family.view(), tag});
}
StateKey used_holder_key(const ProgrammeId& programme, const OrgId& holder) {
    return aggregate_key(AggregateTable::used_holder, {programme.view(), holder.view()});
}
StateKey used_group_key(const ProgrammeId& programme, const Hash& buyer_group) {
    return aggregate_key(AggregateTable::used_group, {programme.view(), buyer_group});
}
StateKey used_pair_key(const ProgrammeId& programme, const Hash& buyer_group,
                       const Hash& seller_group) {
    return aggregate_key(AggregateTable::used_pair, {programme.view(), buyer_group, seller_group});
}
StateKey use_groups_key(const OrderId& order) {
    return aggregate_key(AggregateTable::use_groups, {order.view()});
}
StateKey transact_keys_key(const OrgId& org) {
    return aggregate_key(AggregateTable::transact_keys, {org.view()});
}
StateKey lineage_key(const DatasetId& dataset) {
    return aggregate_key(AggregateTable::lineage, {dataset.view()});
}
StateKey dataset_attestations_key(const DatasetId& dataset) {
    return aggregate_key(AggregateTable::attestations, {dataset.view()});
}

Account account_of(const StateReader& state, const OrgId& org) {
    if (auto account = ledger::read_record<Account>(state, account_key(org))) return *account;
    Account empty;
    empty.org = org;
    return empty;
}
std::optional<Dataset> find_dataset(const StateReader& state, const DatasetId& id) {
    return ledger::read_record<Dataset>(state, dataset_key(id));
}
std::optional<Lineage> find_lineage(const StateReader& state, const DatasetId& id) {
    return ledger::read_record<Lineage>(state, lineage_key(id));
}
DatasetAttestations attestations_of(const StateReader& state, const DatasetId& id) {
    const auto found =
        ledger::read_record<DatasetAttestations>(state, dataset_attestations_key(id));
    return found ? *found : DatasetAttestations{id, {}};
}
std::optional<Listing> find_listing(const StateReader& state, const ListingId& id) {
    const auto head = ledger::read_record<ListingHead>(state, listing_key(id));
    if (!head) return std::nullopt;
    return find_listing(state, id, head->listing_version);
}
std::optional<Listing> find_listing(const StateReader& state, const ListingId& id, u32 version) {
    return ledger::read_record<Listing>(state, listing_version_key(id, version));
}
std::optional<OrderPublic> find_order(const StateReader& state, const OrderId& id) {
    return ledger::read_record<OrderPublic>(state, order_public_key(id));
}
std::optional<OrderMoney> find_order_money(const StateReader& state, const OrderId& id) {
    return ledger::read_record<OrderMoney>(state, order_money_key(id));
}
std::optional<Programme> find_programme(const StateReader& state, const ProgrammeId& id) {
    return ledger::read_record<Programme>(state, programme_key(id));
}
std::optional<Voucher> find_voucher(const StateReader& state, const VoucherId& id) {
    return ledger::read_record<Voucher>(state, voucher_key(id));
}
std::optional<Family> find_family(const StateReader& state, const FamilyId& id) {
    return ledger::read_record<Family>(state, family_key(id));
}
std::optional<Use> find_use(const StateReader& state, const OrderId& id) {
    return ledger::read_record<Use>(state, use_key(id));
}
std::optional<Attestation> find_attestation(const StateReader& state, const OrgId& subject,
                                            const FamilyId& family) {
    return ledger::read_record<Attestation>(state, attestation_key(subject, family));
}

}  // namespace jangbu::market
