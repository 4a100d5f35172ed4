// Snapshots, and a ledger that begins at one: every way to the same blocks gives the same roots,
// and one changed byte is one too many.
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "ledger/snapshot_reader.h"
#include "ledger/zstd_frame.h"
#include "tests/ledger/plain_files.h"
#include "tests/support/test_ledger.h"
#include "tests/support/vectors.h"

using namespace jangbu;
using namespace jangbu::ledger;
using namespace jangbu::test;
using namespace jangbu::test::put_map;

namespace fs = std::filesystem;

namespace {

HeaderAt headers_of(const Chain& chain) {
    return [&chain](u64 height) -> Result<Header> { return TRY(chain.header(height)).header; };
}
fs::path snapshot_folder(const Chain& chain, u64 height) {
    return chain.base()->snapshots() / SnapshotReader::folder_name(height);
}
Status verify(const Chain& chain, u64 height) {
    const SnapshotReader reader =
        TRY(SnapshotReader::open(snapshot_folder(chain, height), chain.genesis()));
    return reader.verify(headers_of(chain));
}

// Commits random blocks, at most `step_ms` apart.
std::vector<BlockInput> commit_random(TestLedger& ledger, std::mt19937_64& random,
                                      std::size_t blocks, u64 step_ms) {
    std::vector<BlockInput> inputs;
    for (std::size_t i = 0; i < blocks; ++i) {
        inputs.push_back(next_input(*ledger.chain->head(), ledger.random_transactions(random),
                                    1 + random() % step_ms));
        REQUIRE_OK(commit_input(*ledger.chain, inputs.back()));
        ledger.author.now_ms = inputs.back().time_ms;
    }
    return inputs;
}

Status snapshot_and_prune(Chain& chain) {
    TRY(chain.write_snapshot(*chain.head()));
    return chain.prune(chain.head()->header.height);
}

// Everything that a reader sees of two chains with the same blocks.
void check_same_chain(const Chain& one, const Chain& other) {
    const SnapshotPtr a = one.head();
    const SnapshotPtr b = other.head();
    REQUIRE(a->header == b->header);
    CHECK(a->state.root() == b->state.root());
    const u64 height = a->header.height;
    CHECK(a->history->root(height + 1) == b->history->root(height + 1));
    CHECK(one.used_count() == other.used_count());
    for (u64 h = 0; h <= height; ++h) {
        const auto first = one.header(h);
        const auto second = other.header(h);
        REQUIRE_OK(first);
        REQUIRE_OK(second);
        CHECK(*first == *second);
    }
}

}  // namespace

