// Documents that retention let go: what a start, a replay and another node make of it.
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <set>

#include "tests/support/test_ledger.h"

using namespace jangbu;
using namespace jangbu::ledger;
using namespace jangbu::test;
using namespace jangbu::test::put_map;

namespace {

// A ledger whose blocks name documents: proofs, good and bad.
struct Documented {
    TestLedger ledger;
    std::map<DocumentHash, u64> named;  // the last height that names each
    std::vector<Header> headers;
    u8 fill = 0;

    // Content of that first byte decides a Prove.
    Document next_document(std::size_t bytes = 300) {
        ++fill;
        Document document = document_of(bytes, fill);
        document.salt = ByteArray<32>{fill, static_cast<u8>(headers.size())};
        return document;
    }
    void commit(const Document& document) {
        REQUIRE_OK(ledger.chain->store_documents({&document, 1}));
        const DocumentRef ref = document_ref(document, DocumentClass::evidence);
        REQUIRE_OK(ledger.commit({ledger.author(Prove{ref})}));
        headers.push_back(ledger.chain->head()->header);
        named[ref.hash] = headers.back().height;
    }
    Tombstone tombstone(const DocumentHash& hash) const {
        const Header& head = ledger.chain->head()->header;
        return {{hash, 1, 3}, named.at(hash), head.height, head.time_ms};
    }
    std::vector<Tombstone> some(std::mt19937_64& random) const {
        std::vector<Tombstone> out;
        for (const auto& [hash, height] : named)
            if (random() % 3 == 0) out.push_back(tombstone(hash));
        return out;
    }
    void check_whole(const std::set<DocumentHash>& gone) const {
        REQUIRE(ledger.chain->head()->header == headers.back());
        CHECK(ledger.chain->head()->state.root() == headers.back().state_root);
        for (std::size_t i = 0; i < headers.size(); ++i)
            CHECK(ledger.chain->blocks().block(i + 1)->header == headers[i]);
        for (const auto& [hash, height] : named) {
            CHECK(ledger.chain->documents().find(hash).has_value() == !gone.contains(hash));
            CHECK(ledger.chain->tombstone(hash)->has_value() == gone.contains(hash));
        }
    }
};

u64 file_bytes_below(const std::filesystem::path& folder) {
    u64 sum = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
        if (entry.is_regular_file()) sum += entry.file_size();
    return sum;
}

}  // namespace

TEST_CASE("pruned documents: a tombstone has the bytes that are written down") {
    DocumentRef ref{DocumentHash(ByteArray<32>{1}), 0x0203, 4};
    const Bytes bytes = bcs::encode(Tombstone{ref, 5, 6, 7});
    CHECK(to_hex(bytes) ==
          "01"
          "0100000000000000000000000000000000000000000000000000000000000000"
          "0302000004"
          "0500000000000000"
          "0600000000000000"
          "0700000000000000");
    CHECK(bytes.size() == tombstone_bytes);
    const Bytes named = bcs::encode(NamedBelow{ref, 5});
    CHECK(to_hex(named) ==
          "01"
          "0100000000000000000000000000000000000000000000000000000000000000"
          "0302000004"
          "0500000000000000");
    CHECK(named.size() == named_below_bytes);
    CHECK(to_hex(bcs::encode(RecordedOutcomes{{{TxId(ByteArray<32>{9}), 197}}})) ==
          "01"
          "01"
          "0900000000000000000000000000000000000000000000000000000000000000"
          "c500");
}

