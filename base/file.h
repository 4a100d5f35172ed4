// Whole files: read with a bound, and written so that a crash leaves the old file or the new one,
// never a part.
//
// Writing goes through a temporary file beside the target (name.XXXXXX), which is fsynced, renamed
// and followed by an fsync of the folder: when the call returns, the file survives a loss of power.
// A crash may leave the temporary behind. Threads: any; two writers of one file each write a whole
// one. Sizes in bytes. Errors: io, not_found (reading), already_exists, limit_exceeded. Source:
// POSIX open, mkstemp, fsync, rename, link.
#pragma once

#include <filesystem>

#include "base/bytes.h"
#include "base/result.h"

namespace jangbu::base {

enum class FileMode : unsigned { owner_only = 0600, world_readable = 0644 };
enum class IfExists { replace, refuse };

// The mode is exact, whatever the umask. With refuse, an existing file stays and the error is
// already_exists; the check and the creation are one step.
Status write_file_atomically(const std::filesystem::path& file, ByteView content, FileMode mode,
                             IfExists if_exists = IfExists::replace);
// A file above the bound is limit_exceeded, found without reading the rest of it.
Result<Bytes> read_file(const std::filesystem::path& file, std::size_t bytes_max);
// A file that has no name and goes with the process: its descriptor, or -1 and errno. `name` ends
// in
// XXXXXX and is there for a moment only.
int make_unnamed_file(const std::filesystem::path& folder, const char* name);
// Makes created, renamed and removed names in a folder durable.
Status sync_folder(const std::filesystem::path& folder);

}  // namespace jangbu::base
