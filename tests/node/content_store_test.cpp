#include "node/content_store.h"

#include "node/chunk_map.h"
#include "node/quota.h"
#include "node/sample_objects.h"
#include "tests/node/node_world.h"

using namespace jangbu;
using namespace jangbu::test;
using node::Content;
using node::ContentStore;

namespace {

constexpr u64 quota_bytes = 1 << 20;
constexpr std::size_t salted_chunk = 32 + 4096;

// One order of a dataset of three whole chunks and a short one, with its ciphertext in memory.
struct Shelf {
    Folder folder;
    MarketWorld world;
    Offer offer;
    std::optional<TestTrade> trade;
    Content content;
    Bytes data_leaves;
    Bytes ct_leaves;
    Bytes ciphertext;
    std::unique_ptr<ContentStore> store;

    Shelf() {
        offer.dataset = make_dataset(world, world.seller, 3 * 4096 + 5);
        trade.emplace(world, world.seller, world.buyer, offer);
        encrypt(std::nullopt);
        open();
    }
    void encrypt(std::optional<u64> bad) {
        trade->encrypt(bad);
        data_leaves = joined(offer.dataset.leaves);
        ct_leaves = joined(trade->ct_leaves);
        ciphertext.clear();
        for (const Bytes& chunk : trade->ciphertext)
            ciphertext.insert(ciphertext.end(), chunk.begin(), chunk.end());
        content = {trade->id.bytes,
                   world.seller.id,
                   offer.dataset.root,
                   trade->ct_root,
                   4,
                   3 * 4096 + 5,
                   4096,
                   world.seller.id};
    }
    static Bytes joined(const std::vector<Hash>& leaves) {
        Bytes out;
        for (const Hash& leaf : leaves) out.insert(out.end(), leaf.begin(), leaf.end());
        return out;
    }
    void open(u64 quota = quota_bytes) {
        store.reset();
        auto opened = node::open_directory_store(folder.path / "store", quota);
        REQUIRE_MESSAGE(opened.has_value(), opened.error().detail);
        store = std::move(*opened);
    }
    ByteView chunk(u64 index) const { return trade->ciphertext[index]; }
    void put_leaves() { REQUIRE(store->put_leaves(content, data_leaves, ct_leaves).has_value()); }
    void put_all() {
        put_leaves();
        REQUIRE(store->put_chunks(content, 0, ciphertext).has_value());
    }
    u64 used() const { return store->used_bytes(world.seller.id); }
    Sample sample() const {
        return {0, offer.dataset.records[0],
                crypto::merkle::inclusion(0, std::span(offer.dataset.leaves))};
    }
    Content sample_content() const {
        Content of = content;
        of.subject = offer.dataset.id().bytes;
        of.ct_root = of.data_root;
        return of;
    }
};

std::set<std::string> file_names(const std::filesystem::path& folder) {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
        names.insert(entry.path().filename().string());
    return names;
}

}  // namespace

TEST_CASE("content store: leaves and chunks come back as they went in, also after a restart") {
    Shelf shelf;
    shelf.put_all();
    for (int i = 0; i < 2; ++i) {
        CHECK(shelf.store->leaves(shelf.content) == concat({shelf.data_leaves, shelf.ct_leaves}));
        CHECK(shelf.store->read(shelf.content, 0, shelf.ciphertext.size()) == shelf.ciphertext);
        CHECK(shelf.store->missing(shelf.content, 10)->empty());
        CHECK(shelf.used() == 64 * 4 + shelf.ciphertext.size());
        shelf.open();
    }
    CHECK(node::ciphertext_bytes(3 * 4096 + 5, 4) == shelf.ciphertext.size());
}

