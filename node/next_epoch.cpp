#include "node/next_epoch.h"

#include <algorithm>

#include "base/file.h"
#include "market/operations.h"

namespace jangbu::node {
namespace {

constexpr std::size_t epoch_bytes_max = 64;

bool is_known(u8 reason) {
    return reason >= static_cast<u8>(ledger::EpochReason::restore) &&
           reason <= static_cast<u8>(ledger::EpochReason::engine_change);
}

}  // namespace

Result<std::optional<NextEpoch>> read_next_epoch(const std::filesystem::path& file) {
    const Result<Bytes> bytes = read_file(file, epoch_bytes_max);
    if (!bytes && bytes.error().code == ErrorCode::not_found) return std::nullopt;
    if (!bytes && bytes.error().code != ErrorCode::limit_exceeded)
        return std::unexpected(bytes.error());
    const Result<NextEpoch> next =
        bytes ? bcs::decode<NextEpoch>(*bytes) : std::unexpected(bytes.error());
    if (!next || !is_known(next->reason))
        return fail(ErrorCode::corrupted,
                    file.string() + " is damaged: restore the ledger from its backup again");
    return *next;
}

Status write_next_epoch(const std::filesystem::path& file, const NextEpoch& next) {
    return write_file_atomically(file, bcs::encode(next), FileMode::owner_only, IfExists::refuse);
}

// Valid in a block of exactly this time: nobody can use it elsewhere.
ledger::Transaction opening_transaction(const NextEpoch& next, const ledger::ChainId& chain,
                                        u64 time_ms, const crypto::SigningKey& validator) {
    ledger::Body body;
    std::copy_n(chain.bytes.begin(), body.chain.size(), body.chain.begin());
    body.author = validator.public_key();
    body.valid_from_ms = time_ms;
    body.salt = le64(next.epoch);
    body.operation =
        market::encode(market::Operation(market::OpenEpoch{next.head, next.height, next.reason}));
    return ledger::sign(body, chain, validator);
}

}  // namespace jangbu::node
