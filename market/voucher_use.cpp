#include "market/voucher_use.h"

#include <algorithm>

#include "market/attestation.h"
#include "market/settlement.h"

namespace jangbu::market {
namespace {

// What the guards of one request look at, found once.
struct Case {
    Voucher voucher;
    Programme programme;
    std::optional<Attestation> buyer;  // if live
    UseGroups groups;
};

UseGroups groups_now(const StateReader& state, const ledger::BlockContext& block,
                     const FamilyId& family, const OrgId& buyer, const OrgId& seller) {
    return {group_of(live_attestation(state, block, buyer, family), buyer),
            group_of(live_attestation(state, block, seller, family), seller)};
}

std::optional<Case> find_case(const StateReader& state, const ledger::BlockContext& block,
                              const VoucherRequest& request) {
    auto voucher = find_voucher(state, request.voucher);
    if (!voucher) return std::nullopt;
    auto programme = find_programme(state, voucher->programme);
    JANGBU_ASSERT(programme.has_value());
    const FamilyId& family = programme->terms.family;
    auto buyer = live_attestation(state, block, request.buyer, family);
    const UseGroups groups = groups_now(state, block, family, request.buyer, request.seller);
    return Case{std::move(*voucher), std::move(*programme), std::move(buyer), groups};
}

bool is_for_purchases(u8 programme_kind) {
    return programme_kind == 1 || programme_kind == 3;
}

// A programme that names no category takes every one.
bool category_fits(const ProgrammeTerms& terms, u16 category) {
    return terms.categories.empty() ||
           std::ranges::find(terms.categories, category, &std::pair<u16, u64>::first) !=
               terms.categories.end();
}

// V1
std::optional<Rejection> check_programme(const Programme& programme,
                                         const ledger::BlockContext& block,
                                         const VoucherRequest& request) {
    const ProgrammeTerms& terms = programme.terms;
    const bool in_term = terms.valid_from_ms <= block.time_ms && block.time_ms <= terms.valid_to_ms;
    if (programme.state != ProgrammeState::open || !in_term || !is_for_purchases(terms.kind) ||
        !category_fits(terms, request.category))
        return Rejection::programme_not_open;
    // block time <= valid_to <= redeem_by, so the difference does not wrap.
    if (request.longest_ms > terms.redeem_by_ms - block.time_ms)
        return Rejection::redeem_by_too_early;
    return std::nullopt;
}

// V2
std::optional<Rejection> check_voucher(const Voucher& voucher, const StateReader& state,
                                       const ledger::BlockContext& block,
                                       const VoucherRequest& request) {
    if (voucher.state != VoucherState::active || voucher.holder != request.buyer ||
        block.time_ms > voucher.expiry_ms)
        return Rejection::voucher_not_active;
    if (request.v > voucher.open) return Rejection::voucher_too_small;
    if (account_of(state, request.buyer).debt > 0) return Rejection::debt_outstanding;
    return std::nullopt;
}

// V4
std::optional<Rejection> check_share(const ProgrammeTerms& terms, CompanyClass class_,
                                     const VoucherRequest& request) {
    const u16 share = terms.share_bps[static_cast<std::size_t>(class_) - 1];
    if (request.v > share_of(request.supply, share, bps_whole)) return Rejection::share_exceeded;
    if (request.v > terms.cap_order) return Rejection::cap_order;
    return std::nullopt;
}

// The aggregates that one use counts in: by holder, by buyer's group, by pair of groups.
std::array<StateKey, 3> used_keys(const ProgrammeId& programme, const OrgId& buyer,
                                  const UseGroups& groups) {
    return {used_holder_key(programme, buyer), used_group_key(programme, groups.buyer),
            used_pair_key(programme, groups.buyer, groups.seller)};
}

u64 used(const StateReader& state, const StateKey& key) {
    return ledger::read_record<Amount>(state, key).value_or(Amount{}).won;
}

// V5
std::optional<Rejection> check_caps(const Case& found, const StateReader& state,
                                    const VoucherRequest& request) {
    const ProgrammeTerms& terms = found.programme.terms;
    const auto keys = used_keys(found.programme.id, request.buyer, found.groups);
    if (used(state, keys[0]) + request.v > terms.cap_company) return Rejection::cap_company;
    if (used(state, keys[1]) + request.v > terms.cap_group) return Rejection::cap_group;
    if (used(state, keys[2]) + request.v > terms.cap_pair) return Rejection::cap_pair;
    return std::nullopt;
}

Use use_of(const StateReader& state, const OrderId& order) {
    const auto use = find_use(state, order);
    JANGBU_ASSERT(use.has_value());
    return *use;
}

// A held use ends. The groups are needed no longer.
void end_use(Overlay& state, const OrderPublic& order, u64 v, UseState to) {
    Use use = use_of(state, order.id);
    JANGBU_ASSERT(use.state == UseState::held && use.v == v);
    use.state = to;
    ledger::write_record(state, use_key(order.id), use);
    state.erase(use_groups_key(order.id));
}

void shrink_used(Overlay& state, const OrderPublic& order, const OrderMoney& money, u64 v) {
    const auto groups = ledger::read_record<UseGroups>(state, use_groups_key(order.id));
    JANGBU_ASSERT(groups.has_value());
    for (const StateKey& key : used_keys(*money.programme, order.buyer, *groups)) {
        const u64 before = used(state, key);
        JANGBU_ASSERT(before >= v);
        if (before == v)
            state.erase(key);
        else
            ledger::write_record(state, key, Amount{before - v});
    }
}

bool takes_back(const Voucher& voucher, u64 time_ms) {
    return voucher.state != VoucherState::revoked && time_ms <= voucher.expiry_ms;
}

}  // namespace

u64 voucher_part(const OrderMoney& money) {
    return money.voucher_id ? money.voucher : 0;
}

std::optional<Rejection> check_voucher_at_place(const StateReader& state,
                                                const ledger::BlockContext& block,
                                                const VoucherRequest& request) {
    JANGBU_ASSERT(request.v > 0);
    const auto found = find_case(state, block, request);
    if (!found) return Rejection::not_found;
    if (auto refusal = check_programme(found->programme, block, request)) return refusal;
    if (auto refusal = check_voucher(found->voucher, state, block, request)) return refusal;
    if (!found->buyer) return Rejection::attestation_invalid;
    if (auto refusal = check_share(found->programme.terms, found->buyer->class_, request))
        return refusal;
    if (auto refusal = check_caps(*found, state, request)) return refusal;
    if (found->groups.buyer == found->groups.seller) return Rejection::related_party;
    return std::nullopt;
}

std::optional<Rejection> check_voucher_at_lock(const StateReader& state,
                                               const ledger::BlockContext& block,
                                               const OrderPublic& order, const OrderMoney& money) {
    if (voucher_part(money) == 0) return std::nullopt;
    const auto voucher = find_voucher(state, *money.voucher_id);
    const auto programme = find_programme(state, *money.programme);
    JANGBU_ASSERT(voucher.has_value() && programme.has_value());
    if (voucher->state != VoucherState::active) return Rejection::voucher_not_active;
    if (!live_attestation(state, block, order.buyer, programme->terms.family))
        return Rejection::attestation_invalid;
    return std::nullopt;
}

std::vector<Entry> hold_voucher(Context& context, const VoucherRequest& request,
                                const OrderId& order) {
    const auto found = find_case(context.state, context.block, request);
    JANGBU_ASSERT(found.has_value());
    Use use;
    use.order = order;
    use.voucher = request.voucher;
    use.v = request.v;
    ledger::write_record(context.state, use_key(order), use);
    ledger::write_record(context.state, use_groups_key(order), found->groups);
    for (const StateKey& key : used_keys(found->programme.id, request.buyer, found->groups))
        ledger::write_record(context.state, key, Amount{used(context.state, key) + request.v});
    return {entry(Column::voucher_open, request.voucher, -won(request.v)),
            entry(Column::voucher_held, request.voucher, won(request.v))};
}

std::vector<Entry> release_voucher(Overlay& state, const ledger::BlockContext& block,
                                   const OrderPublic& order, const OrderMoney& money) {
    const u64 v = voucher_part(money);
    if (v == 0) return {};
    const auto voucher = find_voucher(state, *money.voucher_id);
    JANGBU_ASSERT(voucher.has_value());
    shrink_used(state, order, money, v);
    end_use(state, order, v, UseState::released);
    std::vector<Entry> entries = {entry(Column::voucher_held, voucher->id, -won(v))};
    if (takes_back(*voucher, block.time_ms)) {
        entries.push_back(entry(Column::voucher_open, voucher->id, won(v)));
    } else {
        entries.push_back(entry(Column::unissued, *money.programme, won(v)));
        entries.push_back(entry(Column::voucher_lapsed, voucher->id, won(v)));
    }
    return entries;
}

std::vector<Entry> spend_voucher(Overlay& state, const OrderPublic& order,
                                 const OrderMoney& money) {
    const u64 v = voucher_part(money);
    if (v == 0) return {};
    end_use(state, order, v, UseState::spent);
    return {entry(Column::voucher_held, *money.voucher_id, -won(v)),
            entry(Column::voucher_spent, *money.voucher_id, won(v))};
}

std::vector<StateKey> voucher_keys(const StateReader& state, const VoucherId& voucher,
                                   const OrderId& order, const OrgId& buyer, const OrgId& seller) {
    std::vector<StateKey> set = {voucher_key(voucher), use_key(order), use_groups_key(order),
                                 account_key(buyer)};
    const auto found = find_voucher(state, voucher);
    if (!found) return set;
    set.push_back(programme_key(found->programme));
    const auto programme = find_programme(state, found->programme);
    JANGBU_ASSERT(programme.has_value());
    const FamilyId& family = programme->terms.family;
    set.push_back(family_key(family));
    UseGroups tagged{buyer.bytes, seller.bytes};
    for (auto [subject, group] : {std::pair(&buyer, &tagged.buyer), {&seller, &tagged.seller}}) {
        set.push_back(attestation_key(*subject, family));
        if (const auto attestation = find_attestation(state, *subject, family))
            *group = attestation->group_tag;
    }
    // Live or not is a question of the block: both names of each group are in the set.
    const auto held = ledger::read_record<UseGroups>(state, use_groups_key(order));
    const Hash buyer_groups[] = {buyer.bytes, tagged.buyer, held ? held->buyer : tagged.buyer};
    const Hash seller_groups[] = {seller.bytes, tagged.seller, held ? held->seller : tagged.seller};
    set.push_back(used_holder_key(found->programme, buyer));
    for (const Hash& by_buyer : buyer_groups) {
        set.push_back(used_group_key(found->programme, by_buyer));
        for (const Hash& by_seller : seller_groups)
            set.push_back(used_pair_key(found->programme, by_buyer, by_seller));
    }
    std::ranges::sort(set);
    set.erase(std::ranges::unique(set).begin(), set.end());
    return set;
}

}  // namespace jangbu::market
