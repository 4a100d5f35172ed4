// How long an answer may be kept by who asked, and what saves sending it again (RFC 9110 section
// 13, RFC 9111).
//
// An entity tag is strong: the digest of the media type and the body, so equal tags are equal
// bytes. Threads: pure.
#pragma once

#include "api/http.h"

namespace jangbu::api {

enum class Freshness {
    not_kept,     // no-store: of parties, or large, or of the moment
    asked_again,  // no-cache with an entity tag
    for_ever,     // never changes: the header of a height, the document of a hash
};

// Puts Cache-Control and ETag on a good answer to GET, and makes it 304 for a reader who has it.
// What says Cache-Control already, because it is for parties only, stays as it is. `if_none_match`
// is that header of the request, "" without.
void keep_fresh(std::string_view if_none_match, Freshness freshness, Response& response);

}  // namespace jangbu::api
