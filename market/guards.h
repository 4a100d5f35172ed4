// Guards that several operations share: who the author is, amounts, document classes.
//
// Pure. Amounts in whole won. The order in which an operation asks is its own.
#pragma once

#include "market/context.h"

namespace jangbu::market {

// NotAllowed if the author's organisation lacks one of the roles (ledger::Role bits; 0 asks for
// none), Suspended if it is suspended: then it may finish open orders and look after its keys.
std::optional<Rejection> check_author(const Context& context, u16 roles);

// 1 to amount_max.
bool amount_in_bounds(const Context& context, u64 amount);

// One of the four classes of ledger::DocumentClass.
bool is_document_class(u8 access);
bool is_public(const ledger::DocumentRef& document);

// Is the author's key, by its bytes, an officer of the programme?
bool is_officer(const Programme& programme, const ledger::Key& author);

}  // namespace jangbu::market
