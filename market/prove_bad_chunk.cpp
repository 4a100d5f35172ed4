#include "market/order_machine.h"

namespace jangbu::market {
namespace {

using crypto::fx1::ChunkVerdict;

std::optional<Rejection> rejection_of(ChunkVerdict verdict) {
    switch (verdict) {
        case ChunkVerdict::proven:
            return std::nullopt;
        case ChunkVerdict::index_out_of_range:
            return Rejection::index_out_of_range;
        case ChunkVerdict::path_length:
            return Rejection::path_length;
        case ChunkVerdict::ciphertext_not_committed:
            return Rejection::ciphertext_not_committed;
        case ChunkVerdict::leaf_not_committed:
            return Rejection::leaf_not_committed;
        case ChunkVerdict::point_invalid:
            return Rejection::point_invalid;
        case ChunkVerdict::scalar_invalid:
            return Rejection::scalar_invalid;
        case ChunkVerdict::proof_invalid:
            return Rejection::proof_invalid;
        case ChunkVerdict::chunk_is_good:
            return Rejection::chunk_is_good;
    }
    JANGBU_ASSERT(false);
    return Rejection::proof_invalid;
}

crypto::fx1::Deal deal_of(const OrderPublic& order, const Dataset& dataset,
                          const ledger::ChainId& chain) {
    JANGBU_ASSERT(order.y.has_value() && order.ct_root.has_value());
    return {
        chain.bytes, order.id.bytes, order.dataset.bytes, dataset.registrant.bytes, order.data_root,
        order.n,     *order.y,       *order.ct_root};
}

void suspend(Dataset& dataset, const OrgId& seller, Context& context) {
    dataset.state = DatasetState::suspended;
    ledger::write_record(context.state, dataset_key(dataset.id), dataset);
    Account account = account_of(context.state, seller);
    ++account.strikes;
    ledger::write_record(context.state, account_key(seller), account);
    context.emit(DatasetSuspended{dataset.id, seller, account.strikes});
}

}  // namespace

std::optional<Rejection> apply(const ProveBadChunk& operation, Context& context) {
    auto turn = begin_turn(operation.order, OrderEvent::prove_bad_chunk, context);
    if (!turn) return turn.error();
    if (operation.i >= turn->order.n) return Rejection::index_out_of_range;
    if (operation.chunk.access != static_cast<u8>(ledger::DocumentClass::evidence))
        return Rejection::bad_field;
    const auto document = context.documents.find(operation.chunk.hash);
    ledger::RejectionCode recorded = ledger::accepted;
    if (!document) {
        const auto receipt_code = context.documents.recorded(context.txid);
        if (!receipt_code) return Rejection::document_missing;
        recorded = *receipt_code;
    }

    auto dataset = find_dataset(context.state, turn->order.dataset);
    JANGBU_ASSERT(dataset.has_value());
    const crypto::fx1::BadChunk claim{operation.i,    operation.p,       {operation.c, operation.s},
                                      operation.leaf, operation.path_ct, operation.path_data};
    const auto deal = deal_of(turn->order, *dataset, context.block.chain_id);
    // Pruned evidence was judged when it was there.
    if (recorded != ledger::accepted) return static_cast<Rejection>(recorded);
    if (document)
        if (auto refusal = rejection_of(crypto::fx1::check_bad_chunk(deal, claim, document->bytes)))
            return refusal;

    if (auto refusal = end_turn(*turn, scene(context))) return refusal;
    suspend(*dataset, turn->order.seller, context);
    return std::nullopt;
}

std::vector<StateKey> keys(const ProveBadChunk& operation, const KeysContext& context) {
    return order_keys(operation.order, context);
}

}  // namespace jangbu::market
