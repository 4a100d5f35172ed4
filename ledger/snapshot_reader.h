// Reads a snapshot's folder: `manifest`, and its files by number (docs/formats.md section 16).
//
// open() checks the manifest by itself; every file is checked whenever it is read. Threads: any;
// holds no file open. Errors: io, not_found, and those of ledger/snapshot_format.h; all name the
// folder.
#pragma once

#include <filesystem>

#include "ledger/snapshot_format.h"

namespace jangbu::ledger {

class SnapshotReader {
public:
    static constexpr const char* manifest_name = "manifest";
    static std::string file_name(std::size_t number);  // chunk-00000
    static std::string folder_name(u64 height);        // snapshot-000000000123

    static Result<SnapshotReader> open(std::filesystem::path folder, const Genesis& genesis);

    const SnapshotManifest& manifest() const { return manifest_; }
    const std::filesystem::path& folder() const { return folder_; }
    u64 height() const { return manifest_.height(); }

    // As it stands on disk.
    Result<Bytes> file(std::size_t number) const;
    Status for_each_entry(const std::function<Status(StateEntry&&)>& visit) const;
    // `headers` believes the header of this height; the window is compared with it first.
    Status for_each_window_block(const HeaderAt& headers,
                                 const std::function<Status(const WindowBlock&)>& visit) const;
    // Reads everything.
    Status verify(const HeaderAt& headers) const;

private:
    SnapshotReader(std::filesystem::path folder, SnapshotManifest manifest)
        : folder_(std::move(folder)), manifest_(std::move(manifest)) {}

    std::filesystem::path folder_;
    SnapshotManifest manifest_;
};

// Those with a name, ascending. Nothing if there is no such folder.
Result<std::vector<u64>> snapshot_heights(const std::filesystem::path& folder);

}  // namespace jangbu::ledger