// Made by an independent implementation from docs/formats.md sections 2 and 16: three entries in
// two chunks, frames with one raw block.
TEST_CASE("snapshots: golden bytes") {
    SnapshotManifest manifest;
    manifest.prefix_bits = 1;
    manifest.state = {
        {array_of<32>("2f2e864686ccd1d90d1c1cadfa78ff9d3c8d1bea220fefaef5409ccd9dea8098"),
         1,
         {9, 18, array_of<32>("6c9b8edbf3aca6dd7320ee90c12ecae4e19ed4c08f9e3933b520589ba7c3292d")}},
        {array_of<32>("4118c39504603afdb9012991044edd2be77cc71c364301d2802a21ed147d4c27"),
         2,
         {12, 21,
          array_of<32>("40d4c55b8caa31822b955f6b2c76832daf26db45e9d87ed0c4a779c7459f65fb")}}};
    CHECK(to_hex(fold_subtrees(manifest.state)) ==
          "fe8d2186803b544eb7d173d378ba967e5fbea9dd5a9d180d9fc9cfe158297568");
    const Bytes low = from_hex("28b52ffd2009490000010102fa6303070707").value();
    const Bytes high = from_hex("28b52ffd200c610000010202fa620002fa61020102").value();
    const auto first = read_state_chunk(manifest, 0, low);
    const auto second = read_state_chunk(manifest, 1, high);
    REQUIRE_OK(first);
    REQUIRE_OK(second);
    CHECK(first->entries == std::vector{StateEntry{PutMap::key("c"), Bytes{7, 7, 7}}});
    CHECK(second->entries ==
          std::vector{StateEntry{PutMap::key("b"), {}}, StateEntry{PutMap::key("a"), Bytes{1, 2}}});
    CHECK(to_hex(bcs::encode(*second)) == "010202fa620002fa61020102");
    // In the other's place neither is taken.
    CHECK_FALSE(read_state_chunk(manifest, 1, low).has_value());

    manifest.window = {
        {5,
         6,
         {107, 116,
          array_of<32>("55ea91835b293d6f1224ca41202fa5307de95ef0190d6512d263af6f8439de5e")}}};
    const std::string id(64, '1');
    const std::string signature(128, '2');
    const Bytes file = from_hex(
                           "28b52ffd206b59030001010500000000000000"
                           "01" +
                           id + signature)
                           .value();
    Header five;
    five.height = 5;
    five.tx_count = 1;
    five.tx_root = array_of<32>("32d4915c006bf081eb0c1bccd591981901671f210fc05b3824bea3fbf7956208");
    const auto headers = [&](u64 height) -> Result<Header> {
        return height == 5 ? five : Header();
    };
    REQUIRE_OK(read_window_chunk(manifest, 0, file, headers));
    five.tx_root[3] ^= 1;
    CHECK_FALSE(read_window_chunk(manifest, 0, file, headers).has_value());

    const Bytes encoded = bcs::encode(manifest);
    const std::string tail =
        "01"
        "02"
        "2f2e864686ccd1d90d1c1cadfa78ff9d3c8d1bea220fefaef5409ccd9dea8098"
        "01000000"
        "0900000012000000"
        "6c9b8edbf3aca6dd7320ee90c12ecae4e19ed4c08f9e3933b520589ba7c3292d"
        "4118c39504603afdb9012991044edd2be77cc71c364301d2802a21ed147d4c27"
        "02000000"
        "0c00000015000000"
        "40d4c55b8caa31822b955f6b2c76832daf26db45e9d87ed0c4a779c7459f65fb"
        "01"
        "0500000000000000"
        "0600000000000000"
        "6b00000074000000"
        "55ea91835b293d6f1224ca41202fa5307de95ef0190d6512d263af6f8439de5e";
    REQUIRE(encoded.size() == 1 + HeaderFile::header_bytes + tail.size() / 2);
    CHECK(encoded[0] == 1);
    CHECK(to_hex(ByteView(encoded).subspan(1 + HeaderFile::header_bytes)) == tail);
}

