#include "market/guards.h"

#include <algorithm>

namespace jangbu::market {

std::optional<Rejection> check_author(const Context& context, u16 roles) {
    const auto organisation = ledger::find_organisation(context.state, context.author.org);
    if (!organisation || (organisation->roles & roles) != roles) return Rejection::not_allowed;
    if (organisation->state != ledger::OrganisationState::active) return Rejection::suspended;
    return std::nullopt;
}

bool amount_in_bounds(const Context& context, u64 amount) {
    const u64 most = ledger::number(context.state, parameters::amount_max, context.block.height);
    return 1 <= amount && amount <= most;
}

bool is_document_class(u8 access) {
    return static_cast<u8>(ledger::DocumentClass::public_) <= access &&
           access <= static_cast<u8>(ledger::DocumentClass::personal);
}

bool is_public(const ledger::DocumentRef& document) {
    return document.access == static_cast<u8>(ledger::DocumentClass::public_);
}

bool is_officer(const Programme& programme, const ledger::Key& author) {
    return std::ranges::find(programme.terms.officers, PublicKey(author.bytes)) !=
           programme.terms.officers.end();
}

}  // namespace jangbu::market
