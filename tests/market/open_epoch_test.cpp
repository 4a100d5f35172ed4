#include <doctest/doctest.h>

#include "tests/support/market_world.h"

namespace jangbu::test {
namespace {

ledger::HeaderHash some_head() {
    ByteArray<32> bytes;
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<u8>(i);
    return ledger::HeaderHash(bytes);
}
const std::string head_hex = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

}  // namespace

TEST_CASE("OpenEpoch: its bytes are those of docs/formats.md") {
    const Bytes bytes = encode(Operation(OpenEpoch{some_head(), 0x0102030405060708, 2}));
    CHECK(to_hex(bytes) == "4e" + head_hex + "0807060504030201" + "02");
    CHECK(decode_operation(bytes) == Operation(OpenEpoch{some_head(), 0x0102030405060708, 2}));
    CHECK(std::string(operation_name(OpenEpoch{})) == "OpenEpoch");
    const Bytes event = encode(Event(EpochOpened{some_head(), 9, 3}));
    CHECK(to_hex(event) == "010c" + head_hex + "0900000000000000" + "03");
    CHECK(std::string(event_name(EpochOpened{})) == "EpochOpened");
}

TEST_CASE("OpenEpoch: tells its event and changes nothing") {
    MarketWorld world;
    CHECK(world.rules.opens_epoch(encode(Operation(OpenEpoch{some_head(), 5, 1}))) ==
          ledger::EpochOpening{some_head(), 5, 1});
    CHECK_FALSE(world.rules.opens_epoch(encode(Operation(ConfirmOrder{}))));
    ledger::Overlay overlay(world.state);
    const ledger::Outcome outcome =
        world.rules.apply(encode(Operation(OpenEpoch{some_head(), 5, 1})), TxId(), world.block,
                          ledger::Key{}, world.documents, overlay);
    CHECK(outcome.code == ledger::accepted);
    CHECK(overlay.changes().empty());
    REQUIRE(outcome.events.size() == 1);
    CHECK(decode_event(outcome.events[0]) == Event(EpochOpened{some_head(), 5, 1}));
}

}  // namespace jangbu::test
