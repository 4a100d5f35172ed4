// A ledger that goes back: as if what it left had never been there, or refused and unchanged.
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "base/file.h"
#include "ledger/log_cut.h"
#include "ledger/snapshot_reader.h"
#include "tests/support/test_ledger.h"

using namespace jangbu;
using namespace jangbu::ledger;
using namespace jangbu::test;
using namespace jangbu::test::put_map;

namespace fs = std::filesystem;

namespace {

// A ledger on a disk in memory or in a folder.
struct Place {
    bool is_folder;
    MemoryDisk disk = {};
    TestFolder folder = {};

    Stores stores(const Genesis& genesis) {
        if (!is_folder) return disk.stores();
        return open_stores(folder.path / "chain", chain_id(genesis)).value();
    }
};

Status open(TestLedger& ledger, Place& place, const Chain::Options& options) {
    ledger.chain.reset();
    ledger.application = PutMap();
    ledger.chain = TRY(Chain::open(place.stores(ledger.genesis.genesis), ledger.genesis,
                                   ledger.application, sign_header, options));
    ledger.author.now_ms = ledger.chain->head()->header.time_ms;
    return {};
}

// One block, with a document now and then.
BlockInput add_block(TestLedger& ledger, std::mt19937_64& random, u64 step_ms = 5'000) {
    std::vector<Transaction> transactions = ledger.random_transactions(random);
    if (random() % 4 == 0) {
        const Document document = document_of(random() % 3'000, static_cast<u8>(random()));
        REQUIRE_OK(ledger.chain->store_documents(std::span(&document, 1)));
        transactions.push_back(
            ledger.author(Attach{document_ref(document, DocumentClass::parties)}));
    }
    const BlockInput input =
        next_input(*ledger.chain->head(), std::move(transactions), 1 + random() % step_ms);
    REQUIRE_OK(commit_input(*ledger.chain, input));
    ledger.author.now_ms = input.time_ms;
    return input;
}

// The same blocks, with the documents of `from`.
void repeat(const Chain& from, Chain& to, std::span<const BlockInput> inputs) {
    const PutMap rules;
    for (const BlockInput& input : inputs) {
        std::vector<Document> documents;
        for (const Transaction& transaction : input.transactions)
            for (const DocumentRef& ref : rules.documents(transaction.body.operation))
                documents.push_back(from.documents().find(ref.hash).value());
        REQUIRE_OK(to.store_documents(documents));
        REQUIRE_OK(commit_input(to, input));
    }
}

// Everything that a reader sees, of every height and key.
void check_same_ledger(const TestLedger& one, const TestLedger& other) {
    const SnapshotPtr a = one.chain->head();
    const SnapshotPtr b = other.chain->head();
    REQUIRE(a->header == b->header);
    CHECK(a->finality == b->finality);
    const u64 height = a->header.height;
    CHECK(a->history->root(height + 1) == b->history->root(height + 1));
    std::map<StateKey, Bytes> entries;
    std::map<StateKey, Bytes> others;
    a->state.for_each(
        [&](ByteView key, ByteView value) { entries[to_bytes(key)] = to_bytes(value); });
    b->state.for_each(
        [&](ByteView key, ByteView value) { others[to_bytes(key)] = to_bytes(value); });
    CHECK(entries == others);
    CHECK(a->state.root() == a->header.state_root);
    for (const auto& [key, value] : entries)
        CHECK(bcs::encode(a->state.prove(key)) == bcs::encode(b->state.prove(key)));
    CHECK(one.application.deadlines() == other.application.deadlines());
    CHECK(one.chain->used_count() == other.chain->used_count());
    for (u64 h = 1; h <= height; ++h) {
        const auto first = one.chain->blocks().block(h);
        const auto second = other.chain->blocks().block(h);
        REQUIRE_OK(first);
        REQUIRE_OK(second);
        CHECK(first->header == second->header);
        CHECK(first->input == second->input);
        CHECK(first->receipts == second->receipts);
        CHECK(first->finality == second->finality);
        for (u32 i = 0; i < first->ids.size(); ++i) {
            CHECK(one.chain->is_used(first->ids[i]) == other.chain->is_used(first->ids[i]));
            CHECK(one.chain->blocks().locate(first->ids[i]).value() == std::pair(h, i));
        }
    }
    CHECK_FALSE(one.chain->blocks().input(height + 1).has_value());
}

void check_gone(const TestLedger& ledger, std::span<const BlockInput> lost) {
    for (const BlockInput& input : lost)
        for (const Transaction& transaction : input.transactions) {
            const TxId id = txid(ledger.chain->id(), transaction.body);
            CHECK_FALSE(ledger.chain->is_used(id));
            CHECK_FALSE(ledger.chain->blocks().locate(id).has_value());
        }
}

}  // namespace

// Made by hand from docs/formats.md section 14.
TEST_CASE("undo window: golden bytes") {
    const UndoRecord record{7, {{{250, 'a'}, std::nullopt}, {{250, 'b'}, {{{1, 2, 3}}}}}};
    CHECK(to_hex(bcs::encode(record)) == "0107000000000000000202fa610002fa620103010203");
    CHECK(bcs::decode<UndoRecord>(bcs::encode(record)) == record);
    // Keys ascend, and stand once.
    CHECK_FALSE(bcs::decode<UndoRecord>(from_hex("0107000000000000000202fa620002fa6100").value())
                    .has_value());
    const LogCut cut{{5, HeaderHash(ByteArray<32>{9})}, 2, 4'096};
    CHECK(to_hex(encode(cut)) ==
          "0105000000000000000900000000000000000000000000000000000000000000000000000000"
          "0000000200000000100000000000009bf61d64da08fd3e67ee5535f05a70b1bc792799719d2d"
          "f61167da463e69ea02");
    TestFolder folder;
    REQUIRE_OK(write_log_cut(folder.path / "cut", cut));
    CHECK(read_log_cut(folder.path / "cut").value() == cut);
    CHECK_FALSE(read_log_cut(folder.path / "none").value().has_value());
    Bytes bytes = encode(cut);
    for (u8& byte : bytes) {
        byte ^= 1;
        REQUIRE_OK(write_file_atomically(folder.path / "cut", bytes, FileMode::owner_only));
        CHECK(read_log_cut(folder.path / "cut").error().code == ErrorCode::corrupted);
        byte ^= 1;
    }
}

TEST_CASE("undo window: records of random changes lead back through every map that was") {
    std::mt19937_64 random(1);
    for (int round = 0; round < 200; ++round) {
        std::map<StateKey, Bytes> now;
        StateTree::Changes first;
        for (u64 i = random() % 20; i > 0; --i)
            now[StateKey{static_cast<u8>(random() % 30)}] = Bytes(random() % 3, 7);
        for (const auto& [key, value] : now) first[key] = value;
        const StateTree tree = StateTree().updated(first);
        std::vector<std::map<StateKey, Bytes>> maps{now};
        std::vector<StateTree::Changes> blocks(1 + random() % 6);
        for (StateTree::Changes& block : blocks) {
            for (u64 i = random() % 12; i > 0; --i) {
                const StateKey key{static_cast<u8>(random() % 30)};
                block[key] = std::nullopt;
                now.erase(key);
                if (random() % 3 == 0) continue;
                now[key] = Bytes(random() % 9, static_cast<u8>(random()));
                block[key] = now[key];
            }
            maps.push_back(now);
        }
        const u64 last = 100 + blocks.size();
        const u64 count = random() % 8;
        UndoWindow window = undo_window(tree, blocks, last, count);
        const u64 kept = std::min<u64>(count, blocks.size());
        REQUIRE(window.records.size() == kept);
        if (count > 0) CHECK(window.first_kept == last - count + 1);
        StateTree::Changes back;
        for (u64 left = kept; left > 0; --left) {
            UndoRecord& record = window.records[left - 1];
            CHECK(record.height == last - kept + left);
            CHECK(record.entries.size() == blocks[record.height - 101].size());
            const UndoRecord stored = bcs::decode<UndoRecord>(bcs::encode(record)).value();
            add_undo(stored, back);
            std::map<StateKey, Bytes> reached = maps.back();
            for (const auto& [key, value] : back) {
                reached.erase(key);
                if (value) reached[key] = *value;
            }
            CHECK(reached == maps[record.height - 101]);
        }
    }
}

TEST_CASE("undo window: the state store keeps the window and nothing beside it") {
    for (const bool is_folder : {false, true}) {
        Place place{is_folder};
        TestLedger ledger;
        std::mt19937_64 random(3);
        const auto kept = [&] {
            ledger.chain.reset();
            std::vector<u64> heights;
            const Stores stores = place.stores(ledger.genesis.genesis);
            for (u64 height = 0; height < 60; ++height)
                if (stores.states->undo(height).value()) heights.push_back(height);
            return heights;
        };
        REQUIRE_OK(open(ledger, place, {.flush_every_blocks = 3, .undo_blocks = 5}));
        for (int i = 0; i < 20; ++i) add_block(ledger, random);
        CHECK(kept() == std::vector<u64>{14, 15, 16, 17, 18});
        REQUIRE_OK(open(ledger, place, {.flush_every_blocks = 3, .undo_blocks = 5}));
        CHECK(kept() == std::vector<u64>{16, 17, 18, 19, 20});  // an open flushes what it replays
        REQUIRE_OK(
            open(ledger, place, {.flush_every_blocks = 3, .undo_blocks = 5, .head_height = 17}));
        CHECK(kept() == std::vector<u64>{16, 17});
        REQUIRE_OK(open(ledger, place, {.flush_every_blocks = 7, .undo_blocks = 2}));
        for (int i = 0; i < 7; ++i) add_block(ledger, random);
        CHECK(kept() == std::vector<u64>{23, 24});
        REQUIRE_OK(open(ledger, place, {.flush_every_blocks = 1}));
        add_block(ledger, random);
        CHECK(kept().empty());
    }
}

TEST_CASE("undo window: gone back at random, the ledger is one that never had the tail") {
    const bool same = rc::check("random histories", [] {
        std::mt19937_64 random(*rc::gen::arbitrary<u64>());
        Place place{random() % 2 == 0};
        Place beside{false};
        TestLedger ledger;
        TestLedger other;
        Chain::Options options{.flush_every_blocks = 1 + random() % 9, .flushes_aside = false};
        options.undo_blocks = random() % 12;
        std::vector<BlockInput> inputs;
        REQUIRE_OK(open(ledger, place, options));
        const u64 step_ms = random() % 3 == 0 ? 8 * 3'600'000 : 5'000;
        for (int life = 0; life < 4; ++life) {
            for (u64 left = random() % 25; left > 0; --left)
                inputs.push_back(add_block(ledger, random, step_ms));
            if (random() % 2 == 0) REQUIRE_OK(open(ledger, place, options));
            const u64 end = inputs.size();
            const u64 to = random() % (end + 1);
            ledger.chain.reset();
            const u64 marker =
                place.stores(ledger.genesis.genesis).states->marker().value()->height;
            options.head_height = to;
            const Status gone = open(ledger, place, options);
            options.head_height = std::nullopt;
            const u64 lowest = marker - std::min(marker, options.undo_blocks);
            // Fewer records may be there after an earlier way back.
            if (to < lowest) REQUIRE_FALSE(gone.has_value());
            if (life == 0 && to >= lowest) REQUIRE_OK(gone);
            if (!gone) {
                CHECK(gone.error().code == ErrorCode::conflict);
                CHECK(gone.error().detail.find("begin anew from a snapshot") != std::string::npos);
                REQUIRE_OK(open(ledger, place, options));
                CHECK(ledger.chain->head()->header.height == end);
                continue;
            }
            CHECK(ledger.chain->head()->header.height == to);
            check_gone(ledger, std::span(inputs).subspan(to));
            inputs.resize(to);
            for (int again = 0; again < 2; ++again) {
                other.chain.reset();
                beside.disk = MemoryDisk();
                REQUIRE_OK(open(other, beside, options));
                repeat(*ledger.chain, *other.chain, inputs);
                check_same_ledger(ledger, other);
                if (again == 0) REQUIRE_OK(open(ledger, place, options));
            }
        }
        for (int i = 0; i < 3; ++i) inputs.push_back(add_block(ledger, random, step_ms));
        other.chain.reset();
        beside.disk = MemoryDisk();
        REQUIRE_OK(open(other, beside, options));
        repeat(*ledger.chain, *other.chain, inputs);
        check_same_ledger(ledger, other);
        REQUIRE_OK(open(ledger, place, options));
        check_same_ledger(ledger, other);
    });
    CHECK(same);
}

TEST_CASE("undo window: a disk that fails on the way back leaves the old head or the new one") {
    const Chain::Options options{
        .flush_every_blocks = 4, .flushes_aside = false, .undo_blocks = 10};
    constexpr u64 end = 19;
    TestLedger ledger;
    Place sound{false};
    std::mt19937_64 random(5);
    std::vector<HeaderHash> hashes{{}};
    REQUIRE_OK(open(ledger, sound, options));
    while (hashes.size() <= end) {
        add_block(ledger, random);
        hashes.push_back(ledger.chain->head()->hash);
    }
    ledger.chain.reset();
    for (const u64 to : {u64{11}, u64{16}, u64{18}})
        for (const auto fault : {MemoryDisk::Fault::lose, MemoryDisk::Fault::keep})
            for (u64 at = 0;; ++at) {
                CAPTURE(to);
                CAPTURE(at);
                Place place{false};
                place.disk = sound.disk;
                place.disk.writes = 0;
                place.disk.fail_at = at;
                place.disk.fault = fault;
                Chain::Options back = options;
                back.head_height = to;
                const bool went = open(ledger, place, back).has_value();
                ledger.chain.reset();
                if (went) {
                    CHECK(at >= (to < 16 ? 2 : 1));
                    break;
                }
                place.disk.fail_at.reset();
                Place again{false};
                again.disk = place.disk;
                REQUIRE_OK(open(ledger, again, options));
                const u64 height = ledger.chain->head()->header.height;
                CHECK((height == end || height == to));
                CHECK(ledger.chain->head()->hash == hashes[height]);
                REQUIRE_OK(open(ledger, place, back));
                CHECK(ledger.chain->head()->hash == hashes[to]);
                add_block(ledger, random);
                REQUIRE_OK(open(ledger, place, options));
                CHECK(ledger.chain->head()->header.height == to + 1);
            }
}

TEST_CASE("undo window: what would lead elsewhere is told, and nothing is cut") {
    const Chain::Options options{
        .flush_every_blocks = 1, .flushes_aside = false, .undo_blocks = 10};
    Chain::Options back = options;
    back.head_height = 5;
    TestLedger ledger;
    Place sound{false};
    std::mt19937_64 random(6);
    REQUIRE_OK(open(ledger, sound, options));
    for (int i = 0; i < 12; ++i)
        REQUIRE_OK(ledger.commit({ledger.author(Add{"sum", 1 + random() % 9})}));
    ledger.chain.reset();
    const auto refused = [&](const std::function<void(MemoryDisk&)>& change, ErrorCode code) {
        Place place{false};
        place.disk = sound.disk;
        change(place.disk);
        const MemoryDisk before = place.disk;
        const Status gone = open(ledger, place, back);
        REQUIRE_FALSE(gone.has_value());
        CHECK(gone.error().code == code);
        CHECK(place.disk.inputs == before.inputs);
        CHECK(place.disk.entries == before.entries);
        CHECK(place.disk.marker == before.marker);
    };
    const auto first = [](MemoryDisk& disk, u64 height) -> UndoRecord::Entry& {
        return disk.undo.at(height).entries.front();
    };
    refused([&](MemoryDisk& disk) { first(disk, 6).before->bytes[0] ^= 1; }, ErrorCode::corrupted);
    refused([&](MemoryDisk& disk) { first(disk, 6).before.reset(); }, ErrorCode::corrupted);
    refused([&](MemoryDisk& disk) { disk.undo.at(6).entries.clear(); }, ErrorCode::corrupted);
    refused([](MemoryDisk& disk) { disk.undo.erase(6); }, ErrorCode::conflict);
    refused([](MemoryDisk& disk) { disk.undo.erase(9); }, ErrorCode::conflict);
    refused([](MemoryDisk& disk) { disk.outcomes.at(3).header.time_ms ^= 1; },
            ErrorCode::corrupted);
    // What the records above the way say does not matter, nor what is damaged in what is left.
    Place place{false};
    place.disk = sound.disk;
    place.disk.undo.erase(5);
    place.disk.outcomes.at(7).receipts.clear();
    REQUIRE_OK(open(ledger, place, back));
    CHECK(ledger.chain->head()->header.height == 5);
    // A head that the log has not reached is for the engine to bring.
    back.head_height = 6;
    REQUIRE_OK(open(ledger, place, back));
    CHECK(ledger.chain->head()->header.height == 5);
    // The way that the refusal names: from the blocks alone.
    place.disk = sound.disk;
    place.disk.undo.clear();
    place.disk.entries.clear();
    place.disk.marker.reset();
    back.head_height = 2;
    REQUIRE_OK(open(ledger, place, back));
    CHECK(ledger.chain->head()->header.height == 2);
}

TEST_CASE("undo window: back to the base and not below it, and the snapshots above go") {
    const Chain::Options options{.flush_every_blocks = 4, .undo_blocks = 30};
    Place place{true};
    TestLedger ledger;
    const auto commit = [&](u64 blocks) {
        for (u64 i = 0; i < blocks; ++i)
            REQUIRE_OK(ledger.commit(
                {ledger.author(Put{"name " + std::to_string(i % 5), Bytes(15'000, 7)})}));
    };
    const auto back = [&](u64 height) {
        Chain::Options with = options;
        with.head_height = height;
        return open(ledger, place, with);
    };
    REQUIRE_OK(open(ledger, place, options));
    commit(20);
    REQUIRE_OK(ledger.chain->write_snapshot(*ledger.chain->head()));
    REQUIRE_OK(open(ledger, place, options));
    REQUIRE_OK(ledger.chain->prune(20));
    commit(5);
    REQUIRE_OK(ledger.chain->write_snapshot(*ledger.chain->head()));
    commit(3);
    const HeaderHash hash_22 = header_hash(ledger.chain->header(22)->header);
    REQUIRE_OK(back(22));
    CHECK(ledger.chain->head()->hash == hash_22);
    const fs::path snapshots = ledger.chain->base()->snapshots();
    CHECK(snapshot_heights(snapshots).value() == std::vector<u64>{20});
    commit(3);
    const Status below = back(19);
    REQUIRE_FALSE(below.has_value());
    CHECK(below.error().code == ErrorCode::conflict);
    CHECK(below.error().detail.find("begins at height 20") != std::string::npos);
    for (int times = 0; times < 2; ++times) {
        REQUIRE_OK(back(20));
        CHECK(ledger.chain->head()->header.height == 20);
        REQUIRE_OK(open(ledger, place, options));
        CHECK(ledger.chain->head()->header.height == 20);
        CHECK(ledger.chain->used_count() == 20);
        commit(2);
        REQUIRE_OK(open(ledger, place, options));
        CHECK(ledger.chain->head()->header.height == 22);
    }
}
