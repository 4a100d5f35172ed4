#include <algorithm>

#include "market/guards.h"
#include "market/rules.h"

namespace jangbu::market {
namespace {

constexpr u8 kind_most = 3;  // 1 purchase, 2 processing, 3 both
constexpr u16 bps_most = 10'000;

template <class T>
bool all_distinct(std::vector<T> items) {
    std::ranges::sort(items);
    return std::ranges::adjacent_find(items) == items.end();
}

bool fields_in_bounds(const CreateProgramme& operation) {
    const ProgrammeTerms& terms = operation.terms;
    const auto category = [](const auto& item) { return item.first; };
    return 1 <= terms.kind && terms.kind <= kind_most && all_distinct(terms.officers) &&
           all_distinct(operation.funders) &&
           std::ranges::all_of(terms.share_bps, [](u16 bps) { return bps <= bps_most; }) &&
           std::ranges::adjacent_find(terms.categories, std::ranges::greater_equal{}, category) ==
               terms.categories.end() &&
           terms.valid_from_ms <= terms.valid_to_ms && terms.valid_to_ms <= terms.redeem_by_ms &&
           is_document_class(terms.rules.access);
}

// A cap of 0 would let nothing through: whoever wants no cap states one that cannot be reached.
bool amounts_in_bounds(const ProgrammeTerms& terms, const Context& context) {
    for (const u64 amount :
         {terms.budget_max, terms.cap_order, terms.cap_company, terms.cap_group, terms.cap_pair})
        if (!amount_in_bounds(context, amount)) return false;
    return std::ranges::all_of(terms.categories, [&](const auto& category) {
        return amount_in_bounds(context, category.second);
    });
}

std::optional<Rejection> check_officer(const PublicKey& officer, const Context& context) {
    const auto key = ledger::find_key_by_bytes(context.state, officer.bytes);
    if (!key) return Rejection::not_found;
    const bool transacts = key->purpose == static_cast<u8>(ledger::Purpose::transact);
    if (!transacts || !key->live_at(context.block.height, context.block.time_ms))
        return Rejection::bad_field;
    return std::nullopt;
}

std::optional<Rejection> check(const CreateProgramme& operation, const ProgrammeId& id,
                               const Context& context) {
    const ProgrammeTerms& terms = operation.terms;
    if (auto refusal = check_author(context, ledger::role_programme_owner)) return refusal;
    if (context.state.find(programme_key(id))) return Rejection::id_taken;
    if (!fields_in_bounds(operation)) return Rejection::bad_field;
    if (terms.threshold != 1) return Rejection::threshold_unsupported;
    if (!amounts_in_bounds(terms, context)) return Rejection::bad_amount;
    if (!find_family(context.state, terms.family)) return Rejection::not_found;
    for (const OrgId& funder : operation.funders)
        if (!ledger::find_organisation(context.state, funder)) return Rejection::not_found;
    for (const PublicKey& officer : terms.officers)
        if (auto refusal = check_officer(officer, context)) return refusal;
    return std::nullopt;
}

}  // namespace

std::optional<Rejection> apply(const CreateProgramme& operation, Context& context) {
    const ProgrammeId id =
        programme_id(context.block.chain_id, context.author.org, operation.nonce);
    if (auto refusal = check(operation, id, context)) return refusal;
    Programme programme;
    programme.id = id;
    programme.owner = context.author.org;
    programme.terms = operation.terms;
    for (const OrgId& funder : operation.funders) programme.funders.emplace_back(funder, 0);
    ledger::write_record(context.state, programme_key(id), programme);
    context.emit(ProgrammeMoved{id, programme.owner, std::nullopt, ProgrammeState::draft});
    return std::nullopt;
}

std::vector<StateKey> keys(const CreateProgramme& operation, const KeysContext& context) {
    return {
        programme_key(programme_id(context.block.chain_id, context.author, operation.nonce)),
        family_key(operation.terms.family),
    };
}

}  // namespace jangbu::market
