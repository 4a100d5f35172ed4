// Town: the members and the initial state that the validation bench works on. Real records of the
// market, as many as asked for, in the proportions of a ledger that has been in use: organisations
// with keys, accounts and attestations, datasets with listings, vouchers of programmes, and settled
// orders for the rest. Everything follows from a seed. Points and roots inside settled orders are
// random bytes: nothing reads them again.
#pragma once

#include <deque>
#include <functional>

#include "base/worker_pool.h"
#include "ledger/genesis.h"
#include "ledger/state_tree.h"
#include "market/operations.h"
#include "market/state_keys.h"

namespace jangbu::bench {

using namespace market;  // NOLINT: a bench of the market

inline u64 mixed(u64 z) {  // SplitMix64
    z += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}
class Random {
public:
    explicit Random(u64 seed) : state_(mixed(seed)) {}
    u64 next() { return mixed(state_++); }
    u64 below(u64 bound) { return next() % bound; }
    template <std::size_t N>
    ByteArray<N> bytes() {
        ByteArray<N> out{};
        for (std::size_t i = 0; i < N; i += 8) {
            const ByteArray<8> part = le64(next());
            for (std::size_t j = 0; j < std::min<std::size_t>(8, N - i); ++j) out[i + j] = part[j];
        }
        return out;
    }

private:
    u64 state_;
};

struct Townsman {
    explicit Townsman(const Hash& secret);
    crypto::SigningKey transact;
    crypto::SigningKey deliver;
    crypto::ExchangeKey prekey;
    OrgId id;
    KeyId prekey_id;
};

struct TownListing {
    ListingId id;
    DatasetId dataset;
    u32 owner = 0;  // index of the member
};

class Town {
public:
    static constexpr u64 genesis_ms = 1'800'000'000'000;
    static constexpr u64 price = 1'000'000;

    using Sink = std::function<void(StateKey, Bytes)>;

    // About `keys` entries, at least those of a thousand members. They go to the sink, each key
    // once, or stay in `entries` if there is none.
    Town(u64 keys, u64 seed, base::WorkerPool& pool, Sink sink = {});

    std::deque<Townsman> members;
    Townsman node, agent, agency;  // validator, store and treasury; settlement; programmes
    std::vector<TownListing> listings;
    std::vector<VoucherId> vouchers;  // number v is held by member v % members.size()
    std::vector<ProgrammeId> programmes;
    FamilyId family = family_id("bench");
    ledger::StateTree::Changes entries;
    u64 entry_count = 0;

private:
    void add_member(const Townsman& member, u16 roles);
    void attest(const Townsman& member, u64 number);
    void add_programmes(u64 count, Random& random);
    void add_listing(u32 owner, Random& random);
    void add_voucher(u64 number, Random& random);
    void add_settled_order(Random& random);
    template <class Record>
    void put(StateKey key, const Record& record) {
        sink_(std::move(key), bcs::encode(record));
        ++entry_count;
    }

    Sink sink_;
};

}  // namespace jangbu::bench
