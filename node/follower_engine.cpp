#include "node/follower_engine.h"

#include <map>
#include <set>

#include "base/log.h"
#include "market/document_retention.h"

namespace jangbu::node {
namespace {

constexpr std::size_t unpublished_max = 64;
constexpr u64 quiet_ms = 1'000;

std::unexpected<Error> trouble(std::string what) {
    return fail(ErrorCode::unavailable, std::move(what));
}

std::string block_text(u64 height) {
    return "block " + std::to_string(height);
}

// Evidence stays for years on every honest node: before that its absence is no retention.
bool may_be_pruned(const ledger::DocumentRef& ref, u64 block_ms, u64 head_ms) {
    const bool is_evidence = ref.access == static_cast<u8>(ledger::DocumentClass::evidence);
    return !is_evidence || market::kept_by_block(ref.access, block_ms, {}) < head_ms;
}

// What the source has in place of documents: its word for it that they were pruned, and what the
// receipts say, which the signed header fixes.
Result<ledger::PrunedDocuments> stand_in(const FollowStream& stream, const ledger::Header& header,
                                         const std::vector<ledger::DocumentRef>& missing) {
    const auto at = std::ranges::find(stream.pruned, header.height, &PrunedBlock::height);
    ledger::PrunedDocuments out;
    for (const ledger::DocumentRef& ref : missing) {
        const std::string what = "document " + ref.hash.hex() + " of " + block_text(header.height);
        if (at == stream.pruned.end()) return trouble("the source withholds " + what);
        const auto one = std::ranges::find(at->tombstones, ref.hash, [](const auto& tombstone) {
            return tombstone.document.hash;
        });
        if (one == at->tombstones.end()) return trouble("the source withholds " + what);
        if (one->height < header.height || one->pruned_height < one->height ||
            one->pruned_height > stream.head.header.height)
            return trouble("the source shows a tombstone that cannot be of " + what);
        if (!may_be_pruned(ref, header.time_ms, stream.head.header.time_ms))
            return trouble("the source withholds " + what + ": it is evidence, and too young");
        out.tombstones.push_back(*one);
    }
    std::vector<Bytes> receipts;
    for (const ledger::ReceiptBytes& receipt : at->receipts) receipts.push_back(receipt.bytes);
    auto recorded = ledger::ReplayDocuments::outcomes_of(receipts);
    if (!recorded || receipts.size() != header.receipt_count ||
        ledger::receipt_root(receipts) != header.receipt_root)
        return trouble("the receipts of " + block_text(header.height) +
                       " are not those of its signed header");
    out.recorded = std::move(*recorded);
    return out;
}

}  // namespace

FollowerEngine::FollowerEngine(Parts parts, Clock clock, Options options)
    : parts_(std::move(parts)), clock_(std::move(clock)), options_(std::move(options)) {
    status_.source = parts_.source.name();
    if (!parts_.witness) return;
    status_.witness = parts_.witness->key();
    if (parts_.witness->mark()) status_.cosigned_height = parts_.witness->mark()->header.height;
}
FollowerEngine::~FollowerEngine() {
    stop();
}

Status FollowerEngine::start(OnFailure on_failure) {
    on_failure_ = std::move(on_failure);
    strand_ = std::jthread([this](std::stop_token stopping) { run(std::move(stopping)); });
    return {};
}

void FollowerEngine::stop() {
    strand_.request_stop();
    if (strand_.joinable()) strand_.join();
}

void FollowerEngine::wake() {
    const std::scoped_lock lock(mutex_);
    woken_ = true;
    condition_.notify_one();
}

std::optional<std::string> FollowerEngine::paused() const {
    const std::scoped_lock lock(mutex_);
    return trouble_;
}

Following FollowerEngine::status() const {
    const std::scoped_lock lock(mutex_);
    return status_;
}

void FollowerEngine::set_trouble(std::optional<std::string> reason) {
    const std::scoped_lock lock(mutex_);
    if (reason && reason != trouble_) log::warn("node", "nothing to take", {{"reason", *reason}});
    if (!reason && trouble_) log::info("node", "following again");
    trouble_ = std::move(reason);
}

void FollowerEngine::run(std::stop_token stopping) {
    while (!stopping.stop_requested()) {
        const Result<bool> more = turn(stopping);
        if (!more && more.error().code != ErrorCode::unavailable) {
            on_failure_(more.error());
            return;
        }
        set_trouble(more ? std::nullopt : std::optional(more.error().detail));
        if (more && *more) continue;
        std::unique_lock lock(mutex_);
        condition_.wait_for(lock, stopping, std::chrono::milliseconds(options_.poll_ms),
                            [this] { return woken_; });
        woken_ = false;
    }
}

// True: there is more to take at once.
Result<bool> FollowerEngine::turn(const std::stop_token& stopping) {
    parts_.ledger.turned(clock_());
    publish_cosignatures();
    if (const auto full = parts_.memory ? parts_.memory->refusal() : std::nullopt)
        return trouble(*full);
    const u64 from = parts_.chain.head()->header.height + 1;
    const Result<FollowStream> stream = parts_.source.blocks(from);
    if (!stream) {
        const bool is_gone = stream.error().code == ErrorCode::not_found;  // pruned there
        return trouble(parts_.source.name() + ": " + std::string(to_string(stream.error().code)) +
                       ", " + stream.error().detail +
                       (is_gone ? "; follow a node that kept more, or begin with --snapshot in an "
                                  "empty folder"
                                : ""));
    }
    TRY(check_head(stream->head));
    std::vector<ledger::SignedHeader> headers;
    for (const FollowedBlock& block : stream->blocks) headers.push_back(block.header);
    if (!headers.empty()) TRY(parts_.finality.remember(std::move(headers)));
    CheckedStream checked(parts_.chain, parts_.rules, parts_.genesis.genesis, ahead_,
                          stream->blocks);
    for (const FollowedBlock& block : stream->blocks) {
        if (stopping.stop_requested()) return false;
        if (const auto full = parts_.memory ? parts_.memory->refusal() : std::nullopt)
            return trouble(*full);
        TRY(take(block, checked.next(), *stream));
    }
    const u64 height = parts_.chain.head()->header.height;
    if (height == stream->head.header.height) TRY(cosign_quiet_head());
    if (stream->blocks.empty() && stream->head.header.height >= from)
        return trouble("the source shows a signed head of height " +
                       std::to_string(stream->head.header.height) + " but withholds " +
                       block_text(from));
    return height < stream->head.header.height;
}

Status FollowerEngine::check_head(const ledger::SignedHeader& head) {
    if (const Status known = ledger::check_signed(head, parts_.genesis.genesis); !known)
        return trouble("the source shows " + known.error().detail + " as its head");
    const u64 height = head.header.height;
    const u64 own_height = parts_.chain.head()->header.height;
    {
        const std::scoped_lock lock(mutex_);
        status_.source_height = height;
        status_.source_time_ms = head.header.time_ms;
    }
    if (height > own_height) return {};
    const ledger::SignedHeader own = TRY(parts_.chain.header(height));
    if (own.header != head.header) return convict(own, head);
    if (height < own_height)
        return trouble("the source shows height " + std::to_string(height) + ", but height " +
                       std::to_string(own_height) +
                       " is held here: blocks were lost there or are "
                       "withheld");
    return {};
}

Status FollowerEngine::take(const FollowedBlock& block, CheckedFollowed checked,
                            const FollowStream& stream) {
    const ledger::Header& header = block.header.header;
    const SnapshotPtr own = parts_.chain.head();
    if (!checked.header)
        return trouble(block_text(own->header.height + 1) + ": " + checked.header.error().detail);
    if (header.height != own->header.height + 1)
        return trouble("the source sent " + block_text(header.height) + " where " +
                       block_text(own->header.height + 1) + " was asked for");
    if (header.protocol_version > own->header.protocol_version)
        return fail(ErrorCode::conflict, block_text(header.height) + " is of protocol version " +
                                             std::to_string(header.protocol_version) +
                                             ": this program is older, install the new one");
    if (!checked.is_named)
        return trouble(block_text(header.height) + " is not the one that its signed header names");
    if (header.parent != own->hash) return check_parent(block);
    if (!checked.block) return convict(block, checked.block.error().detail);
    return take_input(block, std::move(*checked.block), stream);
}

// A signed header that does not stand on the head here: the validator signed two histories.
Status FollowerEngine::check_parent(const FollowedBlock& block) {
    const u64 height = parts_.chain.head()->header.height;
    const Result<ledger::SignedHeader> other = parts_.source.header(height);
    if (other && other->header.height == height && height > 0 &&
        ledger::check_signed(*other, parts_.genesis.genesis)) {
        const ledger::SignedHeader own = TRY(parts_.chain.header(height));
        if (own.header != other->header) return convict(own, *other);
    }
    return convict(block, "another parent");
}

// Documents that the source sends, else those that are here already (retention here may let them go
// meanwhile, so they travel with the block), else what stands for them.
Status FollowerEngine::take_input(const FollowedBlock& block, ledger::CheckedBlock checked,
                                  const FollowStream& stream) {
    const ledger::Header& header = block.header.header;
    std::map<ledger::DocumentHash, const ledger::Document*> sent;
    for (const ledger::Document& document : block.documents)
        sent.emplace(ledger::document_hash(bcs::encode(document)), &document);
    std::vector<ledger::Document> documents;
    std::set<ledger::DocumentHash> named;
    std::vector<ledger::DocumentRef> missing;
    for (std::size_t i = 0; i < checked.ids.size(); ++i)
        for (const ledger::DocumentRef& ref : checked.prepared->documents(i)) {
            if (!named.insert(ref.hash).second) continue;
            const auto at = sent.find(ref.hash);
            if (at != sent.end())
                documents.push_back(*at->second);
            else if (auto stored = parts_.chain.documents().find(ref.hash))
                documents.push_back(std::move(*stored));
            else
                missing.push_back(ref);
        }
    ledger::PrunedDocuments pruned;
    if (!missing.empty()) pruned = TRY(stand_in(stream, header, missing));
    const Result<Finalized> done =
        parts_.ledger.finalize(std::move(checked), documents, std::move(pruned));
    if (!done && done.error().code == ErrorCode::verification_failed)
        return convict(block, done.error().detail);
    if (!done) return std::unexpected(done.error());
    if (done->hash != ledger::header_hash(header))
        return convict(block, "another " + ledger::differing_fields(header, done->header));
    const u64 before_ms = parts_.chain.head()->header.time_ms;
    TRY(parts_.ledger.commit(block.header.finality));
    // Witnesses agree on which heads of a busy ledger they cosign, without a word between them.
    const bool opens_second = header.time_ms / 1'000 != before_ms / 1'000;
    if (opens_second &&
        !witness_refusal(header.time_ms, clock_(), parts_.ledger.agenda().heartbeat_ms))
        return cosign_head();
    return {};
}

// The last block of a second is cosigned when nothing followed it.
Status FollowerEngine::cosign_quiet_head() {
    const u64 head_ms = parts_.chain.head()->header.time_ms;
    const u64 now_ms = clock_();
    if (now_ms >= head_ms && now_ms - head_ms < quiet_ms) return {};
    return cosign_head();
}

Status FollowerEngine::cosign_head() {
    if (!parts_.witness) return {};
    const u64 now_ms = clock_();
    auto judged =
        TRY(parts_.witness->judge(parts_.chain, now_ms, parts_.ledger.agenda().heartbeat_ms));
    if (judged.contradiction)
        return convict(judged.contradiction->first, judged.contradiction->second);
    {
        const std::scoped_lock lock(mutex_);
        if (judged.refusal && !status_.refusal)
            log::warn("node", "the head is not cosigned", {{"reason", *judged.refusal}});
        status_.refusal = judged.refusal;
        if (judged.cosignature) status_.cosigned_height = judged.cosignature->height;
    }
    if (!judged.cosignature) return {};
    unpublished_.push_back(*judged.cosignature);
    if (unpublished_.size() > unpublished_max) unpublished_.pop_front();
    if (parts_.on_cosigned) parts_.on_cosigned(*judged.cosignature);
    publish_cosignatures();
    return {};
}

// What the source refuses is told once and dropped; what it does not answer is sent again.
void FollowerEngine::publish_cosignatures() {
    while (!unpublished_.empty()) {
        const Status sent = parts_.source.publish(unpublished_.front());
        if (!sent && sent.error().code == ErrorCode::unavailable) return;
        if (!sent)
            log::warn("node", "the source refuses a cosignature",
                      {{"height", unpublished_.front().height}, {"reason", sent.error().detail}});
        unpublished_.pop_front();
    }
}

}  // namespace jangbu::node
