// The public document that travels with a dataset: its dictionary, and of its profile what a buyer
// needs to judge it and no value of a person.
//
// Media type application/vnd.jangbu.profile+json, schema "jangbu-profile-document/1"
// (docs/profile.md). A dictionary in it must give the dataset's schema_hash. Where it would be
// longer than a document may be, pictures go first, then the places of findings, then the profiles
// of columns. Threads: pure functions. Errors: limit_exceeded (a dictionary too long), malformed,
// verification_failed.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "client/profile/dictionary.h"
#include "ledger/document.h"

namespace jangbu::client {

inline constexpr std::string_view profile_media_type = "application/vnd.jangbu.profile+json";

struct ProfileContent {
    std::optional<Dictionary> dictionary;
    std::optional<Profile> profile;
};

// The text of the document; the same content gives the same text.
Result<std::string> profile_document_text(const ProfileContent& content);

// What a document says, checked.
struct ProfileDocument {
    std::optional<Dictionary> dictionary;
    nlohmann::json json() const;  // the whole, as it stands
    std::string text;
    u64 rows = 0;
    std::size_t columns = 0;
    std::size_t findings = 0;
};
Result<ProfileDocument> read_profile_document(const ledger::Document& document,
                                              const crypto::Hash& schema_hash);

}  // namespace jangbu::client
