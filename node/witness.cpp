#include "node/witness.h"

#include "base/file.h"
#include "ledger/jbproof.h"

namespace jangbu::node {
namespace {

namespace jbproof = ledger::jbproof;

constexpr std::size_t last_cosigned_bytes_max = 4'096;

struct Mark {
    ledger::SignedHeader header;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c(self.header);
    }
};

std::string seconds(u64 ms) {
    return std::to_string(ms / 1'000) + " s";
}

// By the verifier that everybody uses, from the file that everybody is given.
Status prove_growth(const ledger::Chain& chain, const ledger::Snapshot& head,
                    const ledger::Header& older) {
    const std::string file = jbproof::prove_consistency(chain.genesis(), head, older);
    const auto verified = TRY(jbproof::verify(file, {chain.id(), {}}));
    if (verified.header_hash != head.hash || verified.older_header != older)
        return fail(ErrorCode::verification_failed, "the consistency proof is about other heads");
    return {};
}

}  // namespace

std::optional<std::string> witness_refusal(u64 head_ms, u64 now_ms, u64 heartbeat_ms) {
    if (head_ms > now_ms && head_ms - now_ms > witness_ahead_ms_max)
        return "the head's time is " + seconds(head_ms - now_ms) + " ahead of this clock";
    if (now_ms > head_ms && now_ms - head_ms > heartbeat_ms + witness_behind_ms_max)
        return "the head's time is " + seconds(now_ms - head_ms) +
               " behind this clock, though a block is due each " + seconds(heartbeat_ms);
    return std::nullopt;
}

Result<Witness> Witness::open(std::filesystem::path mark_file, crypto::SigningKey key) {
    Witness witness(std::move(mark_file), std::move(key));
    witness.mark_ = TRY(read_mark(witness.file_));
    return witness;
}

Result<std::optional<ledger::SignedHeader>> Witness::read_mark(const std::filesystem::path& file) {
    const Result<Bytes> bytes = read_file(file, last_cosigned_bytes_max);
    if (!bytes && bytes.error().code == ErrorCode::not_found) return std::nullopt;
    if (!bytes) return std::unexpected(bytes.error());
    const Result<Mark> mark = bcs::decode<Mark>(*bytes);
    if (!mark)
        return fail(ErrorCode::corrupted,
                    file.string() + " is damaged (" + mark.error().detail + "): restore it");
    return mark->header;
}

Result<Witness::Judgement> Witness::judge(const ledger::Chain& chain, u64 now_ms,
                                          u64 heartbeat_ms) {
    const ledger::SnapshotPtr head = chain.head();
    const u64 height = head->header.height;
    Judgement judgement;
    if (height == 0) return judgement;
    const u64 marked = mark_ ? mark_->header.height : 0;
    if (marked > height) {
        judgement.refusal = "height " + std::to_string(marked) +
                            " was cosigned before, the head "
                            "is still at " +
                            std::to_string(height);
        return judgement;
    }
    const ledger::SignedHeader held = TRY(chain.header(marked));
    if (mark_ && held.header != mark_->header) {
        judgement.contradiction.emplace(*mark_, held);
        return judgement;
    }
    if (marked == height) return judgement;
    judgement.refusal = witness_refusal(head->header.time_ms, now_ms, heartbeat_ms);
    if (judgement.refusal) return judgement;
    TRY(prove_growth(chain, *head, held.header));
    const ledger::SignedHeader next{head->header, head->finality};
    TRY(write_file_atomically(file_, bcs::encode(Mark{next}), FileMode::owner_only));
    mark_ = next;
    judgement.cosignature = cosign(key_, height, head->hash);
    return judgement;
}

}  // namespace jangbu::node
