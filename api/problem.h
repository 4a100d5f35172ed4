// The only table from errors to HTTP: problem+json (RFC 9457) with a stable code.
#pragma once

#include "api/http.h"
#include "base/result.h"
#include "ledger/rejection.h"

namespace jangbu::api {

const char* problem_title(int status);
Response problem(int status, std::string_view code, std::string_view detail);
Response problem(const Error& error);
// A transaction that the ledger refuses: 422, code "rejected" with the number and its name.
Response problem_rejected(ledger::RejectionCode rejection, std::string_view rejection_name,
                          std::string_view detail);
// 401: who asks is not known. `scheme` is the one that would tell.
Response problem_unauthenticated(std::string_view scheme, std::string_view detail);
int http_status(ErrorCode code);

// A value, or the problem that is the answer.
template <class T>
using Answered = std::expected<T, Response>;
inline Response as_response(const Error& error) {
    return problem(error);
}
inline Response as_response(Response response) {
    return response;
}

}  // namespace jangbu::api