TEST_CASE("content store: a wrong root or a list of another length is refused, nothing is kept") {
    Shelf shelf;
    SUBCASE("a data leaf") {
        shelf.data_leaves[33] ^= 1;
    }
    SUBCASE("a ciphertext leaf") {
        shelf.ct_leaves[127] ^= 1;
    }
    SUBCASE("the lists exchanged") {
        std::swap(shelf.data_leaves, shelf.ct_leaves);
    }
    SUBCASE("one leaf less") {
        shelf.ct_leaves.resize(96);
    }
    SUBCASE("one leaf more") {
        shelf.data_leaves.resize(160);
    }
    CHECK(code_of(shelf.store->put_leaves(shelf.content, shelf.data_leaves, shelf.ct_leaves)) ==
          ErrorCode::malformed);
    CHECK(shelf.used() == 0);
    CHECK(shelf.store->contents().empty());
}

TEST_CASE("content store: a chunk needs its leaves first, its exact length and its leaf") {
    Shelf shelf;
    CHECK(code_of(shelf.store->put_chunks(shelf.content, 0, shelf.chunk(0))) ==
          ErrorCode::not_found);
    shelf.put_leaves();
    const auto refused = [&](u64 first, ByteView bytes) {
        CHECK(code_of(shelf.store->put_chunks(shelf.content, first, bytes)) ==
              ErrorCode::malformed);
    };
    Bytes flipped = to_bytes(shelf.chunk(1));
    flipped[100] ^= 1;
    refused(1, flipped);
    refused(2, shelf.chunk(1));  // in another's place
    refused(1, shelf.chunk(1).first(salted_chunk - 1));
    refused(0, {});
    refused(4, shelf.chunk(0));
    refused(~u64{0}, shelf.chunk(0));
    Bytes longer = to_bytes(shelf.chunk(3));
    longer.push_back(0);
    refused(3, longer);  // beyond the last chunk
    CHECK(shelf.store->missing(shelf.content, 10) == std::vector<u64>{0, 1, 2, 3});
    CHECK(shelf.used() == 64 * 4);
}

TEST_CASE("content store: of consecutive chunks all are stored or none") {
    Shelf shelf;
    shelf.put_leaves();
    Bytes second_wrong = shelf.ciphertext;
    second_wrong[salted_chunk + 7] ^= 1;
    CHECK(code_of(shelf.store->put_chunks(shelf.content, 0, second_wrong)) == ErrorCode::malformed);
    CHECK(shelf.store->missing(shelf.content, 10)->size() == 4);
}

TEST_CASE("content store: a partial upload tells what is missing and is resumed after a restart") {
    Shelf shelf;
    shelf.put_leaves();
    REQUIRE(shelf.store->put_chunks(shelf.content, 3, shelf.chunk(3)).has_value());
    REQUIRE(shelf.store->put_chunks(shelf.content, 1, shelf.chunk(1)).has_value());
    shelf.open();
    CHECK(shelf.store->missing(shelf.content, 10) == std::vector<u64>{0, 2});
    CHECK(shelf.store->missing(shelf.content, 1) == std::vector<u64>{0});
    CHECK(shelf.used() == 64 * 4 + 2 * 32 + 4096 + 5);
    const auto early = shelf.store->read(shelf.content, salted_chunk, 2 * salted_chunk);
    REQUIRE(!early.has_value());
    CHECK(early.error().code == ErrorCode::not_found);
    CHECK(early.error().detail.find("chunk 2") != std::string::npos);
    // Overlapping what is there is fine and counts once.
    REQUIRE(shelf.store->put_chunks(shelf.content, 0, shelf.ciphertext).has_value());
    CHECK(shelf.store->missing(shelf.content, 10)->empty());
    CHECK(shelf.used() == 64 * 4 + shelf.ciphertext.size());
    CHECK(shelf.store->read(shelf.content, 0, shelf.ciphertext.size()) == shelf.ciphertext);
}

