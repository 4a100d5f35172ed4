// What the rule of one operation gets: the block it runs in, who signed, a state to write, a place for events.
//
// Each operation X has a file of its name in snake_case with
//     std::optional<Rejection> apply(const X& operation, Context& context);   guards in the law's order, then the effect
//     std::vector<StateKey> keys(const X& operation, const KeysContext& context);   its access set, pure
// declared in market/rules.h. A guard that fails returns its Rejection before anything was written.
#pragma once

#include "ledger/application.h"
#include "market/checked_ahead.h"
#include "market/events.h"
#include "market/operations.h"
#include "market/parameters.h"
#include "market/rejection.h"
#include "market/state_keys.h"

namespace jangbu::market {

struct Context {
    const ledger::BlockContext& block;
    const ledger::Key& author;  // live, of a purpose that may sign the operation
    TxId txid;
    const ledger::DocumentReader& documents;
    Overlay& state;
    std::vector<Bytes> events;
    CheckedAhead ahead = {};

    void emit(const Event& event) { events.push_back(encode(event)); }
};

struct KeysContext {
    const ledger::BlockContext& block;
    OrgId author;
    const StateReader& state;
};

}  // namespace jangbu::market
