#include "node/mempool.h"

#include "tests/node/node_world.h"

using namespace jangbu;
using namespace jangbu::test;
using node::Mempool;
using node::Pending;
using node::PendingPtr;

namespace {

PendingPtr pending(std::string_view id, std::string_view org, std::size_t bytes = 100) {
    auto made = std::make_shared<Pending>();
    made->id = TxId(named_hash(id));
    made->org = OrgId(named_hash(org));
    made->bytes = bytes;
    return made;
}

}  // namespace

TEST_CASE("mempool: is bounded by count, by bytes and by organisation, and says which") {
    Mempool pool({4, 1'000, 2});
    CHECK(pool.add(pending("1", "a")).has_value());
    CHECK(pool.add(pending("2", "a")).has_value());
    CHECK(pool.add(pending("3", "a")).error().detail.find("organisation") != std::string::npos);
    CHECK(pool.add(pending("4", "b", 801)).error().detail.find("bytes") != std::string::npos);
    CHECK(pool.add(pending("4", "b", 800)).has_value());
    CHECK(pool.bytes() == 1'000);
    CHECK(pool.add(pending("5", "c", 0)).has_value());
    CHECK(pool.add(pending("6", "d", 0)).error().detail.find("transactions") != std::string::npos);
    CHECK(pool.add(pending("6", "d", 0)).error().code == ErrorCode::limit_exceeded);
    CHECK(pool.size() == 4);
}

TEST_CASE("mempool: one more than all bytes of the bound does not wrap") {
    Mempool pool({4, 1'000, 4});
    CHECK_FALSE(pool.add(pending("1", "a", 1'001)).has_value());
    CHECK_FALSE(pool.add(pending("1", "a", ~std::size_t{0})).has_value());
    CHECK(pool.size() == 0);
}

TEST_CASE("mempool: removing makes room again") {
    Mempool pool({2, 200, 1});
    const PendingPtr first = pending("1", "a");
    REQUIRE(pool.add(first).has_value());
    CHECK_FALSE(pool.check_room(first->org, 1).has_value());
    const TxId gone[] = {first->id, TxId(named_hash("never there"))};
    pool.remove(gone);
    CHECK(pool.size() == 0);
    CHECK(pool.bytes() == 0);
    CHECK(pool.check_room(first->org, 200).has_value());
    CHECK(pool.find(first->id) == nullptr);
}

TEST_CASE("mempool: an id is in it once; order is that of arrival") {
    Mempool pool({10, 10'000, 10});
    for (const char* id : {"c", "a", "b"}) REQUIRE(pool.add(pending(id, "o")).has_value());
    CHECK(pool.add(pending("a", "p")).error().code == ErrorCode::already_exists);
    const std::vector<PendingPtr> two = pool.oldest(2);
    REQUIRE(two.size() == 2);
    CHECK(two[0]->id == TxId(named_hash("c")));
    CHECK(two[1]->id == TxId(named_hash("a")));
    CHECK(pool.oldest(100).size() == 3);
    CHECK(pool.find(TxId(named_hash("b"))) != nullptr);
}
