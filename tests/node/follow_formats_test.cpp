// The bytes between nodes and in a follower's files, as docs/formats.md section 6 has them. The
// hashes were computed by a program that shares nothing with the product.
#include "tests/node/follow_world.h"

using namespace jangbu;
using namespace jangbu::test;

namespace {

template <std::size_t N>
ByteArray<N> filled(u8 value) {
    ByteArray<N> out{};
    out.fill(value);
    return out;
}

ledger::SignedHeader header_of(u64 height) {
    ledger::SignedHeader out;
    ledger::Header& header = out.header;
    header.chain_id.bytes = filled<32>(1);
    header.protocol_version = 1;
    header.epoch = 2;
    header.height = height;
    header.time_ms = 1'000 + height;
    header.market_time_ms = 900 + height;
    header.parent.bytes = filled<32>(2);
    header.tx_count = 3;
    header.receipt_count = 4;
    header.tx_root = filled<32>(5);
    header.receipt_root = filled<32>(6);
    header.state_root = filled<32>(7);
    header.history_root = filled<32>(8);
    header.validators_hash = filled<32>(9);
    header.next_validators_hash = filled<32>(10);
    out.finality.key.bytes = filled<32>(11);
    out.finality.signature = filled<64>(12);
    return out;
}

std::string sha256_of(ByteView bytes) {
    return to_hex(crypto::sha256(bytes));
}

}  // namespace

TEST_CASE("follow formats: a stream and a cosignature have the bytes that are written down") {
    node::FollowStream stream;
    stream.head = header_of(42);
    node::FollowedBlock block;
    block.header = header_of(41);
    block.input = Bytes(300, 15);
    block.documents = {{filled<32>(13), "text/plain", Bytes(200, 14)}};
    stream.blocks.push_back(block);
    const Bytes bytes = bcs::encode(stream);
    CHECK(bytes.size() == 1333);
    CHECK(sha256_of(bytes) == "4fcaeb2796f0457d91d4e85c122b71699d0c04d3f5e1b0478da8739495a75ccd");

    node::Cosignature cosignature;
    cosignature.height = 42;
    cosignature.header_hash.bytes = filled<32>(1);
    cosignature.key.bytes = filled<32>(2);
    cosignature.signature = filled<64>(3);
    const Bytes small = bcs::encode(cosignature);
    CHECK(small.size() == node::cosignature_bytes);
    CHECK(sha256_of(small) == "ab461a18a7cd44dcd0fc8af15b4aba202452004eedcefd67799dd1d85be6a058");
}

TEST_CASE("follow formats: the file of signatures has the bytes that are written down") {
    Folder folder(Folder::On::memory);
    const std::filesystem::path file = folder.path / "followed-finality";
    auto finality = node::FollowedFinality::open(file).value();
    CHECK_FALSE(finality.find(41));
    REQUIRE(finality.remember({header_of(41), header_of(42)}).has_value());
    CHECK(sha256_of(read_file(file, 1 << 20).value()) ==
          "efa847e4ed4b5bacebcda74223cdb043f67e9c5dec1d071c39ac88c85491fbee");
    const auto again = node::FollowedFinality::open(file).value();
    CHECK(again.find(41) == header_of(41));
    CHECK(again.find(42) == header_of(42));
    CHECK_FALSE(again.find(43));

    Bytes damaged = read_file(file, 1 << 20).value();
    damaged.pop_back();
    REQUIRE(write_file_atomically(file, damaged, FileMode::owner_only).has_value());
    CHECK(node::FollowedFinality::open(file).error().code == ErrorCode::corrupted);
}
