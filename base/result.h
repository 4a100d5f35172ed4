// Result<T>: a value or a local Error. TRY passes an error up; nothing below api throws.
//
// An Error is local (I/O, a limit, not found, a malformed input) and may differ between nodes. A deterministic refusal
// that belongs to the protocol is a ledger::Rejection, a broken invariant is JANGBU_ASSERT. The three never mix.
#pragma once

#include <expected>
#include <string>
#include <utility>

namespace jangbu::base {

enum class ErrorCode {
    malformed,      // bytes or text that do not decode, or are not canonical
    not_found,
    already_exists,
    limit_exceeded, // a stated bound of this node or program
    not_allowed,    // credentials missing or insufficient
    conflict,       // the present state does not allow it
    unavailable,    // a peer or service cannot be reached, or is shutting down
    io,             // a file or the operating system
    corrupted,      // a store contradicts itself: stop, name it
    wrong_password,
    verification_failed,
    rejected,       // the ledger refused a transaction: detail names the Rejection
    usage,          // what a person typed makes no sense
};

// The stable name that problem+json, logs and the command line print.
const char* to_string(ErrorCode code);

struct Error {
    ErrorCode code;
    std::string detail;  // one sentence for a person, without secrets
    int rejection = 0;   // the number, when code is rejected
};

template <class T>
using Result = std::expected<T, Error>;
using Status = std::expected<void, Error>;

inline std::unexpected<Error> fail(ErrorCode code, std::string detail) {
    return std::unexpected(Error{code, std::move(detail)});
}

}  // namespace jangbu::base

// TRY(expression): the value of a Result, or return its error from the enclosing function.
#define TRY(expression)                                                             \
    __extension__({                                                                 \
        auto&& try_result_ = (expression);                                          \
        if (!try_result_) return std::unexpected(std::move(try_result_).error());   \
        std::move(try_result_).value();                                             \
    })
