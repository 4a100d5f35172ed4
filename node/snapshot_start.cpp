#include "node/snapshot_start.h"

#include <algorithm>
#include <system_error>

#include "base/file.h"
#include "base/log.h"
#include "ledger/chain_base.h"
#include "ledger/evidence.h"
#include "ledger/header_chain.h"
#include "ledger/snapshot_reader.h"
#include "ledger/snapshot_writer.h"
#include "node/snapshot_documents.h"

namespace jangbu::node {
namespace {

namespace fs = std::filesystem;
using ledger::SnapshotReader;

class Start {
public:
    Start(const ledger::Genesis& genesis, SnapshotSource& source, ledger::ChainBase& base)
        : genesis_(genesis), source_(source), base_(base), chain_(genesis, history_) {}

    Status run();

private:
    Result<u64> choose() const;
    Status keep_headers(u64 height);
    Status fetch_headers(u64 height);
    Result<ledger::SnapshotManifest> fetch_manifest(u64 height) const;
    Status fetch_chunks(const ledger::SnapshotManifest& manifest);
    Status check_chunk(const ledger::SnapshotManifest& manifest, std::size_t number,
                       ByteView file) const;
    ledger::HeaderAt kept_headers() const {
        return [this](u64 height) -> Result<ledger::Header> {
            return TRY(base_.headers().read(height)).header;
        };
    }
    fs::path named(u64 height) const {
        return base_.snapshots() / SnapshotReader::folder_name(height);
    }
    fs::path unnamed(u64 height) const { return named(height).string() + ".new"; }
    std::unexpected<Error> lies(const std::string& what) const {
        return fail(ErrorCode::verification_failed,
                    source_.name() + " sent a wrong " + what + ": nothing of it is kept");
    }
    // What is no answer at all is a wrong one; all else is told with who was asked for what.
    template <class T>
    Result<T> asked(Result<T> answer, const std::string& what) const {
        if (answer) return answer;
        if (answer.error().code == ErrorCode::malformed)
            return lies(what + ": " + answer.error().detail);
        const ErrorCode code = answer.error().code;
        const bool may_come = code == ErrorCode::unavailable || code == ErrorCode::not_found;
        return fail(code, source_.name() + " gives no " + what + ": " + answer.error().detail +
                              (may_come ? "; what was taken is kept, start it again" : ""));
    }

