#include "base/result.h"

namespace jangbu::base {

const char* to_string(ErrorCode code) {
    switch (code) {
        case ErrorCode::malformed: return "malformed";
        case ErrorCode::not_found: return "not_found";
        case ErrorCode::already_exists: return "already_exists";
        case ErrorCode::limit_exceeded: return "limit_exceeded";
        case ErrorCode::not_allowed: return "not_allowed";
        case ErrorCode::conflict: return "conflict";
        case ErrorCode::unavailable: return "unavailable";
        case ErrorCode::io: return "io";
        case ErrorCode::corrupted: return "corrupted";
        case ErrorCode::wrong_password: return "wrong_password";
        case ErrorCode::verification_failed: return "verification_failed";
        case ErrorCode::rejected: return "rejected";
        case ErrorCode::usage: return "usage";
    }
    return "unknown";
}

}  // namespace jangbu::base