TEST_CASE("content store: any range is the same bytes of the concatenated ciphertext") {
    Shelf shelf;
    shelf.put_all();
    const std::size_t total = shelf.ciphertext.size();
    for (const auto& [from, length] : std::vector<std::pair<u64, std::size_t>>{
             {0, 1}, {salted_chunk - 1, 2}, {5, 9'000}, {total - 1, 1}, {3 * salted_chunk, 37}}) {
        const auto bytes = shelf.store->read(shelf.content, from, length);
        REQUIRE(bytes.has_value());
        CHECK(std::ranges::equal(*bytes, ByteView(shelf.ciphertext).subspan(from, length)));
    }
    for (const auto& [from, length] : std::vector<std::pair<u64, std::size_t>>{
             {0, 0}, {total, 1}, {1, total}, {~u64{0}, 2}, {0, ~std::size_t{0}}})
        CHECK(shelf.store->read(shelf.content, from, length).error().code == ErrorCode::malformed);
}

TEST_CASE("content store: leaves under another ct_root replace everything of the order") {
    Shelf shelf;
    shelf.put_all();
    const Content before = shelf.content;
    shelf.encrypt(1);
    REQUIRE(shelf.content.ct_root != before.ct_root);
    shelf.put_leaves();
    CHECK(shelf.used() == 64 * 4);
    CHECK(shelf.store->missing(shelf.content, 10)->size() == 4);
    CHECK(shelf.store->read(before, 0, 1).error().code == ErrorCode::conflict);
    CHECK(code_of(shelf.store->put_chunks(before, 0, shelf.chunk(0))) == ErrorCode::conflict);
    shelf.open();
    REQUIRE(shelf.store->contents().size() == 1);
    CHECK(shelf.store->contents()[0] == shelf.content);
}

TEST_CASE("content store: every byte counts against the quota, and what was refused does not") {
    Shelf shelf;
    shelf.open(64 * 4 + 2 * salted_chunk);
    shelf.put_leaves();
    REQUIRE(shelf.store->put_chunks(shelf.content, 0, shelf.chunk(0)).has_value());
    CHECK(code_of(shelf.store->put_chunks(shelf.content, 0, shelf.ciphertext)) ==
          ErrorCode::limit_exceeded);
    REQUIRE(shelf.store->put_chunks(shelf.content, 1, shelf.chunk(1)).has_value());
    CHECK(code_of(shelf.store->put_chunks(shelf.content, 3, shelf.chunk(3))) ==
          ErrorCode::limit_exceeded);
    CHECK(shelf.store->missing(shelf.content, 10) == std::vector<u64>{2, 3});
    REQUIRE(shelf.store->erase(shelf.content).has_value());
    CHECK(shelf.used() == 0);
    CHECK(shelf.store->used_bytes(shelf.world.buyer.id) == 0);

    shelf.open(64 * 4 - 1);
    CHECK(code_of(shelf.store->put_leaves(shelf.content, shelf.data_leaves, shelf.ct_leaves)) ==
          ErrorCode::limit_exceeded);
}

TEST_CASE("content store: erased content is gone, also from the disk") {
    Shelf shelf;
    shelf.put_all();
    REQUIRE(shelf.store->erase(shelf.content).has_value());
    CHECK(shelf.store->leaves(shelf.content).error().code == ErrorCode::not_found);
    CHECK(code_of(shelf.store->erase(shelf.content)) == ErrorCode::not_found);
    CHECK(file_names(shelf.folder.path / "store") == std::set<std::string>{"contents", "incoming"});
}

TEST_CASE("content store: names in paths are hashes that the server computed") {
    Shelf shelf;
    shelf.put_all();
    REQUIRE(shelf.store->put_sample(shelf.sample_content(), shelf.sample()).has_value());
    const crypto::Tag tag("jangbu/content/v1");
    CHECK(file_names(shelf.folder.path / "store") ==
          std::set<std::string>{"contents", "incoming", "content", "leaves", "ciphertext",
                                "present", "sample", to_hex(tag(shelf.content.subject)),
                                to_hex(tag(shelf.sample_content().subject))});
}

TEST_CASE("content store: what a crash leaves aside is removed at the start") {
    Shelf shelf;
    shelf.put_all();
    const std::filesystem::path store = shelf.folder.path / "store";
    const std::filesystem::path place =
        store / "contents" / to_hex(crypto::Tag("jangbu/content/v1")(shelf.content.subject));
    // Half-made leaves, and the temporary of a map that was never renamed.
    std::filesystem::create_directories(store / "incoming" / "abc");
    REQUIRE(write_file_atomically(place / "present.Xy12Zq", Bytes{0}, FileMode::owner_only));
    shelf.open();
    CHECK(std::filesystem::is_empty(store / "incoming"));
    CHECK_FALSE(std::filesystem::exists(place / "present.Xy12Zq"));
    CHECK(shelf.store->missing(shelf.content, 10)->empty());
}

TEST_CASE("content store: a damaged folder refuses to open and is named") {
    Shelf shelf;
    shelf.put_all();
    shelf.store.reset();
    const std::filesystem::path place =
        shelf.folder.path / "store" / "contents" /
        to_hex(crypto::Tag("jangbu/content/v1")(shelf.content.subject));
    SUBCASE("leaves cut") {
        std::filesystem::resize_file(place / "leaves", 255);
    }
    SUBCASE("content cut") {
        std::filesystem::resize_file(place / "content", 20);
    }
    SUBCASE("content gone") {
        std::filesystem::remove(place / "content");
    }
    SUBCASE("under another name") {
        std::filesystem::rename(place, place.parent_path() / std::string(64, 'a'));
    }
    const auto opened = node::open_directory_store(shelf.folder.path / "store", quota_bytes);
    REQUIRE(!opened.has_value());
    CHECK(opened.error().code == ErrorCode::corrupted);
    CHECK(opened.error().detail.find("contents") != std::string::npos);
}

TEST_CASE("content store: a sample is the chunk that belongs there, under the registered root") {
    Shelf shelf;
    const Content of = shelf.sample_content();
    Sample sample = shelf.sample();
    const auto refused = [&](const Sample& wrong) {
        CHECK(code_of(shelf.store->put_sample(of, wrong)) == ErrorCode::malformed);
    };
    Sample wrong = sample;
    wrong.record[40] ^= 1;
    refused(wrong);
    wrong = sample;
    wrong.record.pop_back();
    refused(wrong);
    wrong = sample;
    wrong.path.pop_back();
    refused(wrong);
    refused({1, shelf.offer.dataset.records[1],
             crypto::merkle::inclusion(1, std::span(shelf.offer.dataset.leaves))});
    // Another chunk has an object of its own.
    const Content second = node::sample_chunk(of, 1);
    const Sample next{1, shelf.offer.dataset.records[1],
                      crypto::merkle::inclusion(1, std::span(shelf.offer.dataset.leaves))};
    CHECK(code_of(shelf.store->put_sample(second, sample)) == ErrorCode::malformed);
    CHECK(shelf.store->sample(of).error().code == ErrorCode::not_found);
    REQUIRE(shelf.store->put_sample(second, next).has_value());
    CHECK(shelf.store->sample(second) == next);
    REQUIRE(shelf.store->erase(second).has_value());
    CHECK(shelf.store->sample(of).error().code == ErrorCode::not_found);
    REQUIRE(shelf.store->put_sample(of, sample).has_value());
    REQUIRE(shelf.store->put_sample(of, sample).has_value());
    CHECK(shelf.used() == bcs::encode(sample).size());
    shelf.open();
    CHECK(shelf.store->sample(of) == sample);
    CHECK(shelf.used() == bcs::encode(sample).size());
    CHECK(shelf.store->leaves(of).error().code == ErrorCode::not_found);  // not an order
}

TEST_CASE("content store: many writers of one order leave it whole") {
    Shelf shelf;
    shelf.put_leaves();
    std::vector<std::thread> writers;
    std::atomic<int> failures{0};
    for (int writer = 0; writer < 4; ++writer)
        writers.emplace_back([&, writer] {
            for (u64 i = 0; i < 4; ++i) {
                const u64 index = (i + static_cast<u64>(writer)) % 4;
                if (!shelf.store->put_chunks(shelf.content, index, shelf.chunk(index))) ++failures;
            }
        });
    for (std::thread& writer : writers) writer.join();
    CHECK(failures == 0);
    CHECK(shelf.used() == 64 * 4 + shelf.ciphertext.size());
    CHECK(shelf.store->read(shelf.content, 0, shelf.ciphertext.size()) == shelf.ciphertext);
}

TEST_CASE("chunk map: finds absent chunks across byte borders") {
    node::ChunkMap map(20);
    for (u64 i = 0; i < 20; ++i)
        if (i != 7 && i != 8 && i != 19) map.add(i);
    CHECK(map.first_absent(0, 20) == 7);
    CHECK(map.first_absent(8, 20) == 8);
    CHECK(map.first_absent(9, 20) == 19);
    CHECK(map.first_absent(9, 19) == 19);
    CHECK(map.absent(10) == std::vector<u64>{7, 8, 19});
    CHECK(map.absent(2) == std::vector<u64>{7, 8});
    CHECK(node::ChunkMap::from_bytes(20, map.bytes())->absent(10) == map.absent(10));
    CHECK_FALSE(node::ChunkMap::from_bytes(20, Bytes(2)).has_value());
    CHECK_FALSE(node::ChunkMap::from_bytes(20, Bytes{0, 0, 0x10}).has_value());
}

TEST_CASE("chunk map: a whole last byte does not run past its range") {
    node::ChunkMap map(16);
    for (u64 i = 0; i < 16; ++i) map.add(i);
    CHECK(map.first_absent(0, 12) == 12);
    CHECK(map.first_absent(8, 16) == 16);
    CHECK(map.absent(5).empty());
}

TEST_CASE("quota: takes all or nothing, and gives back") {
    Folder folder;
    node::Quota quota(folder.path, 100);
    const OrgId org(named_hash("o"));
    CHECK(quota.take(org, 60).has_value());
    CHECK(code_of(quota.take(org, 41)) == ErrorCode::limit_exceeded);
    CHECK(code_of(quota.take(org, ~u64{0})) == ErrorCode::limit_exceeded);
    CHECK(quota.take(OrgId(named_hash("p")), 100).has_value());
    quota.give_back(org, 20);
    CHECK(quota.used(org) == 40);
    CHECK(quota.take(org, 60).has_value());
    quota.count(org, 5);  // found at start, above the bound
    CHECK(quota.used(org) == 105);
    CHECK(code_of(quota.take(org, 1)) == ErrorCode::limit_exceeded);
}

namespace {

std::filesystem::path only_file(const std::filesystem::path& store, const std::string& name) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(store / "contents"))
        if (entry.path().filename() == name) return entry.path();
    FAIL("no file " << name);
    return {};
}

void flip_replacing(const std::filesystem::path& file, std::size_t at) {
    Bytes bytes = read_file(file, 1 << 20).value();
    bytes.at(at) ^= 4;
    REQUIRE(write_file_atomically(file, bytes, FileMode::owner_only).has_value());
}

}  // namespace

