#include "client/chunk_pipeline.h"

#include "client/dataset.h"
#include "crypto/merkle.h"
#include "crypto/secrets.h"
#include "tests/client/folder.h"
#include "tests/support/vectors.h"

namespace jangbu::client {
namespace {

using test::array_of;
using test::Folder;
using test::hashes_of;
using test::json;
using test::must;
using test::number_of;
using test::vector_content;
using test::vectors;

// One order of fx1.json with its data in a file.
struct OrderVector {
    explicit OrderVector(const json& order) : vector(order) {
        shape = {ledger::OrgId(array_of<32>(order.at("registrant"))),
                 number_of(order.at("byte_len")), order.at("chunk_size").get<u32>()};
        seed = array_of<32>(order.at("seed"));
        content = vector_content(shape.byte_len, number_of(order.at("shift")));
        file = folder.write("data", content);
        for (const json& chunk : order.at("chunks")) {
            leaves.push_back(array_of<32>(chunk.at("leaf")));
            ct_leaves.push_back(array_of<32>(chunk.at("ct_leaf")));
        }
    }
    OrderCipher cipher() const {
        return {array_of<32>(vector.at("ctx")),
                *crypto::Scalar::decode(array_of<32>(vector.at("K")))};
    }

    const json& vector;
    Folder folder;
    DatasetShape shape;
    Hash seed{};
    Bytes content;
    std::filesystem::path file;
    std::vector<Hash> leaves;
    std::vector<Hash> ct_leaves;
};

TEST_CASE("pipeline: leaves and roots of files are those of the dataset vectors") {
    const json& file = vectors("dataset.json");
    const ledger::OrgId registrant(array_of<32>(file.at("registrant")));
    const ledger::OrgId other(array_of<32>(file.at("other_registrant")));
    const crypto::OrganisationSecret secret(array_of<32>(file.at("organisation_secret")));
    Progress progress;
    for (const json& dataset : file.at("datasets")) {
        const Folder folder;
        const u64 byte_len = number_of(dataset.at("byte_len"));
        const auto data =
            folder.write("data", vector_content(byte_len, number_of(dataset.at("shift"))));
        const Hash seed = secret.dataset_seed(array_of<16>(dataset.at("seed_nonce")));
        CHECK(to_hex(seed) == dataset.at("seed").get<std::string>());
        DatasetShape shape{registrant, byte_len, dataset.at("chunk_size").get<u32>()};
        const auto leaves = hash_dataset(data, shape, seed, progress);
        REQUIRE(leaves.has_value());
        CHECK(*leaves == hashes_of(dataset.at("leaves")));
        const std::vector<Hash> salts = hashes_of(dataset.at("salts"));
        CHECK(must(hash_dataset(data, shape, std::span<const Hash>(salts), progress)) == *leaves);
        shape.registrant = other;
        const auto others = hash_dataset(data, shape, seed, progress);
        REQUIRE(others.has_value());
        CHECK(to_hex(crypto::merkle::root(*others)) ==
              dataset.at("data_root_of_another_registrant").get<std::string>());
    }
}

TEST_CASE("pipeline: ciphertext of a file is that of the exchange vectors, and opens again") {
    Progress progress;
    for (const json& vector : vectors("fx1.json").at("orders")) {
        const OrderVector order(vector);
        const auto ciphertext = order.folder / "ciphertext";
        const auto ct_leaves = encrypt_dataset(order.file, ciphertext, order.shape, order.seed,
                                               order.cipher(), order.leaves, progress);
        REQUIRE(ct_leaves.has_value());
        CHECK(*ct_leaves == order.ct_leaves);
        CHECK(to_hex(crypto::merkle::root(*ct_leaves)) == vector.at("ct_root").get<std::string>());
        CHECK(must(check_ciphertext(ciphertext, order.shape, *ct_leaves, progress)) ==
              std::optional<u64>());
        std::vector<Hash> salts;
        const auto bad = open_ciphertext(ciphertext, order.folder / "opened", order.shape,
                                         order.cipher(), order.leaves, &salts, progress);
        CHECK(!must(bad).has_value());
        CHECK(order.folder.read("opened") == order.content);
        CHECK(must(hash_dataset(order.file, order.shape, std::span<const Hash>(salts), progress)) ==
              order.leaves);
    }
}

TEST_CASE("pipeline: one changed byte of the data is refused before it is encrypted") {
    OrderVector order(vectors("fx1.json").at("orders").at(3));
    order.content[4096 * 2 + 7] ^= 1;
    order.folder.write("data", order.content);
    Progress progress;
    const auto refused = encrypt_dataset(order.file, order.folder / "ciphertext", order.shape,
                                         order.seed, order.cipher(), order.leaves, progress);
    REQUIRE(!refused.has_value());
    CHECK(refused.error().code == ErrorCode::conflict);
    CHECK(refused.error().detail.find("chunk 2") != std::string::npos);
}

TEST_CASE("pipeline: one changed byte of the ciphertext is found, at every chunk") {
    const OrderVector order(vectors("fx1.json").at("orders").at(3));
    Progress progress;
    const auto ciphertext = order.folder / "ciphertext";
    REQUIRE(encrypt_dataset(order.file, ciphertext, order.shape, order.seed, order.cipher(),
                            order.leaves, progress));
    const Bytes good = order.folder.read("ciphertext");
    for (u64 chunk = 0; chunk < order.shape.n(); ++chunk) {
        Bytes changed = good;
        changed[order.shape.ciphertext_at(chunk) + 40] ^= 1;
        order.folder.write("ciphertext", changed);
        CHECK(must(check_ciphertext(ciphertext, order.shape, order.ct_leaves, progress)) ==
              std::optional(chunk));
        CHECK(must(open_ciphertext(ciphertext, {}, order.shape, order.cipher(), order.leaves,
                                   nullptr, progress)) == std::optional(chunk));
    }
    order.folder.write("ciphertext", ByteView(good).first(good.size() - 1));
    const auto cut = check_ciphertext(ciphertext, order.shape, order.ct_leaves, progress);
    REQUIRE(!cut.has_value());
    CHECK(cut.error().code == ErrorCode::conflict);
}

TEST_CASE("pipeline: a file of many blocks gives the leaves of its chunks, in order") {
    const Folder folder;
    const Bytes content = vector_content((5 << 20) + 123, 9);
    const auto file = folder.write("data", content);
    const DatasetShape shape{ledger::OrgId(Hash{1}), content.size(), 4096};
    const Hash seed{2};
    Progress progress;
    const auto leaves = hash_dataset(file, shape, seed, progress);
    REQUIRE(leaves.has_value());
    REQUIRE(leaves->size() == shape.n());
    for (const u64 chunk : {u64{0}, u64{255}, u64{256}, u64{700}, shape.n() - 1}) {
        const ByteView data =
            ByteView(content).subspan(chunk * shape.chunk_size, shape.data_bytes(chunk));
        // By the definition of docs/formats.md section 7, not by the pipeline.
        const Hash salt = crypto::hmac_sha256(seed, {as_bytes("jangbu/salt/v1"), le64(chunk)});
        const ByteArray<1> zero{0};
        CHECK((*leaves)[chunk] ==
              crypto::sha256({zero, shape.registrant.bytes, le64(chunk), salt, data}));
    }
}

TEST_CASE("registering: a file that changes while it is read is noticed") {
    const Folder folder;
    const auto file = folder.write("data", vector_content(3 << 20, 1));
    bool touched = false;
    Progress progress([&](const std::string&, u64 done, u64 total) {
        if (touched || done == total) return;
        touched = true;
        // The same length, one byte other: only times and content tell.
        std::fstream out(file, std::ios::binary | std::ios::in | std::ios::out);
        out.seekp(0);
        out.put('!');
    });
    const auto commitment =
        commit_file(file, ledger::OrgId(Hash{1}), Hash{2}, std::nullopt, progress);
    CHECK(touched);
    REQUIRE(!commitment.has_value());
    CHECK(commitment.error().code == ErrorCode::conflict);
}

TEST_CASE("registering: a file that grows while it is read is noticed") {
    const Folder folder;
    const auto file = folder.write("data", vector_content(2 << 20, 1));
    bool touched = false;
    Progress progress([&](const std::string&, u64, u64) {
        if (touched) return;
        touched = true;
        std::ofstream(file, std::ios::binary | std::ios::app) << "one more row\n";
    });
    CHECK(!commit_file(file, ledger::OrgId(Hash{1}), Hash{2}, std::nullopt, progress));
    CHECK(touched);
}

TEST_CASE("registering: an unchanged file gives one root, whatever its age") {
    const Folder folder;
    const auto file = folder.write("data", vector_content(100'000, 1));
    Progress progress;
    const auto young = commit_file(file, ledger::OrgId(Hash{1}), Hash{2}, 4096, progress);
    REQUIRE(young.has_value());
    CHECK(young->shape.n() == 25);
    CHECK(young->data_root == crypto::merkle::root(young->leaves));
    CHECK(commit_file(file, ledger::OrgId(Hash{1}), Hash{2}, 4096, progress)->data_root ==
          young->data_root);
}

TEST_CASE("registering: an empty file and a chunk size of its own are refused") {
    const Folder folder;
    Progress progress;
    const auto empty = folder.write("empty", {});
    CHECK(commit_file(empty, ledger::OrgId(), Hash{}, std::nullopt, progress).error().code ==
          ErrorCode::usage);
    const auto file = folder.write("data", vector_content(10, 0));
    CHECK(commit_file(file, ledger::OrgId(), Hash{}, 1000, progress).error().code ==
          ErrorCode::usage);
    CHECK(commit_file(folder / "absent", ledger::OrgId(), Hash{}, 4096, progress).error().code ==
          ErrorCode::io);
}

}  // namespace
}  // namespace jangbu::client
