#include "ledger/block.h"

namespace jangbu::ledger {

Bytes encode(const BlockInput& input) {
    JANGBU_ASSERT(input.transactions.size() <= limits::block_transactions_max);
    bcs::Encoder encoder;
    encoder.version();
    encoder(input.epoch);
    encoder(input.height);
    encoder(input.time_ms);
    encoder(input.parent);
    encoder.uleb(static_cast<u32>(input.transactions.size()));
    for (const Transaction& transaction : input.transactions) encode(encoder, transaction);
    return encoder.take();
}

Result<BlockInput> decode_block_input(ByteView bytes, const OperationCodec& codec) {
    bcs::Decoder decoder(bytes);
    BlockInput input;
    decoder.version();
    decoder(input.epoch);
    decoder(input.height);
    decoder(input.time_ms);
    decoder(input.parent);
    const std::size_t count = decoder.uleb();
    if (count > limits::block_transactions_max) decoder.set_fault("list length outside its bounds");
    for (std::size_t i = 0; i < count && !decoder.fault(); ++i)
        input.transactions.push_back(decode_transaction(decoder, codec));
    if (decoder.fault()) return fail(ErrorCode::malformed, decoder.fault());
    if (decoder.left() != 0) return fail(ErrorCode::malformed, "trailing bytes");
    return input;
}

void Receipt::event_list(bcs::Encoder& c, const std::vector<Bytes>& events) {
    JANGBU_ASSERT(events.size() <= limits::receipt_events_max);
    c.uleb(static_cast<u32>(events.size()));
    for (const Bytes& event : events) c.bytes(event, limits::event_bytes_max);
}

void Receipt::event_list(bcs::Decoder& c, std::vector<Bytes>& events) {
    const std::size_t count = c.uleb();
    if (count > limits::receipt_events_max) c.set_fault("list length outside its bounds");
    events.clear();
    for (std::size_t i = 0; i < count && !c.fault(); ++i)
        c.bytes(events.emplace_back(), limits::event_bytes_max);
}

HeaderHash header_hash(const Header& header) {
    static const crypto::Tag tag("jangbu/header/v1");
    return HeaderHash(tag(bcs::encode(header)));
}

}  // namespace jangbu::ledger
