// The document store: what is found is what the hash says, and unreadable is not absent.
#include <doctest/doctest.h>

#include "ledger/level_db.h"
#include "tests/support/test_ledger.h"

using namespace jangbu;
using namespace jangbu::ledger;
using namespace jangbu::test;

namespace {

DocumentHash hash_of(const Document& document) {
    return document_hash(bcs::encode(document));
}

}  // namespace

TEST_CASE("document store: gives back what was put, also after it was closed") {
    TestFolder folder;
    const std::vector<Document> documents{document_of(0, 1), document_of(1, 2),
                                          document_of(90'000, 3)};
    {
        const auto store = open_document_store(folder.path).value();
        REQUIRE_OK(store->put(documents));
        REQUIRE_OK(store->put(documents));
        REQUIRE_OK(store->put({}));
    }
    const auto store = open_document_store(folder.path).value();
    for (const Document& document : documents) CHECK(store->find(hash_of(document)) == document);
    CHECK_FALSE(store->find(DocumentHash()));
    CHECK_OK(store->health());
    std::vector<DocumentHash> expected;
    for (const Document& document : documents) expected.push_back(hash_of(document));
    std::ranges::sort(expected);
    CHECK(*store->check() == expected);
}

TEST_CASE("document store: a document under another's hash is damage, not absence") {
    TestFolder folder;
    const Document document = document_of(50, 1);
    const DocumentHash wrong(ByteArray<32>{9});
    {
        const auto db = LevelDb::open(folder.path, "restore").value();
        LevelDb::Batch batch;
        batch.put(concat({as_bytes("d"), wrong.bytes}), bcs::encode(document));
        REQUIRE_OK(db->write(std::move(batch)));
    }
    const auto store = open_document_store(folder.path).value();
    CHECK(store->check().error().code == ErrorCode::corrupted);
    CHECK_OK(store->health());
    CHECK_FALSE(store->find(wrong));
    REQUIRE_FALSE(store->health().has_value());
    CHECK(store->health().error().code == ErrorCode::corrupted);
    CHECK(store->health().error().detail.find(wrong.hex()) != std::string::npos);
}
