// JSON Schema (2020-12) from a short notation, so that a contract reads like the answer it is
// about.
//
// A type is one word:
//   hash        32 bytes in lower-case hex             u64    a decimal string
//   bytes       base64url without padding              bytes64  the same, of exactly 64 bytes
//   u8 u16 u32  numbers                                1..100   a number in these bounds
//   flag text any                                      text<=9  at most so many characters
//   a|b|c       one of these texts ("=a" for one)      Name     a schema of the document
// with "[]" behind it for a list, then "?" for null as well.
// Fields are words parted by blanks: "name:type", "name=a|b"; a "?" behind the name: may be absent.
// Threads: pure. What is no notation is our bug.
#pragma once

#include <string_view>

#include "api/json_records.h"

namespace jangbu::api {

Json schema_of(std::string_view type);
// An object with these fields and no others.
Json closed_object(std::string_view fields);
// An object with at least these fields.
Json open_object(std::string_view fields);

}  // namespace jangbu::api
