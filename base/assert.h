// JANGBU_ASSERT: a broken invariant is our bug. Always on, prints the expression and its place, aborts.
//
// Never for bad input (that is an Error or a Rejection) and never with a side effect inside.
#pragma once

namespace jangbu::base {

[[noreturn]] void assertion_failed(const char* expression, const char* file, int line) noexcept;

}  // namespace jangbu::base

#define JANGBU_ASSERT(expression)                                                        \
    (static_cast<bool>(expression)                                                       \
         ? static_cast<void>(0)                                                          \
         : ::jangbu::base::assertion_failed(#expression, __FILE__, __LINE__))
