// Lineage: which plan made which file from which, in digests. It travels as the `process` document
// of a derived dataset.
//
// Media type application/vnd.jangbu.lineage+json, schema "jangbu-lineage/1" (docs/process.md); no
// time and no path, so a second run gives the same text. Threads: pure functions. Errors:
// malformed.
#pragma once

#include <filesystem>

#include "client/process/plan.h"
#include "client/process/step.h"

namespace jangbu::client {

inline constexpr std::string_view lineage_media_type = "application/vnd.jangbu.lineage+json";
inline constexpr std::size_t lineage_bytes_max = 90 << 10;

struct LineageFile {
    std::string name;  // without folder
    u64 bytes = 0;
    u64 rows = 0;
    crypto::Hash sha256{};
    bool operator==(const LineageFile&) const = default;
};

struct LineageStep {
    std::string name;
    StepCounts counts;
};

struct Lineage {
    crypto::Hash plan_digest{};
    Bytes plan;  // canonical; gives plan_digest
    LineageFile input;
    std::vector<LineageFile> outputs;
    std::vector<LineageStep> steps;
    // H("jangbu/pseudonym-key/v1", key): tells whether two runs had one key, and nothing else.
    std::optional<crypto::Hash> key_digest;
};

// SHA-256 of a file's bytes, and how many; rows are not counted.
Result<LineageFile> digest_of(const std::filesystem::path& file);

std::string lineage_text(const Lineage& lineage);
// The plan in it gives its digest; everything is in its bounds.
Result<Lineage> read_lineage(std::string_view text);

}  // namespace jangbu::client
