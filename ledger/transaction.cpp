#include "ledger/transaction.h"

#include "crypto/many_hashes.h"
#include "crypto/merkle.h"

namespace jangbu::ledger {
namespace {

const crypto::Tag& id_tag() {
    static const crypto::Tag tag("jangbu/tx/v1");
    return tag;
}

void encode_body(bcs::Encoder& encoder, const Body& body) {
    encoder.version();
    encoder(body.chain);
    encoder(body.author);
    encoder(body.valid_from_ms);
    encoder(body.valid_for_ms);
    encoder(body.salt);
    encoder.raw(body.operation);
}

Body decode_body(bcs::Decoder& decoder, const OperationCodec& codec) {
    Body body;
    decoder.version();
    decoder(body.chain);
    decoder(body.author);
    decoder(body.valid_from_ms);
    decoder(body.valid_for_ms);
    decoder(body.salt);
    const std::size_t start = decoder.at();
    codec.read_operation(decoder);
    if (!decoder.fault()) body.operation = to_bytes(decoder.since(start));
    return body;
}

}  // namespace

Bytes encode(const Body& body) {
    bcs::Encoder encoder;
    encode_body(encoder, body);
    return encoder.take();
}

void encode(bcs::Encoder& encoder, const Transaction& transaction) {
    encode_body(encoder, transaction.body);
    encoder(transaction.signature);
}

Bytes encode(const Transaction& transaction) {
    bcs::Encoder encoder;
    encode(encoder, transaction);
    return encoder.take();
}

std::size_t encoded_size(const Transaction& transaction) {
    static const std::size_t fixed = encode(Transaction()).size();
    return fixed + transaction.body.operation.size();
}

Transaction decode_transaction(bcs::Decoder& decoder, const OperationCodec& codec) {
    const std::size_t start = decoder.at();
    Transaction transaction;
    transaction.body = decode_body(decoder, codec);
    decoder(transaction.signature);
    if (decoder.at() - start > limits::transaction_bytes_max)
        decoder.set_fault("transaction above its bound");
    return transaction;
}

Result<Transaction> decode_transaction(ByteView bytes, const OperationCodec& codec) {
    bcs::Decoder decoder(bytes);
    Transaction transaction = decode_transaction(decoder, codec);
    if (decoder.fault()) return fail(ErrorCode::malformed, decoder.fault());
    if (decoder.left() != 0) return fail(ErrorCode::malformed, "trailing bytes");
    return transaction;
}

TxId txid(const ChainId& chain, const Body& body) {
    return TxId(id_tag()({chain.bytes, encode(body)}));
}

std::vector<TxId> txids(const ChainId& chain, std::span<const Transaction> transactions) {
    // As many as keep the lanes busy; their bodies lie one after the other in a small buffer.
    constexpr std::size_t group_size = 128;
    std::vector<TxId> ids;
    ids.reserve(transactions.size());
    while (!transactions.empty()) {
        const auto group = transactions.first(std::min(group_size, transactions.size()));
        transactions = transactions.subspan(group.size());
        bcs::Encoder encoder;
        std::array<std::size_t, group_size + 1> ends{};
        for (std::size_t i = 0; i < group.size(); ++i) {
            encode_body(encoder, group[i].body);
            ends[i + 1] = encoder.out().size();
        }
        std::array<crypto::MessageParts, group_size> messages;
        const ByteView bodies = encoder.out();
        for (std::size_t i = 0; i < group.size(); ++i)
            messages[i] = {chain.bytes, bodies.subspan(ends[i], ends[i + 1] - ends[i]), {}};
        std::array<Hash, group_size> digests;
        crypto::sha256_many(id_tag(), std::span(messages).first(group.size()),
                            std::span(digests).first(group.size()));
        for (std::size_t i = 0; i < group.size(); ++i) ids.emplace_back(digests[i]);
    }
    return ids;
}

ByteArray<96> leaf_entry(const TxId& id, const Signature& signature) {
    ByteArray<96> entry{};
    const auto rest = std::copy(id.bytes.begin(), id.bytes.end(), entry.begin());
    std::copy(signature.begin(), signature.end(), rest);
    return entry;
}

std::vector<Hash> transaction_leaves(std::span<const TxId> ids,
                                     std::span<const Transaction> transactions) {
    JANGBU_ASSERT(ids.size() == transactions.size());
    std::vector<crypto::merkle::Entry> entries;
    entries.reserve(ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i)
        entries.push_back({ids[i].bytes, transactions[i].signature});
    std::vector<Hash> leaves(entries.size());
    crypto::merkle::leaves(entries, leaves);
    return leaves;
}

bool window_is_valid(u64 valid_from_ms, u64 valid_for_ms, u64 block_time_ms, u64 window_max_ms) {
    return valid_for_ms <= window_max_ms && valid_from_ms <= block_time_ms &&
           block_time_ms - valid_from_ms <= valid_for_ms;
}

Transaction sign(const Body& body, const ChainId& chain, const crypto::SigningKey& key) {
    return {body, key.sign(crypto::domain::transaction, txid(chain, body).bytes)};
}

Bytes encode(const Bundle& bundle) {
    JANGBU_ASSERT(bundle.transactions.size() <= limits::bundle_transactions_max);
    bcs::Encoder encoder;
    encoder.version();
    encoder.uleb(static_cast<u32>(bundle.transactions.size()));
    for (const Transaction& transaction : bundle.transactions) encode(encoder, transaction);
    encoder.list(bundle.documents, 0, limits::bundle_documents_max);
    return encoder.take();
}

Result<Bundle> decode_bundle(ByteView bytes, const OperationCodec& codec) {
    if (bytes.size() > limits::bundle_bytes_max)
        return fail(ErrorCode::malformed, "bundle above its bound");
    bcs::Decoder decoder(bytes);
    Bundle bundle;
    decoder.version();
    const std::size_t count = decoder.uleb();
    if (count > limits::bundle_transactions_max)
        decoder.set_fault("list length outside its bounds");
    for (std::size_t i = 0; i < count && !decoder.fault(); ++i)
        bundle.transactions.push_back(decode_transaction(decoder, codec));
    decoder.list(bundle.documents, 0, limits::bundle_documents_max);
    if (decoder.fault()) return fail(ErrorCode::malformed, decoder.fault());
    if (decoder.left() != 0) return fail(ErrorCode::malformed, "trailing bytes");
    return bundle;
}

}  // namespace jangbu::ledger
