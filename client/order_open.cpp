#include "client/order_open.h"

#include "client/order_fetch.h"
#include "client/order_place.h"
#include "client/saved_json.h"

namespace jangbu::client {
namespace {

namespace fx1 = crypto::fx1;

fx1::Deal deal_of(const Session& session, const OrderCase& that) {
    fx1::Deal deal;
    deal.chain_id = session.chain_id().bytes;
    deal.order_id = that.order.id.bytes;
    deal.dataset_id = that.order.dataset.bytes;
    deal.registrant = that.dataset.registrant.bytes;
    deal.data_root = that.order.data_root;
    deal.n = that.order.n;
    deal.y = *that.order.y;
    deal.ct_root = *that.order.ct_root;
    return deal;
}

Result<Draft> draft_proof(const Session& session, const OrderCase& that, const OrderFiles& files,
                          const Delivery& delivery, const crypto::Scalar& key, u64 chunk) {
    const DatasetShape shape = that.shape();
    const Bytes ciphertext = TRY(read_range(files.ciphertext(), shape.ciphertext_at(chunk),
                                            shape.data_bytes(chunk) + fx1::salt_bytes));
    const fx1::Deal deal = deal_of(session, that);
    const fx1::BadChunk claim =
        fx1::prove_bad_chunk(deal, key, chunk, delivery.leaves, delivery.ct_leaves);
    if (fx1::check_bad_chunk(deal, claim, ciphertext) != fx1::ChunkVerdict::proven)
        return fail(ErrorCode::verification_failed,
                    "chunk " + std::to_string(chunk) + " differs, but its proof does not hold");
    const ledger::Document document{crypto::random_array<32>(), "application/octet-stream",
                                    ciphertext};
    market::ProveBadChunk operation;
    operation.order = that.order.id;
    operation.i = claim.index;
    operation.p = claim.p;
    operation.c = claim.proof.c;
    operation.s = claim.proof.s;
    operation.leaf = claim.leaf;
    operation.path_ct = claim.path_ct;
    operation.path_data = claim.path_data;
    operation.chunk = ledger::document_ref(document, ledger::DocumentClass::evidence);
    return Draft{operation, {document}};
}

// Content and salts, durable under their names.
Status keep(const OrderFiles& files, const std::filesystem::path& data,
            std::span<const Hash> salts) {
    TRY(save_hashes(files.salts(), salts));
    return finish_file(data.string() + ".part", data);
}

}  // namespace

Result<crypto::Scalar> learned_key(Session& session, const OrderCase& that) {
    const std::optional<crypto::Scalar> m =
        that.order.m ? crypto::Scalar::decode(*that.order.m) : std::nullopt;
    if (!m) return wrong_state(that, "opened: the seller has not posted the key");
    const crypto::ExchangeKey prekey =
        TRY(proven_prekey(session, that.order.prekey_id, that.order.seller));
    const crypto::Scalar t = TRY(buyer_mask(session, that.order.id, prekey));
    const crypto::Scalar key = crypto::sub(*m, t);
    const std::optional<crypto::Point> y = crypto::mul_base(key);
    if (!y || y->bytes() != *that.order.y)
        return fail(ErrorCode::verification_failed,
                    "the key does not fit: this order was not placed with these words");
    return key;
}

Result<OpenResult> open_order(Session& session, const OrderId& order,
                              const std::optional<std::filesystem::path>& out, Progress& progress) {
    const OrderCase that = TRY(read_case(session, order));
    TRY(need_buyer(session, that));
    const crypto::Scalar key = TRY(learned_key(session, that));
    const OrderFiles files = TRY(order_files(session, order));
    const Delivery delivery = TRY(fetch_ciphertext(session, that, files, progress));

    const std::filesystem::path data = out.value_or(files.data());
    const OrderCipher cipher{that.context(session.chain_id()), key};
    std::vector<Hash> salts;
    OpenResult result;
    result.origin = that.dataset.origin;
    result.bad_chunk =
        TRY(open_ciphertext(files.ciphertext(), data.string() + ".part", that.shape(), cipher,
                            delivery.leaves, &salts, progress));
    if (result.bad_chunk) {
        std::error_code ignored;
        std::filesystem::remove(data.string() + ".part", ignored);
        if (that.order.state == market::OrderState::refund_proven) {
            result.what = OpenResult::What::proven;
            result.posted = TRY(done_before(session, "prove-" + order.hex())).value_or(Posted());
            result.posted.repeated = true;
            return result;
        }
        if (that.order.state != market::OrderState::keyed) return wrong_state(that, "disputed");
        const auto draft = [&]() -> Result<Draft> {
            return draft_proof(session, that, files, delivery, key, *result.bad_chunk);
        };
        result.posted = TRY(post(session, "prove-" + order.hex(), draft));
        result.what = OpenResult::What::proven;
        return result;
    }
    TRY(keep(files, data, salts));
    result.data = data;
    result.salts = files.salts();
    if (that.order.state != market::OrderState::keyed) {
        result.posted = TRY(done_before(session, "confirm-" + order.hex())).value_or(Posted());
        result.posted.repeated = true;
        return result;
    }
    const auto draft = [&]() -> Result<Draft> { return Draft{market::ConfirmOrder{order}, {}}; };
    result.posted = TRY(post(session, "confirm-" + order.hex(), draft));
    result.what = OpenResult::What::confirmed;
    return result;
}

}  // namespace jangbu::client
