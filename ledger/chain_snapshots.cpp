// Chain: headers of any height, its snapshots, and how its base moves up.
#include "base/log.h"
#include "ledger/chain.h"
#include "ledger/snapshot_reader.h"

namespace jangbu::ledger {
namespace {

constexpr u64 headers_at_once = 4'096;
constexpr std::size_t names_at_once = 4'096;

WindowBlock window_block(u64 height, std::span<const TxId> ids,
                         std::span<const Transaction> transactions) {
    WindowBlock block{height, {}};
    for (std::size_t i = 0; i < ids.size(); ++i)
        block.transactions.push_back({ids[i], transactions[i].signature});
    return block;
}

HeaderAt headers_of(const Chain& chain) {
    return [&chain](u64 height) -> Result<Header> { return TRY(chain.header(height)).header; };
}

}  // namespace

Result<SignedHeader> Chain::header(u64 height) const {
    if (height == 0) return SignedHeader{header_zero(genesis_), {}};
    if (height <= base_height()) return stores_.base->headers().read(height);
    const SnapshotPtr head = this->head();
    if (height == head->header.height) return SignedHeader{head->header, head->finality};
    const Result<BlockRecord> block = stores_.blocks->block(height);
    if (block) return SignedHeader{block->header, block->finality};
    // The base may have moved over it meanwhile.
    if (height <= base_height()) return stores_.base->headers().read(height);
    return std::unexpected(block.error());
}

// Blocks up to the base from its snapshot, those above from the block log.
Result<NextWindowBlock> Chain::window_of(const Header& head) const {
    const HeaderAt headers = headers_of(*this);
    u64 next = TRY(window_start(head, headers));
    auto below = std::make_shared<std::deque<WindowBlock>>();
    if (const u64 base = base_height(); next <= base) {
        const SnapshotReader snapshot =
            TRY(SnapshotReader::open(stores_.base->snapshot(), genesis_));
        TRY(snapshot.for_each_window_block(headers, [&](const WindowBlock& block) -> Status {
            if (block.height >= next) below->push_back(block);
            return {};
        }));
        next = base + 1;
    }
    return [this, below, next, end = head.height]() mutable -> Result<std::optional<WindowBlock>> {
        if (!below->empty()) {
            WindowBlock block = std::move(below->front());
            below->pop_front();
            return block;
        }
        for (; next <= end; ++next) {
            const Bytes bytes = TRY(stores_.blocks->input(next));
            const BlockInput input = TRY(decode_block_input(bytes, application_));
            if (input.transactions.empty()) continue;
            const std::vector<TxId> ids = txids(id_, input.transactions);
            return window_block(next++, ids, input.transactions);
        }
        return std::nullopt;
    };
}

Result<SnapshotManifest> Chain::write_snapshot(const Snapshot& at) const {
    if (!stores_.base) return fail(ErrorCode::conflict, "a ledger in memory has no snapshots");
    if (at.header.height == 0)
        return fail(ErrorCode::conflict, "the ledger has no block yet: genesis is its snapshot");
    const HeaderAt headers = headers_of(*this);
    const NextWindowBlock next = TRY(window_of(at.header));
    return ledger::write_snapshot(stores_.base->snapshots(), at, genesis_, headers, next);
}

Status Chain::write_headers(u64 from, u64 to) {
    std::vector<SignedHeader> some;
    for (u64 height = from; height <= to; ++height) {
        some.push_back(TRY(header(height)));
        if (some.size() < headers_at_once && height < to) continue;
        TRY(stores_.base->headers().append(some));
        some.clear();
    }
    return {};
}

Status Chain::for_each_named(u64 from, u64 to,
                             const std::function<Status(const DocumentRef&, u64)>& visit) const {
    for (u64 height = from; height <= to; ++height) {
        const Bytes bytes = TRY(stores_.blocks->input(height));
        const BlockInput input = TRY(decode_block_input(bytes, application_));
        for (const Transaction& transaction : input.transactions)
            for (const DocumentRef& ref : application_.documents(transaction.body.operation))
                TRY(visit(ref, height));
    }
    return {};
}

// Retention asks for how long which block keeps which document, also when the block is gone.
Status Chain::keep_names(u64 to) {
    const u64 first = stores_.blocks->first_height();
    if (first == 0) return {};
    std::vector<NamedBelow> named;
    const auto put = [&]() -> Status {
        TRY(stores_.documents->put_named(named));
        named.clear();
        return {};
    };
    TRY(for_each_named(first, to, [&](const DocumentRef& ref, u64 height) -> Status {
        named.push_back({ref, height});
        return named.size() < names_at_once ? Status() : put();
    }));
    return put();
}

// Headers, then the mark, then the names of documents, then the bodies: a crash in between leaves a
// ledger that has both, or one that has too many bodies, which the next prune removes.
Status Chain::prune(u64 height) {
    if (!prune_failure_) return prune_failure_;
    if (!stores_.base) return fail(ErrorCode::conflict, "a ledger in memory is not pruned");
    const u64 base = base_height();
    if (height < base)
        return fail(ErrorCode::conflict,
                    "the ledger begins at height " + std::to_string(base) + " already");
    const std::optional<StateStore::Marker> marker = TRY(stores_.states->marker());
    if (!marker || marker->height < height)
        return fail(ErrorCode::conflict, "the state store is not at height " +
                                             std::to_string(height) + " yet: try again later");
    if (height > base) {
        const SnapshotReader snapshot = TRY(SnapshotReader::open(
            stores_.base->snapshots() / SnapshotReader::folder_name(height), genesis_));
        TRY(snapshot.verify(headers_of(*this)));
        prune_failure_ = write_headers(base + 1, height);
        if (prune_failure_)
            prune_failure_ =
                stores_.base->mark(height, header_hash(snapshot.manifest().head.header));
        if (!prune_failure_) return prune_failure_;
    }
    prune_failure_ = keep_names(height);
    if (prune_failure_) prune_failure_ = stores_.blocks->remove_up_to(height);
    if (prune_failure_)
        log::info("ledger", "pruned",
                  {{"base", height}, {"blocks_from", stores_.blocks->first_height()}});
    return prune_failure_;
}

}  // namespace jangbu::ledger