TEST_CASE("pruned documents: pruned at any height, a start and a replay give the same ledger") {
    rc::check([] {
        const auto seed = *rc::gen::arbitrary<u64>();
        std::mt19937_64 random(seed);
        TestFolder folder;
        const std::filesystem::path home = folder.path / "ledger";
        Documented on;
        REQUIRE_OK(on.ledger.open(home));
        std::set<DocumentHash> gone;
        for (int step = 0; step < 12; ++step) {
            on.commit(on.next_document(random() % 2'000 + 1));
            if (random() % 4 != 0) continue;
            std::vector<Tombstone> going = on.some(random);
            std::erase_if(going,
                          [&](const Tombstone& one) { return gone.contains(one.document.hash); });
            CHECK(on.ledger.chain->prune_documents(going).value() == going.size());
            for (const Tombstone& one : going) gone.insert(one.document.hash);
            if (random() % 2 == 0) REQUIRE_OK(on.ledger.open(home));
        }
        on.check_whole(gone);
        REQUIRE_OK(on.ledger.open(home));
        on.check_whole(gone);
        // Everything is executed again, without the documents.
        on.ledger.chain.reset();
        std::filesystem::remove_all(home / "state");
        REQUIRE_OK(on.ledger.open(home));
        on.check_whole(gone);
        on.commit(on.next_document());
        REQUIRE_OK(on.ledger.open(home));
        on.check_whole(gone);
    });
}

TEST_CASE("pruned documents: a document that is gone without a tombstone is lost") {
    MemoryDisk disk;
    Documented on;
    REQUIRE_OK(on.ledger.open(disk));
    const Document document = on.next_document();
    on.commit(document);
    const DocumentHash hash = document_hash(bcs::encode(document));
    disk.documents.erase(hash);
    SUBCASE("none at all") {}
    SUBCASE("one of before the block that names it") {
        disk.tombstones[hash] = {{hash, 1, 3}, 0, 0, 0};
    }
    const Status opened = on.ledger.open(disk);
    REQUIRE(!opened);
    CHECK(opened.error().code == ErrorCode::corrupted);
    CHECK(opened.error().detail.find("of height 1 is missing") != std::string::npos);
}

TEST_CASE("pruned documents: what was named again after the list was made stays") {
    MemoryDisk disk;
    Documented on;
    REQUIRE_OK(on.ledger.open(disk));
    const Document first = on.next_document();
    const Document second = on.next_document();
    on.commit(first);
    on.commit(second);
    std::vector<Tombstone> list;
    for (const auto& [hash, height] : on.named) list.push_back(on.tombstone(hash));
    on.commit(first);
    SUBCASE("in a block of before") {
        CHECK(on.ledger.chain->prune_documents(list).value() == 1);
        on.check_whole({document_hash(bcs::encode(second))});
    }
    SUBCASE("and while a block is open nothing goes") {
        REQUIRE_OK(on.ledger.chain->append(next_input(*on.ledger.chain->head(), {})));
        CHECK(on.ledger.chain->prune_documents(list).error().code == ErrorCode::conflict);
        CHECK(disk.documents.size() == 2);
    }
    SUBCASE("and what went may come back with another block") {
        CHECK(on.ledger.chain->prune_documents(list).value() == 1);
        on.commit(second);
        on.check_whole({});
        REQUIRE_OK(on.ledger.open(disk));
        on.check_whole({});
    }
}

TEST_CASE("pruned documents: a crash at any write of a pruning leaves documents or tombstones") {
    for (const MemoryDisk::Fault fault : {MemoryDisk::Fault::lose, MemoryDisk::Fault::keep}) {
        for (u64 at = 0;; ++at) {
            MemoryDisk disk;
            Documented on;
            REQUIRE_OK(on.ledger.open(disk, 2));
            for (int i = 0; i < 6; ++i) on.commit(on.next_document());
            disk.fault = fault;
            disk.fail_at = disk.writes + at;
            bool failed = false;
            for (const auto& [hash, height] : std::map(on.named)) {
                const Tombstone one = on.tombstone(hash);
                if (!on.ledger.chain->prune_documents({&one, 1})) failed = true;
            }
            if (failed) {  // the chain goes on no more
                CHECK_FALSE(on.ledger.chain->append(next_input(*on.ledger.chain->head(), {})));
            }
            disk.fail_at.reset();
            disk.entries.clear();
            disk.marker.reset();
            REQUIRE_OK(on.ledger.open(disk, 2));
            std::set<DocumentHash> gone;
            for (const auto& [hash, tombstone] : disk.tombstones) gone.insert(hash);
            on.check_whole(gone);
            if (!failed) {
                CHECK(gone.size() == 6);
                break;
            }
        }
    }
}

TEST_CASE("pruned documents: a block of another node is taken without its document, crash or not") {
    for (const bool is_proven : {true, false}) {
        CAPTURE(is_proven);
        MemoryDisk source_disk;
        Documented source;
        REQUIRE_OK(source.ledger.open(source_disk));
        Document document = source.next_document();
        document.bytes[0] = is_proven ? 1 : 2;
        source.commit(document);
        const BlockRecord block = source.ledger.chain->blocks().block(1).value();
        const DocumentHash hash = document_hash(bcs::encode(document));
        const PrunedDocuments pruned{{source.tombstone(hash)},
                                     ReplayDocuments::outcomes_of(block.receipts).value()};
        REQUIRE(pruned.recorded.outcomes.size() == 1);
        CHECK(pruned.recorded.outcomes[0].code == (is_proven ? 0 : 103));

        MemoryDisk disk;
        TestLedger ledger;
        REQUIRE_OK(ledger.open(disk));
        const BlockInput input = decode_block_input(block.input, ledger.application).value();
        CHECK(ledger.chain->append(input).error().code == ErrorCode::verification_failed);
        REQUIRE_OK(ledger.chain->append(input, pruned));
        SUBCASE("executed at once") {
            Execution execution = ledger.chain->execute().value();
            CHECK(execution.header == block.header);
            REQUIRE_OK(ledger.chain->commit(std::move(execution), block.finality));
        }
        SUBCASE("executed by the next start") {}
        REQUIRE_OK(ledger.open(disk));
        CHECK(ledger.chain->head()->header == block.header);
        CHECK(ledger.chain->tombstone(hash)->value() == pruned.tombstones[0]);
        disk.entries.clear();
        disk.marker.reset();
        REQUIRE_OK(ledger.open(disk));
        CHECK(ledger.chain->head()->header == block.header);
    }
}

TEST_CASE("pruned documents: their room goes back to the disk") {
    TestFolder folder;
    Documented on;
    REQUIRE_OK(on.ledger.open(folder.path));
    std::mt19937_64 random(1);
    for (int i = 0; i < 40; ++i) {
        Document document = on.next_document(90'000);
        for (u8& byte : document.bytes) byte = static_cast<u8>(random());
        on.commit(document);
    }
    on.ledger.chain->compact_documents();
    const u64 before = file_bytes_below(folder.path / "documents");
    CHECK(before > 40 * 90'000);
    std::vector<Tombstone> all;
    std::set<DocumentHash> gone;
    for (const auto& [hash, height] : on.named) {
        all.push_back(on.tombstone(hash));
        gone.insert(hash);
    }
    CHECK(on.ledger.chain->prune_documents(all).value() == 40);
    on.ledger.chain->compact_documents();
    REQUIRE_OK(on.ledger.open(folder.path));
    on.check_whole(gone);
    CHECK(file_bytes_below(folder.path / "documents") < before / 10);
}