    const ledger::Genesis& genesis_;
    SnapshotSource& source_;
    ledger::ChainBase& base_;
    ledger::HistoryTree history_;
    ledger::HeaderChain chain_;
};

// One that was begun, else the newest.
Result<u64> Start::choose() const {
    std::vector<u64> offered = TRY(asked(source_.snapshots(), "list of snapshots"));
    std::erase(offered, 0);
    if (offered.empty())
        return fail(ErrorCode::not_found,
                    source_.name() +
                        " offers no snapshot: follow without --snapshot, or have one "
                        "made there (`jangbud snapshot`, snapshots.every_blocks)");
    std::ranges::sort(offered);
    for (const u64 height : offered) {
        std::error_code error;
        if (fs::exists(unnamed(height), error) || fs::exists(named(height), error)) return height;
    }
    return offered.back();
}

// What an earlier run kept. Where it is damaged it is fetched again.
Status Start::keep_headers(u64 height) {
    const u64 kept = std::min(TRY(base_.headers().size()), height);
    while (chain_.last().height < kept) {
        const auto header = base_.headers().read(chain_.last().height + 1);
        if (!header && header.error().code != ErrorCode::corrupted)
            return std::unexpected(header.error());
        if (!header || !chain_.add(header->header)) return {};
    }
    return {};
}

Status Start::fetch_headers(u64 height) {
    while (chain_.last().height < height) {
        const u64 from = chain_.last().height + 1;
        HeaderRange range = TRY(asked(source_.headers(from), "header range"));
        if (range.headers.size() > height - from + 1) range.headers.resize(height - from + 1);
        if (range.headers.empty())
            return lies("header range: it lacks height " + std::to_string(from));
        for (const ledger::SignedHeader& one : range.headers)
            if (const Status linked = chain_.add(one.header); !linked)
                return lies("header range: " + linked.error().detail);
        // Its hash covers all before it.
        if (!ledger::check_signed(range.headers.back(), genesis_))
            return lies("header range: no validator signed height " +
                        std::to_string(range.headers.back().header.height));
        TRY(base_.headers().append(range.headers));
    }
    return {};
}

Result<ledger::SnapshotManifest> Start::fetch_manifest(u64 height) const {
    const Bytes bytes = TRY(asked(source_.manifest(height), "manifest"));
    const auto manifest = ledger::decode_manifest(bytes);
    if (!manifest) return lies("manifest: " + manifest.error().detail);
    if (const Status fine = ledger::check_manifest(*manifest, genesis_); !fine)
        return lies("manifest: " + fine.error().detail);
    if (manifest->height() != height || ledger::header_hash(manifest->head.header) != chain_.hash())
        return lies("manifest: it is of another header than height " + std::to_string(height));
    if (const Status fine = ledger::check_window(*manifest, kept_headers()); !fine)
        return lies("manifest: " + fine.error().detail);
    TRY(write_file_atomically(unnamed(height) / SnapshotReader::manifest_name, bytes,
                              FileMode::owner_only));
    return *manifest;
}

Status Start::check_chunk(const ledger::SnapshotManifest& manifest, std::size_t number,
                          ByteView file) const {
    const std::size_t state = manifest.state.size();
    if (number < state) {
        TRY(ledger::read_state_chunk(manifest, number, file));
        return {};
    }
    TRY(ledger::read_window_chunk(manifest, number - state, file, kept_headers()));
    return {};
}

Status Start::fetch_chunks(const ledger::SnapshotManifest& manifest) {
    const u64 height = manifest.height();
    u64 fetched = 0;
    for (std::size_t i = 0; i < manifest.file_count(); ++i) {
        if (manifest.file(i).bytes == 0) continue;
        const fs::path file = unnamed(height) / SnapshotReader::file_name(i);
        const Result<Bytes> kept = read_file(file, ledger::limits::snapshot_file_bytes_max);
        if (kept && check_chunk(manifest, i, *kept)) continue;
        const Bytes sent = TRY(asked(source_.chunk(height, i), "chunk"));
        if (const Status fine = check_chunk(manifest, i, sent); !fine)
            return lies("chunk: " + fine.error().detail);
        TRY(write_file_atomically(file, sent, FileMode::owner_only));
        fetched += sent.size();
    }
    log::info("node", "snapshot fetched",
              {{"height", height}, {"bytes", manifest.bytes()}, {"fetched_now", fetched}});
    return {};
}

Status Start::run() {
    const u64 height = TRY(choose());
    TRY(keep_headers(height));
    TRY(fetch_headers(height));
    std::error_code error;
    if (!fs::exists(named(height), error)) {
        fs::create_directories(unnamed(height), error);
        if (error)
            return fail(ErrorCode::io,
                        "cannot create " + unnamed(height).string() + ": " + error.message());
        const ledger::SnapshotManifest manifest = TRY(fetch_manifest(height));
        TRY(fetch_chunks(manifest));
        fs::rename(unnamed(height), named(height), error);
        if (error)
            return fail(ErrorCode::io,
                        "cannot rename " + unnamed(height).string() + ": " + error.message());
        TRY(sync_folder(base_.snapshots()));
        TRY(sync_folder(base_.snapshots().parent_path()));
    }
    TRY(ledger::remove_unfinished_snapshots(base_.snapshots()));
    const SnapshotReader snapshot = TRY(SnapshotReader::open(named(height), genesis_));
    TRY(fetch_documents(snapshot, base_.snapshots().parent_path() / "documents", source_));
    return base_.mark(height, chain_.hash());
}

}  // namespace

Status start_from_snapshot(const fs::path& chain_folder, const ledger::Genesis& genesis,
                           SnapshotSource& source) {
    std::error_code error;
    for (const char* begun : {"base", "blocks", "state"})
        if (fs::exists(chain_folder / begun, error)) return {};
    const bool is_new = fs::create_directories(chain_folder, error);
    if (error)
        return fail(ErrorCode::io,
                    "cannot create " + chain_folder.string() + ": " + error.message());
    if (is_new) TRY(sync_folder(chain_folder.parent_path()));
    const auto base = TRY(ledger::ChainBase::open(chain_folder, ledger::chain_id(genesis)));
    return Start(genesis, source, *base).run();
}

}  // namespace jangbu::node