TEST_CASE("content store: a chunk that the disk changed is told, missing, and uploaded again") {
    Shelf shelf;
    shelf.put_all();
    const auto file = only_file(shelf.folder.path / "store", "ciphertext");
    SUBCASE("one bit") {
        flip_replacing(file, salted_chunk + 5);
    }
    SUBCASE("cut off") {
        std::filesystem::resize_file(file, salted_chunk + 5);
    }
    SUBCASE("the whole file") {
        std::filesystem::remove(file);
    }
    shelf.open();
    const auto read = shelf.store->read(shelf.content, salted_chunk + 1, 3);
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().code == ErrorCode::corrupted);
    CHECK(read.error().detail.find("chunk 1 is damaged; its owner can upload it again") !=
          std::string::npos);
    CHECK(shelf.store->missing(shelf.content, 10) == std::vector<u64>{1});
    const u64 used = shelf.used();
    REQUIRE(shelf.store->put_chunks(shelf.content, 0, shelf.ciphertext).has_value());
    CHECK(shelf.used() == used);
    CHECK(shelf.store->missing(shelf.content, 10)->empty());
    CHECK(shelf.store->read(shelf.content, 0, shelf.ciphertext.size()) == shelf.ciphertext);
    shelf.open();
    CHECK(shelf.store->read(shelf.content, 0, shelf.ciphertext.size()) == shelf.ciphertext);
}

