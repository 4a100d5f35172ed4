// State as code sees it: a map from state keys to canonical bytes, read through and written onto
// overlays.
//
// StateKey = table u8 || id. The ledger and the application share one map. A transaction runs on an
// Overlay over the block's Overlay; dropping it undoes everything, apply_to() keeps it. Threads: a
// StateReader is immutable or used by one thread. Ownership: an Overlay points to its parent.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "base/bcs.h"

namespace jangbu::ledger {

using StateKey = Bytes;

// docs/formats.md section 2. 250 and above are for tests.
enum class Table : u8 {
    organisation = 1,
    key = 2,
    account = 3,
    parameter = 4,
    dataset = 5,
    listing = 6,
    order_public = 7,
    order_money = 8,
    programme = 9,
    voucher = 10,
    use = 11,
    attestation = 12,
    proposal = 13,
    key_by_bytes = 14,
    listing_version = 15,
    family = 16,
    bank_reference = 17,
    // 18 to 249: numbered by the product
};
StateKey state_key(Table table, ByteView id);
StateKey state_key(Table table, std::initializer_list<ByteView> id_parts);

class StateReader {
public:
    virtual ~StateReader() = default;
    // The value, or null. The pointer holds until the next write to the same view.
    virtual const Bytes* find(const StateKey& key) const = 0;
};

class Overlay final : public StateReader {
public:
    explicit Overlay(const StateReader& below) : below_(below) {}
    // An overlay over an overlay is a layer on it, not a copy of it.
    explicit Overlay(const Overlay& below) : Overlay(static_cast<const StateReader&>(below)) {}
    Overlay& operator=(const Overlay&) = delete;

    const Bytes* find(const StateKey& key) const override;
    void put(StateKey key, Bytes value);
    void erase(StateKey key);
    void apply_to(Overlay& below) const;

    // What was written, in key order; nothing = erased.
    const std::map<StateKey, std::optional<Bytes>>& changes() const { return changes_; }
    // Every key that was looked up here, found or not; kept only when asked for (tests of access
    // sets).
    void record_reads(std::vector<StateKey>* into) { reads_ = into; }

private:
    const StateReader& below_;
    std::map<StateKey, std::optional<Bytes>> changes_;
    std::vector<StateKey>* reads_ = nullptr;
};

// A state record that does not decode is a broken store or our bug, never somebody's input: assert.
template <class Record>
std::optional<Record> read_record(const StateReader& state, const StateKey& key) {
    const Bytes* bytes = state.find(key);
    if (!bytes) return std::nullopt;
    Result<Record> record = bcs::decode<Record>(*bytes);
    JANGBU_ASSERT(record.has_value());
    return std::move(*record);
}
template <class Record>
void write_record(Overlay& state, StateKey key, const Record& record) {
    state.put(std::move(key), bcs::encode(record));
}

}  // namespace jangbu::ledger
