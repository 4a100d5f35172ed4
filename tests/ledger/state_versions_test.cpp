// Versions of the state tree: each that is held reads as it was made, whatever happened since, and
// its proofs hold under its own root.
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <random>
#include <thread>

#include "ledger/sparse_tree.h"
#include "ledger/state_tree.h"
#include "tests/support/naive_state_tree.h"

using namespace jangbu;
using namespace jangbu::ledger;
using namespace jangbu::test;

namespace {

struct Held {
    sparse::Tree tree;
    HashMap model;
};

// Keys of three kinds: spread out, under one first byte (so that one region grows alone), and with
// 190 bits in common.
Hash key_at(u64 n) {
    Hash key = crypto::sha256(le64(n));
    if (n % 4 == 1) key[0] = 0x5A;
    if (n % 64 == 2) std::fill_n(key.begin(), 24, u8{0xC3});
    return key;
}

// Changes the tree and its model alike.
Held changed(const Held& from, const HashMap& puts, std::span<const Hash> erases) {
    std::map<Hash, std::optional<Hash>> all;
    for (const auto& [key, value] : puts) all[key] = value;
    for (const Hash& key : erases) all[key] = std::nullopt;
    Held after{{}, from.model};
    std::vector<sparse::Change> changes;
    for (const auto& [key, value] : all) {
        if (value) {
            after.model[key] = *value;
            changes.push_back(sparse::put(key, *value));
        } else {
            after.model.erase(key);
            changes.push_back(sparse::erase(key));
        }
    }
    after.tree = from.tree.updated(changes);
    return after;
}

Held random_change(const Held& from, std::mt19937_64& random, u64 keys) {
    HashMap puts;
    std::vector<Hash> erases;
    for (u64 left = random() % 120; left > 0; --left) {
        const Hash key = key_at(random() % keys);
        if (random() % 3 == 0)
            erases.push_back(key);
        else
            puts[key] = crypto::sha256(le64(random()));
    }
    return changed(from, puts, erases);
}

void check_whole(const Held& held) {
    CHECK(held.tree.root() == naive_state_root(held.model));
    CHECK(held.tree.size() == held.model.size());
    auto expected = held.model.begin();
    held.tree.for_each([&](const sparse::Entry& entry) {
        REQUIRE(expected != held.model.end());
        CHECK(entry.key == expected->first);
        CHECK(entry.leaf->value_hash == expected->second);
        ++expected;
    });
    CHECK(expected == held.model.end());
}

void check_key(const Held& held, const Hash& key) {
    const auto expected = held.model.find(key);
    const sparse::Leaf* leaf = held.tree.find(key);
    REQUIRE((leaf != nullptr) == (expected != held.model.end()));
    if (leaf) CHECK(leaf->value_hash == expected->second);
    std::optional<Hash> value;
    if (leaf) value = expected->second;
    CHECK(verify_hashed_state(held.tree.root(), key, value, held.tree.prove(key)));
}

void check_many(const Held& held, std::mt19937_64& random, u64 keys) {
    std::vector<Hash> asked(random() % 70);
    for (Hash& key : asked) key = key_at(random() % keys);
    std::vector<const sparse::Leaf*> found(asked.size());
    held.tree.find_many(asked, found);
    for (std::size_t i = 0; i < asked.size(); ++i) REQUIRE(found[i] == held.tree.find(asked[i]));
}

}  // namespace

