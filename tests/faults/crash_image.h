// CrashImage: what a disk may hold when the power goes after the n-th event of a recording.
//
// The model, stricter than any file system that Linux ships with its defaults:
// - The content of a file is safe up to its last fsync or fdatasync. Of what was written or cut
//   since, anything may be there: nothing, all, a beginning whose last write is torn at a sector
//   (512) or page (4,096), single pages in any order, or the new length with zeros in it.
// - A name (created, renamed, removed, linked) is safe after an fsync of a folder that it is in;
//   an fsync of the file itself does not make its name safe. Of the other names either a beginning
//   is there, in the order in which they were made (a journal), or for each folder a beginning of
//   its own. A rename is there or not, never half.
// - After an fsync that failed, what was written before it stays in doubt, whatever is synced
// later. Sources: Pillai et al., "All File Systems Are Not Created Equal" (ALICE), OSDI 2014,
// sections 3 and 4; Mohan et al., "Finding Crash-Consistency Bugs with Bounded Black-Box Crash
// Testing" (CrashMonkey), OSDI 2018; Rebello et al., USENIX ATC 2020 (failed fsync).
#pragma once

#include <filesystem>
#include <random>

#include "base/result.h"
#include "tests/faults/recording.h"

namespace jangbu::test::faults {

enum class Loss { nothing_unsynced, everything_unsynced, chance };

// Writes the folder anew. Of the events only the first `count` happened.
void write_crash_image(const Recording& recording, std::size_t count, Loss loss,
                       std::mt19937_64& random, const std::filesystem::path& folder);

}  // namespace jangbu::test::faults