TEST_CASE("content store: chunks are found again when the file of present chunks is gone or old") {
    Shelf shelf;
    shelf.put_leaves();
    REQUIRE(shelf.store->put_chunks(shelf.content, 2, shelf.chunk(2)).has_value());
    const auto file = only_file(shelf.folder.path / "store", "present");
    const Bytes older = read_file(file, 100).value();
    REQUIRE(shelf.store->put_chunks(shelf.content, 0, shelf.chunk(0)).has_value());
    SUBCASE("gone") {
        std::filesystem::remove(file);
    }
    SUBCASE("older") {
        REQUIRE(write_file_atomically(file, older, FileMode::owner_only).has_value());
    }
    SUBCASE("of another length") {
        REQUIRE(write_file_atomically(file, Bytes(7), FileMode::owner_only).has_value());
    }
    SUBCASE("with bits beyond the last chunk") {
        REQUIRE(write_file_atomically(file, Bytes{0x1F}, FileMode::owner_only).has_value());
    }
    shelf.open();
    CHECK(shelf.store->missing(shelf.content, 10) == std::vector<u64>{1, 3});
    CHECK(shelf.store->read(shelf.content, 2 * salted_chunk, salted_chunk) ==
          to_bytes(shelf.chunk(2)));
}

TEST_CASE("content store: a damaged record or leaf list is named at start, with the way out") {
    Shelf shelf;
    shelf.put_all();
    SUBCASE("record") {
        flip_replacing(only_file(shelf.folder.path / "store", "content"), 40);  // the owner
    }
    SUBCASE("leaves") {
        flip_replacing(only_file(shelf.folder.path / "store", "leaves"), 40);
    }
    shelf.store.reset();
    const auto opened = node::open_directory_store(shelf.folder.path / "store", 1 << 20);
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error().code == ErrorCode::corrupted);
    CHECK(opened.error().detail.find("remove this folder") != std::string::npos);
}

TEST_CASE("content store: a record without a hash behind it, as of before, is still read") {
    Shelf shelf;
    shelf.put_all();
    const auto file = only_file(shelf.folder.path / "store", "content");
    REQUIRE(
        write_file_atomically(file, bcs::encode(shelf.content), FileMode::owner_only).has_value());
    shelf.open();
    CHECK(shelf.store->missing(shelf.content, 10)->empty());
}

TEST_CASE("content store: a sample that the disk changed is told, and published again") {
    Shelf shelf;
    REQUIRE(shelf.store->put_sample(shelf.sample_content(), shelf.sample()).has_value());
    flip_replacing(only_file(shelf.folder.path / "store", "sample"), 100);
    const auto read = shelf.store->sample(shelf.sample_content());
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().code == ErrorCode::corrupted);
    const u64 used = shelf.used();
    REQUIRE(shelf.store->put_sample(shelf.sample_content(), shelf.sample()).has_value());
    CHECK(shelf.used() == used);
    CHECK(shelf.store->sample(shelf.sample_content())->record == shelf.sample().record);
}
