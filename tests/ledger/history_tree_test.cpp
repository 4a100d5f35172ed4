// HistoryTree against the list functions of crypto::merkle, which the vectors fix, and against a
// chain of the vectors.
#include "ledger/history_tree.h"

#include <doctest/doctest.h>

#include "tests/support/vectors.h"

using namespace jangbu;
using namespace jangbu::ledger;
using namespace jangbu::test;

namespace merkle = crypto::merkle;

namespace {

HeaderHash header_at(u64 height) {
    return HeaderHash(crypto::sha256(le64(height)));
}

}  // namespace

TEST_CASE("history tree: roots and proofs equal those of the whole list at every size up to 70") {
    HistoryTree tree;
    std::vector<Hash> leaves;
    CHECK(tree.size() == 0);
    for (u64 height = 0; height < 70; ++height) {
        tree.append(header_at(height));
        leaves.push_back(merkle::leaf(header_at(height).bytes));
    }
    CHECK(tree.size() == 70);
    for (std::size_t size = 0; size <= 70; ++size) {
        const std::span<const Hash> part(leaves.data(), size);
        const Hash root = merkle::root(part);
        CHECK(tree.root(size) == root);
        for (u64 index = 0; index < size; ++index) {
            const std::vector<Hash> path = tree.inclusion(index, size);
            CHECK(path == merkle::inclusion(index, part));
            CHECK(merkle::verify_inclusion(leaves[index], index, size, path, root));
        }
        for (std::size_t first = 0; first <= size; ++first) {
            const std::vector<Hash> path = tree.consistency(first, size);
            CHECK(path == merkle::consistency(first, part));
            CHECK(merkle::verify_consistency(first, size, tree.root(first), root, path));
        }
    }
}

TEST_CASE("history tree: the history roots of the vectors' chain") {
    HistoryTree tree;
    for (const json& entry : vectors("transactions.json").at("headers")) {
        CHECK(to_hex(tree.root(tree.size())) == text_of(entry.at("value").at("history_root")));
        tree.append(HeaderHash(array_of<32>(entry.at("hash"))));
    }
}

TEST_CASE("history tree: a larger tree still proves its past") {
    HistoryTree tree;
    merkle::Frontier frontier;
    for (u64 height = 0; height < 5'000; ++height) {
        tree.append(header_at(height));
        frontier.append(merkle::leaf(header_at(height).bytes));
        if (height % 997 == 0) CHECK(tree.root(height + 1) == frontier.root());
    }
    const Hash root = tree.root(5'000);
    for (u64 index = 0; index < 5'000; index += 61) {
        CHECK(merkle::verify_inclusion(merkle::leaf(header_at(index).bytes), index, 5'000,
                                       tree.inclusion(index, 5'000), root));
        CHECK(merkle::verify_consistency(index, 5'000, tree.root(index), root,
                                         tree.consistency(index, 5'000)));
    }
}
