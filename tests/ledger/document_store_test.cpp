// The document store: what is found is what the hash says, and unreadable is not absent.
#include <doctest/doctest.h>

#include <fstream>

#include "base/file.h"
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

TEST_CASE("document store: what pruned blocks named stays until its document goes") {
    TestFolder folder;
    const Document one = document_of(10, 1);
    const Document other = document_of(20, 2);
    const DocumentRef as_public = document_ref(one, DocumentClass::public_);
    const DocumentRef as_personal = document_ref(one, DocumentClass::personal);
    const DocumentRef beside = document_ref(other, DocumentClass::parties);
    const auto sorted = [](std::vector<NamedBelow> all) {
        std::ranges::sort(all, {}, [](const NamedBelow& named) {
            return std::tuple(named.document.hash, named.document.access, named.height);
        });
        return all;
    };
    {
        const auto store = open_document_store(folder.path).value();
        REQUIRE_OK(store->put(std::vector{one, other}));
        CHECK(store->named_below()->empty());
        REQUIRE_OK(store->put_named(std::vector<NamedBelow>{{as_public, 3}, {as_personal, 4}}));
        REQUIRE_OK(store->put_named(std::vector<NamedBelow>{{as_public, 7}, {beside, 7}}));
    }
    const auto store = open_document_store(folder.path).value();
    CHECK(*store->named_below() == sorted({{as_public, 7}, {as_personal, 4}, {beside, 7}}));
    REQUIRE_OK(store->prune(std::vector<Tombstone>{{as_public, 7, 9, 9}}));
    CHECK(*store->named_below() == std::vector<NamedBelow>{{beside, 7}});
    CHECK(store->find(hash_of(other)));
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

// LevelDB calls it damage, and a power cut does it to whatever is being written.
TEST_CASE("document store: a torn write at the end of its log does not stop a start") {
    TestFolder folder;
    const Document durable = document_of(5'000, 1);
    const Document torn = document_of(9'000, 2);
    {
        const auto store = open_document_store(folder.path).value();
        REQUIRE_OK(store->put({&durable, 1}));
        REQUIRE_OK(store->put({&torn, 1}));
    }
    std::filesystem::path log;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path))
        if (entry.path().extension() == ".log") log = entry.path();
    {
        std::fstream file(log, std::ios::binary | std::ios::in | std::ios::out);
        file.seekp(8'192);  // a page of the second, the rest of it being there
        file.write(std::string(4'096, '\0').data(), 4'096);
    }
    const auto store = open_document_store(folder.path);
    REQUIRE_OK(store);
    CHECK((*store)->find(hash_of(durable)) == durable);
    CHECK_FALSE((*store)->find(hash_of(torn)));
    CHECK((*store)->check()->size() == 1);
    CHECK(std::filesystem::exists(folder.path / "lost" / log.filename()));
}

TEST_CASE("document store: without its CURRENT or MANIFEST it is put together from its tables") {
    TestFolder folder;
    const Document document = document_of(5'000, 1);
    for (int i = 0; i < 2; ++i) {
        const auto store = open_document_store(folder.path).value();
        REQUIRE_OK(store->put({&document, 1}));
    }
    for (const auto& entry : std::filesystem::directory_iterator(folder.path))
        if (entry.path().filename().string().starts_with("MANIFEST") ||
            entry.path().filename() == "CURRENT")
            std::filesystem::remove(entry.path());
    const auto store = open_document_store(folder.path);
    REQUIRE_OK(store);
    CHECK((*store)->find(hash_of(document)) == document);
}
