// A state that may be larger than memory: with little room, in memory or in a file, it is the same
// state, and its pieces come back for reuse.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "base/folder.h"
#include "ledger/state_tree.h"

using namespace jangbu;
using namespace jangbu::ledger;

namespace {

constexpr u64 mib = 1 << 20;

Bytes value_of(u64 n, std::size_t bytes) {
    Bytes value(bytes);
    std::mt19937_64 random(n);
    for (u8& byte : value) byte = static_cast<u8>(random());
    return value;
}

StateKey numbered_key(u64 n) {
    return state_key(static_cast<Table>(250), le64(n));
}

// Of this process: what it has mapped of files that have no name any more.
u64 unnamed_bytes() {
    std::ifstream maps("/proc/self/maps");
    u64 bytes = 0;
    for (std::string line; std::getline(maps, line);) {
        if (line.find("state-pages.") == std::string::npos) continue;
        const std::size_t dash = line.find('-');
        bytes += std::stoull(line.substr(dash + 1), nullptr, 16) -
                 std::stoull(line.substr(0, dash), nullptr, 16);
    }
    return bytes;
}

StateTree::Changes random_changes(std::mt19937_64& random, u64 keys, std::size_t count) {
    StateTree::Changes changes;
    while (changes.size() < count) {
        const u64 n = random() % keys;
        if (random() % 8 == 0) {
            changes[numbered_key(n)] = std::nullopt;
        } else {
            // Small ones, some of a class of their own, a few larger than any class.
            const u64 draw = random() % 1'000;
            const std::size_t bytes = draw == 0 ? 300'000 : draw < 20 ? 5'000 : random() % 400;
            changes[numbered_key(n)] = value_of(random(), bytes);
        }
    }
    return changes;
}

}  // namespace

TEST_CASE("state room: what memory has no room for is in a file, and the state is the same") {
    const base::ScratchFolder folder =
        base::ScratchFolder::make(std::filesystem::temp_directory_path()).value();
    std::mt19937_64 random(5);
    StateTree small(StateRoom{mib, folder.path()});
    StateTree large;
    StateTree held;  // an older version, with what it had
    StateTree::Changes expected;
    StateTree::Changes held_expected;
    for (int round = 0; round < 30; ++round) {
        const StateTree::Changes changes = random_changes(random, 20'000, 2'000);
        small = small.updated(changes);
        large = large.updated(changes);
        REQUIRE(small.root() == large.root());
        for (const auto& [key, value] : changes) expected[key] = value;
        if (round == 20) {
            held = small;
            held_expected = expected;
        }
    }
    CHECK(unnamed_bytes() >= 4 * mib);
    CHECK(std::filesystem::is_empty(folder.path()));  // it has no name
    const auto check = [](const StateTree& tree, const StateTree::Changes& model) {
        for (const auto& [key, value] : model) {
            const std::optional<ByteView> found = tree.find(key);
            REQUIRE(found.has_value() == value.has_value());
            if (found) REQUIRE(to_bytes(*found) == *value);
        }
    };
    check(small, expected);
    check(held, held_expected);
    small = {};
    large = {};
    held = {};
    CHECK(unnamed_bytes() == 0);
}

TEST_CASE("state room: pieces are used again") {
    const base::ScratchFolder folder =
        base::ScratchFolder::make(std::filesystem::temp_directory_path()).value();
    StateTree tree(StateRoom{mib, folder.path()});
    u64 after_first = 0;
    for (u64 round = 0; round < 60; ++round) {
        StateTree::Changes changes;
        for (u64 n = 0; n < 10'000; ++n)
            changes[numbered_key(n)] = value_of(round * 10'000 + n, 300);
        tree = tree.updated(changes);
        if (round == 5) after_first = unnamed_bytes();
    }
    CHECK(after_first > 0);
    CHECK(unnamed_bytes() == after_first);
}

TEST_CASE("state room: where no file can be made the values stay in memory") {
    StateTree tree(StateRoom{0, "/nonexistent/folder"});
    StateTree::Changes changes;
    for (u64 n = 0; n < 10'000; ++n) changes[numbered_key(n)] = value_of(n, 300);
    tree = tree.updated(changes);
    CHECK(unnamed_bytes() == 0);
    CHECK(tree.root() == StateTree().updated(changes).root());
}

TEST_CASE("state room: a builder gives the tree that one update gives") {
    for (const u64 count : {u64{0}, u64{1}, u64{600'000}}) {
        StateTree::Builder builder;
        StateTree::Changes changes;
        for (u64 n = 0; n < count; ++n) {
            builder.add(numbered_key(n), Bytes(n % 5, 1));
            changes[numbered_key(n)] = Bytes(n % 5, 1);
        }
        const StateTree built = builder.take();
        CHECK(built.root() == StateTree().updated(changes).root());
        CHECK(built.size() == count);
    }
}
