#include "api/freshness.h"

#include <algorithm>

#include "crypto/hash.h"

namespace jangbu::api {
namespace {

std::string entity_tag(const Response& response) {
    const crypto::Hash hash =
        crypto::sha256(as_bytes(response.content_type + "\n" + response.body));
    return '"' + to_base64url(ByteView(hash).first(16)) + '"';
}

// If-None-Match is "*" or tags parted by commas; it compares weakly. Our tags have no comma.
bool names(std::string_view list, std::string_view tag) {
    while (!list.empty()) {
        const std::size_t comma = list.find(',');
        std::string_view one = list.substr(0, comma);
        one.remove_prefix(std::min(one.find_first_not_of(" \t"), one.size()));
        one = one.substr(0, one.find_last_not_of(" \t") + 1);
        if (one.starts_with("W/")) one.remove_prefix(2);
        if (one == "*" || one == tag) return true;
        list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
    }
    return false;
}

}  // namespace

void keep_fresh(std::string_view if_none_match, Freshness freshness, Response& response) {
    if (freshness == Freshness::not_kept || response.status != 200) return;
    const auto says = [](const auto& field) { return field.first == "Cache-Control"; };
    if (std::ranges::any_of(response.headers, says)) return;
    const std::string tag = entity_tag(response);
    response.headers.emplace_back("ETag", tag);
    response.headers.emplace_back("Cache-Control", freshness == Freshness::for_ever
                                                       ? "public, max-age=31536000, immutable"
                                                       : "no-cache");
    if (!names(if_none_match, tag)) return;
    response.status = 304;
    response.body.clear();
}

}  // namespace jangbu::api