TEST_CASE("state versions: each held one stays as it was through updates, retakes and forks") {
    std::mt19937_64 random(11);
    for (const u64 keys : {40u, 600u, 6'000u}) {
        CAPTURE(keys);
        std::deque<Held> held(1);
        HashMap first;
        for (u64 n = 0; n < keys / 2; ++n) first[key_at(random() % keys)] = key_at(n);
        held.push_back(changed(held[0], first, {}));
        check_whole(held.back());
        for (int round = 0; round < 120; ++round) {
            const u64 drawn = random() % 10;
            if (drawn == 0 && held.size() > 1) {
                // The newest is dropped: the one before it is updated again.
                held.pop_back();
            } else if (drawn == 1) {
                // An older one is updated while newer ones are held: a fork, which lives on.
                const std::size_t at = random() % held.size();
                held.push_back(random_change(held[at], random, keys));
            } else {
                held.push_back(random_change(held.back(), random, keys));
            }
            if (keys <= 600) check_whole(held.back());
            while (held.size() > 9) {
                // Not always the oldest.
                const auto at = static_cast<std::ptrdiff_t>(random() % (held.size() - 1));
                held.erase(held.begin() + at);
            }
            for (int i = 0; i < 20; ++i) {
                const std::size_t at = random() % held.size();
                check_key(held[at], key_at(random() % keys));
            }
            check_many(held[random() % held.size()], random, keys);
        }
        for (const Held& each : held) check_whole(each);
    }
}

TEST_CASE("state versions: the same entries have one root, by any order and any size of update") {
    std::mt19937_64 random(12);
    Held whole;
    std::vector<std::pair<Hash, Hash>> entries;
    {
        HashMap puts;
        for (u64 n = 0; n < 20'000; ++n) puts[key_at(n)] = crypto::sha256(le64(n));
        entries.assign(puts.begin(), puts.end());
        whole = changed(Held{}, puts, {});
    }
    check_whole(whole);
    for (const std::size_t step : {7u, 1'000u, 15'000u}) {
        std::ranges::shuffle(entries, random);
        Held grown;
        for (std::size_t from = 0; from < entries.size(); from += step) {
            const auto end = std::min(from + step, entries.size());
            const HashMap some(entries.begin() + static_cast<std::ptrdiff_t>(from),
                               entries.begin() + static_cast<std::ptrdiff_t>(end));
            grown.tree = changed(Held{grown.tree, {}}, some, {}).tree;
        }
        CHECK(grown.tree.root() == whole.tree.root());
        CHECK(grown.tree.size() == entries.size());
        // More, and away again.
        HashMap more;
        for (u64 n = 50'000; n < 80'000; ++n) more[key_at(n)] = Hash{};
        const Held larger = changed(Held{grown.tree, {}}, more, {});
        std::vector<Hash> keys;
        for (const auto& [key, value] : more) keys.push_back(key);
        CHECK(changed(larger, {}, keys).tree.root() == whole.tree.root());
        CHECK(grown.tree.root() == whole.tree.root());
    }
    // All away leaves nothing, and a held version is still whole.
    std::vector<Hash> keys;
    for (const auto& [key, value] : entries) keys.push_back(key);
    const Held none = changed(whole, {}, keys);
    CHECK(none.tree.root() == Hash{});
    CHECK(none.tree.size() == 0);
    check_whole(whole);
}

TEST_CASE("state versions: 10,000 proofs at recent roots hold there and nowhere else") {
    std::mt19937_64 random(13);
    HashMap first;
    for (u64 n = 0; n < 5'000; ++n) first[key_at(n)] = Hash{};
    std::vector<Held> held{changed(Held{}, first, {})};
    // Every block changes the one key, so every root differs for it.
    const Hash hot = key_at(0);
    while (held.size() < 16) {
        Held next = random_change(held.back(), random, 9'000);
        held.push_back(changed(next, {{hot, crypto::sha256(le64(held.size()))}}, {}));
    }
    for (int round = 0; round < 10'000; ++round) {
        const std::size_t at = random() % held.size();
        const Held& here = held[at];
        const Hash key = round % 4 == 0 ? hot : key_at(random() % 12'000);
        const StateProof proof = here.tree.prove(key);
        const auto entry = here.model.find(key);
        std::optional<Hash> value;
        if (entry != here.model.end()) value = entry->second;
        CHECK(verify_hashed_state(here.tree.root(), key, value, proof));
        const Held& other = held[(at + 1 + random() % (held.size() - 1)) % held.size()];
        CHECK_FALSE(verify_hashed_state(other.tree.root(), key, value, proof));
    }
}

TEST_CASE("state versions: readers of held versions do not notice the updates") {
    std::mt19937_64 random(14);
    HashMap first;
    for (u64 n = 0; n < 3'000; ++n) first[key_at(n)] = key_at(n + 1);
    const Held start = changed(Held{}, first, {});
    std::mutex lock;
    Held head = start;  // guarded by lock
    std::atomic<bool> ended = false;
    std::atomic<u64> reads = 0;
    const auto read = [&](u64 seed) {
        std::mt19937_64 draws(seed);
        while (!ended) {
            Held mine;
            {
                const std::scoped_lock guard(lock);
                mine = draws() % 4 == 0 ? start : head;
            }
            for (int i = 0; i < 50; ++i) {
                const Hash key = key_at(draws() % 6'000);
                const auto expected = mine.model.find(key);
                const sparse::Leaf* leaf = mine.tree.find(key);
                std::optional<Hash> value;
                if (expected != mine.model.end()) value = expected->second;
                const bool right =
                    (leaf != nullptr) == value.has_value() &&
                    (!leaf || leaf->value_hash == *value) &&
                    verify_hashed_state(mine.tree.root(), key, value, mine.tree.prove(key));
                if (!right) return ended.store(true);
            }
            ++reads;
        }
    };
    std::vector<std::thread> readers;
    for (u64 seed = 1; seed <= 3; ++seed) readers.emplace_back(read, seed);
    int updates = 0;
    while ((updates < 60 || reads < 60) && !ended) {
        Held next = random_change(head, random, 6'000);
        if (updates++ % 5 == 0) next = random_change(head, random, 6'000);  // a retake
        const std::scoped_lock guard(lock);
        head = std::move(next);
    }
    CHECK_FALSE(ended.exchange(true));
    for (std::thread& reader : readers) reader.join();
    check_whole(head);
    check_whole(start);
}
