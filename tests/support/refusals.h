// Refusals: a table of what spoils an operation that is fine as it stands, and the one Rejection
// that must follow.
//
// A Fixture has `world`, `by` (who signs) and `operation`; unspoilt it must be accepted.
#pragma once

#include <doctest/doctest.h>

#include <span>

#include "tests/support/market_world.h"

namespace jangbu::test {

template <class Fixture>
struct Refusal {
    const char* why;
    Rejection expected;
    void (*spoil)(Fixture&);
};

template <class Fixture>
void check_refusals(std::span<const Refusal<Fixture>> rows) {
    Fixture fine;
    CHECK(fine.world.run(*fine.by, fine.operation) == ledger::accepted);
    CHECK(fine.world.faults == std::vector<std::string>{});
    for (const Refusal<Fixture>& row : rows) {
        Fixture fixture;
        row.spoil(fixture);
        const Hash before = fixture.world.state.root();
        const ledger::RejectionCode got = fixture.world.run(*fixture.by, fixture.operation);
        CHECK_MESSAGE(got == market::code(row.expected), row.why, ": ", rejection_name(got),
                      " instead of ", rejection_name(market::code(row.expected)));
        CHECK_MESSAGE(fixture.world.state.root() == before, row.why, ": state changed");
        CHECK_MESSAGE(fixture.world.faults == std::vector<std::string>{}, row.why);
    }
}

// For spoiling: changes a record past the rules.
template <class Record, class Change>
void amend(MarketWorld& world, const StateKey& key, Change change) {
    Record record = ledger::read_record<Record>(world.state, key).value();
    change(record);
    world.put(key, record);
}

inline void suspend(MarketWorld& world, const Member& member) {
    amend<ledger::Organisation>(
        world, ledger::state_key(ledger::Table::organisation, member.id.view()),
        [](auto& organisation) { organisation.state = ledger::OrganisationState::suspended; });
}

// The events of one kind in the last block.
template <class E>
std::vector<E> events_of(const MarketWorld& world) {
    std::vector<E> found;
    for (const Event& event : world.events)
        if (const E* one = std::get_if<E>(&event)) found.push_back(*one);
    return found;
}

}  // namespace jangbu::test
