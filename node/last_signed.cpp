#include "node/last_signed.h"

#include "base/file.h"

namespace jangbu::node {
namespace {

constexpr std::size_t last_signed_bytes_max = 64;

std::string text_of(const LastSigned::Mark& mark) {
    return "header " + std::to_string(mark.height) + " of epoch " + std::to_string(mark.epoch) +
           " (" + mark.hash.hex().substr(0, 16) + ")";
}

}  // namespace

Result<LastSigned> LastSigned::open(std::filesystem::path file) {
    LastSigned last(std::move(file));
    const Result<Bytes> bytes = read_file(last.file_, last_signed_bytes_max);
    if (!bytes && bytes.error().code == ErrorCode::not_found) return last;
    if (!bytes && bytes.error().code == ErrorCode::limit_exceeded)
        return fail(ErrorCode::corrupted, bytes.error().detail + ", so it is damaged: restore it");
    if (!bytes) return std::unexpected(bytes.error());
    const Result<Mark> mark = bcs::decode<Mark>(*bytes);
    if (!mark)
        return fail(ErrorCode::corrupted,
                    last.file_.string() + " is damaged (" + mark.error().detail + "): restore it");
    last.mark_ = *mark;
    return last;
}

Status LastSigned::record(const Mark& next) {
    if (mark_ == next) return {};
    if (!mark_ && next.height != 0)
        return fail(ErrorCode::conflict, file_.string() + " is missing, so " + text_of(next) +
                                             " is not signed: it could be a second one");
    // A restore may have put the header that stands below a new epoch here.
    if (mark_ && mark_->height == next.height && mark_->hash == next.hash) return {};
    if (mark_) {
        const bool advances = next.epoch > mark_->epoch ||
                              (next.epoch == mark_->epoch && next.height > mark_->height);
        if (!advances)
            return fail(ErrorCode::conflict,
                        text_of(next) + " is not signed, since " + text_of(*mark_) + " was signed");
    }
    return write(next);
}

std::optional<u32> LastSigned::awaits_epoch(const Mark& head) const {
    const bool awaits = mark_ && mark_->epoch > head.epoch && mark_->height == head.height &&
                        mark_->hash == head.hash;
    return awaits ? std::optional(mark_->epoch) : std::nullopt;
}

Status LastSigned::check_head(const Mark& head) {
    if (mark_ == head || awaits_epoch(head)) return {};
    if (!mark_)
        return fail(ErrorCode::corrupted, file_.string() + " is missing, but the chain stands at " +
                                              text_of(head) + ": restore it with the chain");
    const bool chain_is_ahead = mark_->epoch == head.epoch && mark_->height < head.height;
    if (!chain_is_ahead)
        return fail(ErrorCode::corrupted,
                    file_.string() + ": the chain stands at " + text_of(head) + ", but " +
                        text_of(*mark_) +
                        " was signed: the chain folder is not the latest, or this file is damaged; "
                        "restore the chain from a newer backup");
    return write(head);
}

Status LastSigned::write(const Mark& next) {
    TRY(write_file_atomically(file_, bcs::encode(next), FileMode::owner_only));
    mark_ = next;
    return {};
}

}  // namespace jangbu::node
