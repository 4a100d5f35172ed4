// Parameters: the registry's value without a record, the record's, and the next one from its
// height.
#include "ledger/parameters.h"

#include <doctest/doctest.h>

#include "ledger/state_tree.h"

using namespace jangbu;
using namespace jangbu::ledger;

TEST_CASE("parameters: a number without a record has its initial value") {
    const StateTree empty;
    CHECK(number(empty, parameters::window_max_ms, 1) == 3'600'000);
    CHECK(number(empty, parameters::heartbeat_ms, 1) == 60'000);
    CHECK(number(empty, parameters::halt_gap_ms, 1) == 300'000);
    CHECK(number(empty, parameters::expiries_per_block_max, 1) == 1'000);
    CHECK_FALSE(organisation(empty, "treasury", 1));
}

TEST_CASE("parameters: a change counts from its height") {
    const StateTree empty;
    Overlay state(empty);
    const Parameter changing{u64{70'000}, std::pair{ParameterValue(u64{90'000}), u64{10}}};
    write_record(state, state_key(Table::parameter, as_bytes("heartbeat_ms")), changing);
    CHECK(number(state, parameters::heartbeat_ms, 9) == 70'000);
    CHECK(number(state, parameters::heartbeat_ms, 10) == 90'000);
    CHECK(number(state, parameters::heartbeat_ms, 11) == 90'000);

    OrgId first, second;
    first.bytes[0] = 1;
    second.bytes[0] = 2;
    const Parameter treasury{first, std::pair{ParameterValue(second), u64{5}}};
    write_record(state, state_key(Table::parameter, as_bytes("treasury")), treasury);
    CHECK(organisation(state, "treasury", 4) == first);
    CHECK(organisation(state, "treasury", 5) == second);
}

TEST_CASE("parameters: the record's bytes are version, value, next") {
    CHECK(to_hex(bcs::encode(Parameter{u64{1}, std::nullopt})) == "0100010000000000000000");
    CHECK_FALSE(bcs::decode<Parameter>(Bytes{1, 2, 0}).has_value());
}
