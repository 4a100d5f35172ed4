#include "client/order_key.h"

#include "client/order_accept.h"
#include "client/saved_json.h"

namespace jangbu::client {
namespace {

namespace fx1 = crypto::fx1;

constexpr u64 key_valid_for_ms = 10 * 60'000;

Status check_window(const OrderCase& that) {
    const u64 left = left_ms(that);
    if (left < key_time_left_ms_min)
        return fail(ErrorCode::conflict,
                    "less than an hour is left for the key; posted now it could become public and "
                    "still be too late");
    // valid_from + valid_for <= head.time + (deadline - head.market_time), for the latest
    // valid_from there can be.
    const u64 latest = that.header.time_ms + (that.order.deadline_ms - that.header.market_time_ms);
    if (std::max(that.header.time_ms, now_ms()) + key_valid_for_ms > latest)
        return fail(ErrorCode::conflict, "the key could still be included after the deadline");
    return {};
}

Result<crypto::ScalarBytes> masked_key(Session& session, const OrderCase& that) {
    const std::optional<crypto::Scalar> t = TRY(seller_mask(session, that.order));
    if (!t) return fail(ErrorCode::verification_failed, "the order's T is not of this mask");
    const u32 attempt = TRY(find_attempt(session, that.order));
    const OrderKey key = TRY(derive_order_key(session, that.order, attempt));
    const crypto::ScalarBytes m = crypto::add(key.k, *t).bytes();
    if (fx1::check_key(m, *that.order.y, that.order.t[0]) != fx1::KeyVerdict::ok)
        return fail(ErrorCode::verification_failed, "the masked key does not open this order");
    return m;
}

Result<bool> keep_promise(Session& session, const OrderFiles& files, const Posted& posted) {
    if (!posted.promise || !posted.promise_signature) return false;
    const market::Promise& promise = *posted.promise;
    const ledger::PublicKey& validator = session.genesis().validators.validators[0].key;
    if (promise.txid != posted.id || promise.chain_id != session.chain_id() ||
        !crypto::verify(validator, crypto::domain::promise, market::promise_hash(promise),
                        *posted.promise_signature))
        return false;
    TRY(save_json(files.promise(), {{"schema", "jangbu-promise/1"},
                                    {"promise", to_base64url(bcs::encode(promise))},
                                    {"key", validator.hex()},
                                    {"signature", to_base64url(*posted.promise_signature)}}));
    return true;
}

}  // namespace

Result<KeyResult> post_key(Session& session, const OrderId& order, std::string_view level_least) {
    const OrderCase that = TRY(read_case(session, order));
    TRY(need_seller(session, that));
    KeyResult result;
    result.level = that.level;
    result.origin = that.dataset.origin;
    if (that.order.m) {
        result.already = true;
        result.posted = TRY(done_before(session, "key-" + order.hex())).value_or(Posted());
        result.posted.repeated = true;
        return result;
    }
    if (that.order.state != market::OrderState::locked) return wrong_state(that, "keyed");
    if (that.level < level_least)
        return fail(ErrorCode::conflict, "the lock is proven at " + that.level +
                                             " only, and the key waits for " +
                                             std::string(level_least));
    const crypto::ScalarBytes m = TRY(masked_key(session, that));
    const OrderFiles files = TRY(order_files(session, order));
    const auto draft = [&]() -> Result<Draft> {
        TRY(check_window(that));
        return Draft{market::PostKey{order, m}, {}, key_valid_for_ms};
    };
    result.posted = TRY(post(session, "key-" + order.hex(), draft));
    result.promise_kept = TRY(keep_promise(session, files, result.posted));
    return result;
}

}  // namespace jangbu::client
