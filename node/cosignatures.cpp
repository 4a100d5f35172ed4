#include "node/cosignatures.h"

#include <algorithm>

#include "base/log.h"
#include "ledger/members.h"

namespace jangbu::node {
namespace {

// sequence u64, cosignature, organisation, first 8 bytes of the SHA-256 of these.
constexpr std::size_t content_bytes = 8 + cosignature_bytes + 32;
constexpr std::size_t record_bytes = content_bytes + 8;
constexpr std::size_t cosigned_snapshots_max = 8;

ByteArray<8> checksum(ByteView content) {
    const crypto::Hash hash = crypto::sha256(content);
    ByteArray<8> out{};
    std::copy_n(hash.begin(), out.size(), out.begin());
    return out;
}

Result<ledger::OrgId> witness_org(const ledger::Snapshot& head, const ledger::PublicKey& bytes) {
    const auto key = ledger::find_key_by_bytes(head.state, bytes.bytes);
    if (!key || key->purpose != static_cast<u8>(ledger::Purpose::witness))
        return fail(ErrorCode::not_allowed,
                    "cosignatures are taken from witness keys of the ledger: add it with "
                    "`jangbu keys add witness`");
    if (!key->live_at(head.header.height + 1, head.header.time_ms))
        return fail(ErrorCode::not_allowed, "the witness key is not live");
    return key->org;
}

}  // namespace

Result<std::unique_ptr<Cosignatures>> Cosignatures::open(const std::filesystem::path& file,
                                                         Limits limits) {
    PositionalFile opened = TRY(PositionalFile::open_to_write(file));
    std::unique_ptr<Cosignatures> out(new Cosignatures(std::move(opened), limits));
    out->load();
    return out;
}

void Cosignatures::load() {
    u64 dropped = 0;
    for (u64 slot = 0; slot < limits_.records_max; ++slot) {
        ByteArray<record_bytes> record{};
        if (!file_.read(slot * record_bytes, record)) break;  // its end, or a torn record
        if (record == ByteArray<record_bytes>{}) continue;    // forgotten
        const ByteView content = ByteView(record).first(content_bytes);
        bcs::Decoder decoder(content);
        u64 sequence = 0;
        Kept kept;
        decoder(sequence);
        decoder(kept);
        const ByteArray<8> sum = checksum(content);
        if (decoder.fault() || !std::ranges::equal(sum, ByteView(record).subspan(content_bytes)) ||
            sequence % limits_.records_max != slot) {
            ++dropped;
            continue;
        }
        insert(sequence, kept);
        sequence_ = std::max(sequence_, sequence + 1);
    }
    if (dropped > 0) log::warn("node", "damaged cosignatures are left out", {{"count", dropped}});
}

void Cosignatures::insert(u64 sequence, const Kept& kept) {
    if (sequence >= limits_.records_max) {
        const auto oldest = height_of_.find(sequence - limits_.records_max);
        if (oldest != height_of_.end()) {
            const auto at = by_height_.find(oldest->second);
            at->second.erase(oldest->first);
            if (at->second.empty()) by_height_.erase(at);
            height_of_.erase(oldest);
        }
    }
    by_height_[kept.cosignature.height].emplace(sequence, kept);
    height_of_.emplace(sequence, kept.cosignature.height);
}

Status Cosignatures::add(const ledger::Chain& chain, const Cosignature& cosignature) {
    const ledger::SnapshotPtr head = chain.head();
    const u64 height = cosignature.height;
    if (height == 0 || height > head->header.height)
        return fail(ErrorCode::not_found, "the ledger has no block of this height yet");
    const Kept kept{cosignature, TRY(witness_org(*head, cosignature.key))};
    if (!crypto::verify(cosignature.key, crypto::domain::cosignature, cosignature.header_hash.bytes,
                        cosignature.signature))
        return fail(ErrorCode::verification_failed, "the cosignature's signature is wrong");
    const ledger::SignedHeader block = TRY(chain.header(height));
    if (ledger::header_hash(block.header) != cosignature.header_hash) {
        log::error("node", "a witness cosigned another header: it saw another ledger",
                   {{"height", height},
                    {"witness", cosignature.key.hex()},
                    {"header_hash", cosignature.header_hash.hex()}});
        return fail(ErrorCode::conflict, "another header of this height is held here");
    }

    const std::scoped_lock lock(mutex_);
    const auto at = by_height_.find(height);
    if (at != by_height_.end()) {
        for (const auto& [sequence, other] : at->second)
            if (other.org == kept.org) return {};  // it spoke already
        if (at->second.size() >= limits_.per_header_max)
            return fail(ErrorCode::limit_exceeded, "enough witnesses cosigned this header");
    }
    bcs::Encoder encoder;
    encoder(sequence_);
    encoder(kept);
    const ByteArray<8> sum = checksum(encoder.out());
    encoder.raw(sum);
    // Not synced: a witness that asks again is told by what is served, not by this answer.
    TRY(file_.write(sequence_ % limits_.records_max * record_bytes, encoder.out()));
    insert(sequence_++, kept);
    for (const ledger::SnapshotPtr& snapshot : recent_) {
        if (snapshot->header.height != height) continue;
        const auto newer = [&](const ledger::SnapshotPtr& kept_one) {
            return kept_one->header.height >= height;
        };
        const auto place = std::ranges::find_if(cosigned_, newer);
        if (place == cosigned_.end() || (*place)->header.height != height)
            cosigned_.insert(place, snapshot);
        if (cosigned_.size() > cosigned_snapshots_max) cosigned_.pop_front();
        break;
    }
    return {};
}

std::vector<ledger::jbproof::Cosigned> Cosignatures::of(u64 height) const {
    std::vector<ledger::jbproof::Cosigned> out;
    {
        const std::scoped_lock lock(mutex_);
        const auto at = by_height_.find(height);
        if (at == by_height_.end()) return out;
        for (const auto& [sequence, kept] : at->second)
            out.push_back({kept.cosignature.key, kept.cosignature.signature});
    }
    std::ranges::sort(out, {}, &ledger::jbproof::Cosigned::key);
    return out;
}

std::vector<Cosignature> Cosignatures::above(u64 height) const {
    const std::scoped_lock lock(mutex_);
    std::vector<Cosignature> out;
    for (auto at = by_height_.upper_bound(height); at != by_height_.end(); ++at)
        for (const auto& [sequence, kept] : at->second) out.push_back(kept.cosignature);
    return out;
}

Status Cosignatures::forget_above(u64 height) {
    const std::scoped_lock lock(mutex_);
    const ByteArray<record_bytes> nothing{};
    const auto first = by_height_.upper_bound(height);
    if (first == by_height_.end()) return {};
    for (auto at = first; at != by_height_.end(); ++at)
        for (const auto& [sequence, kept] : at->second) {
            TRY(file_.write(sequence % limits_.records_max * record_bytes, nothing));
            height_of_.erase(sequence);
        }
    by_height_.erase(first, by_height_.end());
    return file_.sync();
}

void Cosignatures::committed(const ledger::SnapshotPtr& head) {
    const std::scoped_lock lock(mutex_);
    recent_.push_back(head);
    if (recent_.size() > limits_.snapshots_max) recent_.pop_front();
}

std::size_t Cosignatures::count_of(u64 height) const {
    const auto at = by_height_.find(height);
    return at == by_height_.end() ? 0 : at->second.size();
}

ledger::SnapshotPtr Cosignatures::cosigned(std::size_t count_min) const {
    const std::scoped_lock lock(mutex_);
    for (auto at = cosigned_.rbegin(); at != cosigned_.rend(); ++at)
        if (count_of((*at)->header.height) >= count_min) return *at;
    return nullptr;
}

u64 Cosignatures::newest_height() const {
    const std::scoped_lock lock(mutex_);
    return by_height_.empty() ? 0 : by_height_.rbegin()->first;
}

}  // namespace jangbu::node
