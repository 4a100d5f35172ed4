// The seller's second step: encrypt for this order, upload, check the own copy, accept
// (docs/exchange.md section 9).
//
// Every part continues where an earlier run ended. One flipped bit in the ciphertext costs the
// bond, so the whole of it is decrypted from disk, with the key derived anew, before AcceptOrder.
// Threads: one. Errors: conflict (state; a file that is not what was registered), not_found (the
// prekey's secret is gone), verification_failed (the own copy does not open), rejected, unavailable
// (run again).
#pragma once

#include "client/order_case.h"

namespace jangbu::client {

// K of an attempt, and the Y that the ledger will hold.
struct OrderKey {
    crypto::Scalar k;
    crypto::PointBytes y{};
};
Result<OrderKey> derive_order_key(const Session& session, const market::OrderPublic& order,
                                  u32 attempt);
// t of the seller's half; nothing if the order's T was not made by the rule, so that no key could
// ever open it.
Result<std::optional<crypto::Scalar>> seller_mask(Session& session,
                                                  const market::OrderPublic& order);
// The attempt whose K the order's Y was made of; a lost journal is no loss.
Result<u32> find_attempt(Session& session, const market::OrderPublic& order);
// The attempt for a new encryption, durable.
Result<SellerJournal> begin_attempt(Session& session, const OrderFiles& files,
                                    const std::filesystem::path& data_file);

// Both leaf lists, then every chunk that the store still misses.
struct Upload {
    std::filesystem::path ciphertext;
    std::span<const Hash> leaves;
    std::span<const Hash> ct_leaves;
    OrgId store_org;
};
Status upload_ciphertext(Session& session, const OrderCase& that, const Upload& upload,
                         Progress& progress);
Result<Posted> post_accept(Session& session, const OrderId& order, const OrderKey& key,
                           const Hash& ct_root, const OrgId& store_org);

struct AcceptResult {
    enum class What { accepted, rejected_mask };
    What what = What::accepted;
    Posted posted;
    u64 ciphertext_bytes = 0;
    market::Origin origin = market::Origin::collected;
};
Result<AcceptResult> accept_order(Session& session, const OrderId& order,
                                  const std::optional<std::filesystem::path>& data_file,
                                  Progress& progress);

// Reasons of RejectOrder that this client gives.
inline constexpr u16 reason_bad_mask = 1;

}  // namespace jangbu::client
