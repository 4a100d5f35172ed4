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
#include "ledger/change_table.h"

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
    // The value, if there is one. It stays where it is until the next write to the same view.
    virtual std::optional<ByteView> find(const StateKey& key) const = 0;
    // find() of each key; where the values are far away in memory, the ways to them overlap.
    // REQUIRES: as many out as keys.
    virtual void find_many(std::span<const StateKey> keys,
                           std::span<std::optional<ByteView>> out) const;
    // The same where the hashed keys are known already (ledger/state_hashes.h).
    virtual void find_hashed(std::span<const StateKey> keys, std::span<const ByteArray<32>> hashed,
                             std::span<std::optional<ByteView>> out) const;
};

// Keys that will be asked for, and their hashes.
struct HashedKeys {
    std::vector<StateKey> keys;
    std::vector<ByteArray<32>> hashed;  // as many
};

class Overlay final : public StateReader {
public:
    explicit Overlay(const StateReader& below) : below_(below), table_(0) {}
    // An overlay over an overlay is a layer on it, not a copy of it.
    explicit Overlay(const Overlay& below)
        : below_(below), below_overlay_(&below), table_(below.table_.seed()) {}
    // Over a view that does not change as long as this lives: what was found there is remembered.
    // The seed is what nobody knew who chose the keys (ledger/change_table.h).
    Overlay(const StateReader& below, u64 seed) : below_(below), remembers_(true), table_(seed) {}
    Overlay& operator=(const Overlay&) = delete;

    std::optional<ByteView> find(const StateKey& key) const override;
    // Looks up together what will be asked for soon. Changes no answer. REQUIRES: it remembers.
    void fetch(std::vector<StateKey> keys);
    void fetch(const HashedKeys& keys);
    void put(ByteView key, Bytes value);
    void erase(ByteView key);
    void apply_to(Overlay& below) const&;
    void apply_to(Overlay& below) &&;

    // What was written, in key order; nothing = erased.
    using Changes = std::map<StateKey, std::optional<Bytes>>;
    Changes changes() const;
    Changes take_changes();  // the overlay is of no use afterwards
    // Every key that was looked up here, found or not; kept only when asked for (tests of access
    // sets).
    void record_reads(std::vector<StateKey>* into) { reads_ = into; }

private:
    std::optional<ByteView> find(const StateKey& key, u64 hash) const;
    void set(ByteView key, u64 hash, std::optional<Bytes> value);

    const StateReader& below_;
    const Overlay* below_overlay_ = nullptr;  // if that is what is below
    bool remembers_ = false;
    mutable ChangeTable table_;  // find() remembers in it
    std::vector<StateKey>* reads_ = nullptr;
};

// A state record that does not decode is a broken store or our bug, never somebody's input: assert.
template <class Record>
std::optional<Record> read_record(const StateReader& state, const StateKey& key) {
    const std::optional<ByteView> bytes = state.find(key);
    if (!bytes) return std::nullopt;
    Result<Record> record = bcs::decode<Record>(*bytes);
    JANGBU_ASSERT(record.has_value());
    return std::move(*record);
}
template <class Record>
void write_record(Overlay& state, ByteView key, const Record& record) {
    state.put(key, bcs::encode(record));
}

}  // namespace jangbu::ledger
