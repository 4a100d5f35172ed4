#include "api/problem.h"

#include "base/log.h"

namespace jangbu::api {

const char* problem_title(int status) {
    switch (status) {
        case 400:
            return "The request is malformed";
        case 401:
            return "Not authenticated";
        case 403:
            return "Not allowed";
        case 410:
            return "Gone";
        case 404:
            return "Not found";
        case 405:
            return "Method not allowed";
        case 409:
            return "Conflict with the present state";
        case 413:
            return "Too large";
        case 415:
            return "Unsupported media type";
        case 416:
            return "Range not satisfiable";
        case 422:
            return "Refused by the ledger";
        case 429:
            return "Too many requests";
        case 431:
            return "Head too large";
        case 503:
            return "Unavailable";
        default:
            return "The node failed";
    }
}

namespace {

Response body(int status, std::string_view code, std::string_view detail, const std::string& more) {
    Response response;
    response.status = status;
    response.content_type = "application/problem+json";
    response.body =
        "{\"type\":\"about:blank\",\"title\":" + log::json_quoted(problem_title(status)) +
        ",\"status\":" + std::to_string(status) + ",\"detail\":" + log::json_quoted(detail) +
        ",\"code\":" + log::json_quoted(code) + more + "}";
    return response;
}

}  // namespace

int http_status(ErrorCode code) {
    switch (code) {
        case ErrorCode::malformed:
        case ErrorCode::usage:
            return 400;
        case ErrorCode::not_allowed:
        case ErrorCode::wrong_password:
            return 403;
        case ErrorCode::not_found:
            return 404;
        case ErrorCode::conflict:
        case ErrorCode::already_exists:
            return 409;
        case ErrorCode::limit_exceeded:
            return 429;
        case ErrorCode::rejected:
        case ErrorCode::verification_failed:
            return 422;
        case ErrorCode::unavailable:
            return 503;
        case ErrorCode::io:
        case ErrorCode::corrupted:
            return 500;
    }
    return 500;
}

Response problem(int status, std::string_view code, std::string_view detail) {
    return body(status, code, detail, "");
}

Response problem(const Error& error) {
    return body(http_status(error.code), to_string(error.code), error.detail, "");
}

Response problem_unauthenticated(std::string_view scheme, std::string_view detail) {
    Response response = problem(401, "unauthenticated", detail);
    response.headers.emplace_back("WWW-Authenticate", scheme);
    return response;
}

Response problem_rejected(ledger::RejectionCode rejection, std::string_view rejection_name,
                          std::string_view detail) {
    return body(422, "rejected", detail,
                ",\"rejection\":" + std::to_string(rejection) +
                    ",\"rejection_name\":" + log::json_quoted(rejection_name));
}

}  // namespace jangbu::api
