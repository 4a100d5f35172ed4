// A profile as text for a terminal, as JSON, and as one HTML page with pictures that needs nothing
// else and prints well. The same profile gives the same bytes.
//
// JSON schema: docs/profile.md. Threads: pure functions.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "client/profile/profile.h"

namespace jangbu::client {

std::string profile_text(const Profile& profile, Language language);
std::string profile_html(const Profile& profile, Language language);
nlohmann::ordered_json profile_json(const Profile& profile);

// "spindle_temp_c (℃), vibration_rms_mm_s": the columns of a finding.
std::string columns_text(const Profile& profile, const Finding& finding);
// Words of the three views.
std::string type_text(ColumnType type, Language language);

}  // namespace jangbu::client
