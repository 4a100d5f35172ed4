// Strict reading of a jbproof file's JSON: exact fields, exact types, one text for each value.
//
// Private to ledger/jbproof.cpp. Errors: verification_failed with the reason. Nothing here throws.
#pragma once

#include <nlohmann/json.hpp>

#include "base/bcs.h"
#include "crypto/hash.h"
#include "ledger/types.h"

namespace jangbu::ledger::jbproof {

using Json = nlohmann::json;

inline std::unexpected<Error> refused(std::string reason) {
    return fail(ErrorCode::verification_failed, std::move(reason));
}
inline Status need(bool condition, const char* reason) {
    if (!condition) return refused(reason);
    return {};
}

// The file as JSON, if it is ASCII, short enough, and equal to its own JCS form (RFC 8785).
Result<Json> parse(std::string_view file);

// An object with exactly these fields.
Status need_fields(const Json& value, std::initializer_list<const char*> names);
Result<Bytes> read_base64url(const Json& value);
Result<Signature> read_signature(const Json& value);
Result<ByteArray<32>> read_hex(const Json& value);
// An integer below 2^53.
Result<u64> read_number(const Json& value);
// The nodes of a Merkle path, at most 64.
Result<std::vector<Hash>> read_nodes(const Json& value);

template <class Record>
Result<Record> read_record_text(const Json& value, const char* what) {
    const Bytes bytes = TRY(read_base64url(value));
    Result<Record> record = bcs::decode<Record>(bytes);
    if (!record) return refused(std::string(what) + ": " + record.error().detail);
    return record;
}

}  // namespace jangbu::ledger::jbproof