TEST_CASE("zstd frames: only the whole one of the expected size") {
    const Bytes content(10'000, 7);
    const Bytes frame = compress_frame(content);
    CHECK(decompress_frame(frame, content.size()).value() == content);
    CHECK_FALSE(decompress_frame(frame, content.size() - 1).has_value());
    CHECK_FALSE(decompress_frame(ByteView(frame).first(frame.size() - 1), 10'000).has_value());
    CHECK_FALSE(decompress_frame(concat({frame, frame}), content.size()).has_value());
    CHECK_FALSE(decompress_frame({}, 0).has_value());
}

TEST_CASE("snapshots: one changed byte anywhere is refused") {
    std::mt19937_64 random(3);
    TestFolder folder;
    TestLedger ledger;
    REQUIRE_OK(ledger.open(folder.path));
    commit_random(ledger, random, 12, 5'000);
    const Chain& chain = *ledger.chain;
    REQUIRE_OK(chain.write_snapshot(*chain.head()));
    const u64 height = chain.head()->header.height;
    REQUIRE_OK(verify(chain, height));
    std::size_t files = 0;
    for (const auto& entry : fs::directory_iterator(snapshot_folder(chain, height))) {
        const Bytes before = read_plainly(entry.path());
        ++files;
        for (std::size_t at = 0; at < before.size(); ++at) {
            Bytes after = before;
            after[at] ^= static_cast<u8>(1 + random() % 255);
            write_plainly(entry.path(), after);
            CHECK_MESSAGE(!verify(chain, height), entry.path().filename().string() << " " << at);
            at += before.size() > 5'000 ? random() % 40 : 0;
        }
        write_plainly(entry.path(), ByteView(before).first(before.size() - 1));
        CHECK_FALSE(verify(chain, height));
        fs::remove(entry.path());
        CHECK_FALSE(verify(chain, height));
        write_plainly(entry.path(), before);
    }
    CHECK(files >= 3);
    CHECK_OK(verify(chain, height));
}

TEST_CASE("snapshots: a large state is in many chunks, each of which stands alone") {
    std::mt19937_64 random(4);
    TestFolder folder;
    TestLedger ledger;
    REQUIRE_OK(ledger.open(folder.path));
    for (int i = 0; i < 3; ++i) {
        std::vector<Transaction> puts;
        for (int n = 0; n < 200; ++n)
            puts.push_back(ledger.author(
                Put{"key " + std::to_string(i * 1'000 + n), Bytes(random() % 300, 1)}));
        REQUIRE_OK(ledger.commit(puts));
    }
    const Chain& chain = *ledger.chain;
    const SnapshotPtr head = chain.head();
    for (const std::size_t chunk_bytes : {100u, 2'000u, 20'000u, 1u << 20}) {
        const fs::path snapshots = folder.path / ("chunks of " + std::to_string(chunk_bytes));
        u64 next = 0;
        const auto window = [&]() -> Result<std::optional<WindowBlock>> {
            if (next == 3) return std::nullopt;
            const Bytes bytes = TRY(chain.blocks().input(++next));
            const BlockInput input = TRY(decode_block_input(bytes, ledger.application));
            WindowBlock block{next, {}};
            for (const Transaction& one : input.transactions)
                block.transactions.push_back({txid(chain.id(), one.body), one.signature});
            return block;
        };
        const auto manifest = write_snapshot(snapshots, *head, chain.genesis(), headers_of(chain),
                                             window, chunk_bytes);
        REQUIRE_OK(manifest);
        const auto reader =
            SnapshotReader::open(snapshots / SnapshotReader::folder_name(3), chain.genesis());
        REQUIRE_OK(reader);
        StateTree::Changes entries;
        REQUIRE_OK(reader->for_each_entry([&](StateEntry&& entry) -> Status {
            entries.emplace(std::move(entry.key), std::move(entry.value));
            return {};
        }));
        CHECK(StateTree().updated(entries).root() == head->header.state_root);
        CHECK((chunk_bytes < 100'000) == (manifest->prefix_bits > 0));
        // Swapped chunks are both refused.
        if (manifest->prefix_bits < 2) continue;
        const auto zero = reader->file(0);
        if (zero) CHECK_FALSE(read_state_chunk(*manifest, 1, *zero).has_value());
    }
}

TEST_CASE("snapshots: pruned at random heights, reopened, rebuilt: the same roots and heads") {
    const bool same = rc::check("random histories", [] {
        std::mt19937_64 random(*rc::gen::arbitrary<u64>());
        const u64 step_ms = random() % 2 == 0 ? 5'000 : 8 * 3'600'000;  // windows that move on
        TestFolder folder;
        TestFolder whole_folder;
        TestLedger pruned;
        TestLedger whole;
        REQUIRE_OK(pruned.open(folder.path, 1 + random() % 4));
        REQUIRE_OK(whole.open(whole_folder.path));
        for (int part = 0; part < 3; ++part) {
            for (const BlockInput& input : commit_random(pruned, random, 1 + random() % 8, step_ms))
                REQUIRE_OK(commit_input(*whole.chain, input));
            REQUIRE_OK(pruned.open(folder.path, 1 + random() % 4));  // flushes
            REQUIRE_OK(snapshot_and_prune(*pruned.chain));
            check_same_chain(*pruned.chain, *whole.chain);
            for (const BlockInput& input : commit_random(pruned, random, random() % 4, step_ms))
                REQUIRE_OK(commit_input(*whole.chain, input));
            check_same_chain(*pruned.chain, *whole.chain);
            if (random() % 2 == 0) {
                pruned.chain.reset();
                fs::remove_all(folder.path / "state");
            }
            const auto deadlines = pruned.application.deadlines();
            REQUIRE_OK(pruned.open(folder.path, 1 + random() % 4));
            CHECK(pruned.application.deadlines() == deadlines);
            check_same_chain(*pruned.chain, *whole.chain);
        }
    });
    CHECK(same);
}

TEST_CASE("snapshots: whole segments go, headers stay, and a used id stays used") {
    TestFolder folder;
    TestLedger ledger;
    REQUIRE_OK(ledger.open(folder.path));
    const Transaction once = ledger.author(Put{"first", Bytes(10, 1)});
    REQUIRE_OK(ledger.commit({once}));
    for (int i = 0; i < 40; ++i)
        REQUIRE_OK(ledger.commit({ledger.author(Put{"name", Bytes(15'000, static_cast<u8>(i))})}));
    REQUIRE_OK(ledger.open(folder.path));
    const fs::path segments = folder.path / "blocks" / "segments";
    const auto count = [&] { return std::distance(fs::directory_iterator(segments), {}); };
    REQUIRE(count() >= 3);
    const auto header = ledger.chain->header(2);
    REQUIRE_OK(snapshot_and_prune(*ledger.chain));
    CHECK(count() == 1);
    for (int open = 0; open < 2; ++open) {
        const Chain& chain = *ledger.chain;
        CHECK(chain.base_height() == 41);
        CHECK(*chain.header(2) == *header);
        const auto gone = chain.blocks().block(2);
        REQUIRE_FALSE(gone.has_value());
        CHECK(gone.error().code == ErrorCode::not_found);
        CHECK(gone.error().detail.find("was pruned") != std::string::npos);
        CHECK(chain.is_used(txid(chain.id(), once.body)));
        const Status again = ledger.commit({once});
        REQUIRE_FALSE(again.has_value());
        CHECK(again.error().detail.find("IdUsed") != std::string::npos);
        REQUIRE_OK(ledger.open(folder.path));
    }
    REQUIRE_OK(ledger.commit({ledger.author(Put{"more", {}})}));
    // A snapshot above the base takes its window from the one of the base.
    REQUIRE_OK(ledger.open(folder.path));
    REQUIRE_OK(snapshot_and_prune(*ledger.chain));
    REQUIRE_OK(ledger.open(folder.path));
    CHECK(ledger.chain->is_used(txid(ledger.chain->id(), once.body)));
}

TEST_CASE("snapshots: what a pruned ledger stands on is missed when it is gone") {
    TestFolder folder;
    TestLedger ledger;
    REQUIRE_OK(ledger.open(folder.path));
    for (int i = 0; i < 40; ++i)
        REQUIRE_OK(ledger.commit({ledger.author(Put{"name", Bytes(15'000, static_cast<u8>(i))})}));
    REQUIRE_OK(ledger.open(folder.path));
    CHECK(ledger.chain->prune(40).error().code == ErrorCode::not_found);  // without a snapshot
    REQUIRE_OK(snapshot_and_prune(*ledger.chain));
    CHECK(ledger.chain->prune(3).error().code == ErrorCode::conflict);
    REQUIRE_OK(ledger.commit({ledger.author(Put{"more", {}})}));
    const fs::path snapshot = ledger.chain->base()->snapshot();
    ledger.chain.reset();
    const auto refused_without = [&](const fs::path& what) {
        const fs::path aside = folder.path / "aside";
        fs::rename(what, aside);
        const Status opened = ledger.open(folder.path);
        REQUIRE_MESSAGE(!opened, what.string());
        ledger.chain.reset();
        fs::remove_all(what);
        fs::rename(aside, what);
        return opened.error().detail;
    };
    for (const char* name : {"base", "headers", "blocks/segments"})
        CHECK(refused_without(folder.path / name).find("restore the ledger from a backup") !=
              std::string::npos);
    CHECK(refused_without(snapshot).find("snapshot of the ledger's base") != std::string::npos);
    // One changed byte in the headers or in the mark.
    std::mt19937_64 random(5);
    for (const char* name : {"base", "headers"}) {
        const fs::path file = folder.path / name;
        const Bytes before = read_plainly(file);
        for (int i = 0; i < 60; ++i) {
            Bytes after = before;
            after[random() % after.size()] ^= static_cast<u8>(1 << random() % 8);
            write_plainly(file, after);
            CHECK_FALSE(ledger.open(folder.path));
        }
        write_plainly(file, before);
    }
    CHECK_OK(ledger.open(folder.path));
}

TEST_CASE("snapshots: a prune that was cut short is finished by the next") {
    TestFolder folder;
    TestLedger ledger;
    REQUIRE_OK(ledger.open(folder.path));
    for (int i = 0; i < 60; ++i)
        REQUIRE_OK(ledger.commit({ledger.author(Put{"name", Bytes(15'000, static_cast<u8>(i))})}));
    REQUIRE_OK(ledger.open(folder.path));
    const fs::path segments = folder.path / "blocks" / "segments";
    const Bytes second = read_plainly(segments / "segment-00000001");
    REQUIRE_OK(snapshot_and_prune(*ledger.chain));
    ledger.chain.reset();
    // As if a later name had gone and an earlier one had stayed: a gap, then the rest.
    write_plainly(segments / "segment-00000001", second);
    REQUIRE_OK(ledger.open(folder.path));
    CHECK(ledger.chain->head()->header.height == 60);
    CHECK(fs::exists(segments / "segment-00000001"));
    REQUIRE_OK(ledger.commit({ledger.author(Put{"more", {}})}));
    REQUIRE_OK(ledger.open(folder.path));
    REQUIRE_OK(snapshot_and_prune(*ledger.chain));
    CHECK_FALSE(fs::exists(segments / "segment-00000001"));
    CHECK_OK(ledger.open(folder.path));
}

TEST_CASE("snapshots: an unfinished one is written anew, a finished one is kept") {
    TestFolder folder;
    TestLedger ledger;
    REQUIRE_OK(ledger.open(folder.path));
    CHECK(ledger.chain->write_snapshot(*ledger.chain->head()).error().code == ErrorCode::conflict);
    REQUIRE_OK(ledger.commit({ledger.author(Put{"a", {}})}));
    const fs::path done = snapshot_folder(*ledger.chain, 1);
    fs::create_directories(done.string() + ".new");
    write_plainly(done.string() + ".new/chunk-00000", as_bytes("half"));
    // One that was cut short at a height of which nobody makes another.
    const fs::path other = snapshot_folder(*ledger.chain, 9).string() + ".new";
    fs::create_directories(other);
    write_plainly(other / "chunk-00000", as_bytes("half"));
    REQUIRE_OK(ledger.chain->write_snapshot(*ledger.chain->head()));
    CHECK_FALSE(fs::exists(done.string() + ".new"));
    CHECK_FALSE(fs::exists(other));
    const auto time = fs::last_write_time(done / "manifest");
    REQUIRE_OK(ledger.chain->write_snapshot(*ledger.chain->head()));
    CHECK(fs::last_write_time(done / "manifest") == time);
    CHECK(*snapshot_heights(ledger.chain->base()->snapshots()) == std::vector<u64>{1});
}
