// JCS: the canonical text of a JSON value (RFC 8785), which is what a credential signs.
//
// Members by the UTF-16 units of their names, no spaces, the escapes of ECMAScript, numbers as
// ECMAScript prints an IEEE 754 double. Errors: malformed (a number that is not finite or above
// 2^53 as an integer, text that is not UTF-8, a repeated name, nesting above json_depth_max).
// Threads: pure functions.
#pragma once

#include "client/json_fields.h"

namespace jangbu::client {

Result<std::string> canonical_json(const Json& value);
// As parse_json, and a name that stands twice in an object is an error, not a silent choice.
Result<Json> parse_json_once(ByteView text, std::string_view what);
// ECMAScript's Number::toString, as RFC 8785 section 3.2.2.3 wants it. REQUIRES: finite.
std::string ecmascript_number(double value);

}  // namespace jangbu::client
