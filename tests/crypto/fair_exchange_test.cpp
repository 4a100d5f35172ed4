#include "crypto/fair_exchange.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "base/bcs.h"
#include "crypto/merkle.h"
#include "crypto/secrets.h"
#include "tests/support/vectors.h"

namespace jangbu::crypto::fx1 {
namespace {

using test::array_of;
using test::bytes_of;
using test::json;
using test::number_of;

// The content formula of dataset.json and fx1.json.
Bytes content(u64 byte_len, u64 shift) {
    Bytes out(byte_len);
    for (u64 j = 0; j < byte_len; ++j)
        out[j] = static_cast<u8>(31 * j + 17 * (j >> 8) + 7 * (j >> 16) + shift);
    return out;
}

// salt_i || data_i of every chunk.
std::vector<Bytes> records_of(const Hash& seed, const Bytes& data, u32 chunk_size) {
    std::vector<Bytes> records;
    for (u64 i = 0; i < chunk_count(data.size(), chunk_size); ++i) {
        const std::size_t bytes = chunk_bytes(i, data.size(), chunk_size);
        records.push_back(concat({salt(seed, i), ByteView(data).subspan(i * chunk_size, bytes)}));
    }
    return records;
}

std::vector<Hash> leaves_of(const ByteArray<32>& registrant, const std::vector<Bytes>& records) {
    std::vector<Hash> leaves;
    for (u64 i = 0; i < records.size(); ++i) leaves.push_back(data_leaf(registrant, i, records[i]));
    return leaves;
}

std::vector<Hash> leaves_together(const ByteArray<32>& registrant, u64 first,
                                  const std::vector<Bytes>& records) {
    std::vector<Record> parts;
    for (const Bytes& record : records) {
        Record& part = parts.emplace_back();
        std::copy_n(record.begin(), salt_bytes, part.salt.begin());
        part.data = ByteView(record).subspan(salt_bytes);
    }
    std::vector<Hash> leaves(records.size());
    data_leaves(registrant, first, parts, leaves);
    return leaves;
}

Hash dataset_id(const ByteArray<32>& registrant, const Hash& data_root) {
    return Tag("jangbu/dataset/v1")({registrant, data_root});
}

Scalar scalar_of(const json& text) {
    return Scalar::decode(array_of<32>(text)).value();
}

TEST_CASE("dataset: salts, leaves, roots and openings") {
    const json& file = test::vectors("dataset.json");
    const OrganisationSecret secret(array_of<32>(file["organisation_secret"]));
    const auto registrant = array_of<32>(file["registrant"]);
    const auto other = array_of<32>(file["other_registrant"]);
    REQUIRE(file["datasets"].size() == 21);
    for (const json& entry : file["datasets"]) {
        const u64 byte_len = number_of(entry["byte_len"]);
        const auto chunk_size = static_cast<u32>(number_of(entry["chunk_size"]));
        INFO(byte_len << " bytes in chunks of " << chunk_size);
        CHECK(chunk_size_is_valid(byte_len, chunk_size));
        REQUIRE(chunk_count(byte_len, chunk_size) == number_of(entry["n"]));
        const Bytes data = content(byte_len, number_of(entry["shift"]));
        REQUIRE(sha256(data) == array_of<32>(entry["content_sha256"]));

        const Hash seed = secret.dataset_seed(array_of<16>(entry["seed_nonce"]));
        CHECK(seed == array_of<32>(entry["seed"]));
        const std::vector<Bytes> records = records_of(seed, data, chunk_size);
        const std::vector<Hash> leaves = leaves_of(registrant, records);
        REQUIRE(leaves.size() == entry["leaves"].size());
        for (std::size_t i = 0; i < leaves.size(); ++i) {
            CHECK(salt(seed, i) == array_of<32>(entry["salts"][i]));
            CHECK(leaves[i] == array_of<32>(entry["leaves"][i]));
        }
        CHECK(leaves_together(registrant, 0, records) == leaves);
        // A later part of the file keeps its indices.
        const std::size_t later = leaves.size() / 2;
        CHECK(leaves_together(registrant, later,
                              {records.begin() + std::ptrdiff_t(later), records.end()}) ==
              std::vector<Hash>(leaves.begin() + std::ptrdiff_t(later), leaves.end()));
        const Hash root = merkle::root(leaves);
        CHECK(root == array_of<32>(entry["data_root"]));
        CHECK(dataset_id(registrant, root) == array_of<32>(entry["dataset_id"]));
        CHECK(merkle::root(leaves_of(other, records)) ==
              array_of<32>(entry["data_root_of_another_registrant"]));
        for (const json& opening : entry["openings"]) {
            std::vector<Hash> path;
            for (const json& node : opening["path"]) path.push_back(array_of<32>(node));
            CHECK(merkle::inclusion(number_of(opening["index"]), leaves) == path);
        }
    }
}

TEST_CASE("dataset: sizes to accept and to refuse") {
    const json& file = test::vectors("dataset.json");
    REQUIRE(file["registrations"].size() == 19);
    for (const json& entry : file["registrations"]) {
        const u64 byte_len = number_of(entry["byte_len"]);
        const auto chunk_size = static_cast<u32>(number_of(entry["chunk_size"]));
        const bool valid = chunk_size_is_valid(byte_len, chunk_size) &&
                           chunk_count(byte_len, chunk_size) == number_of(entry["n"]);
        INFO(byte_len << " bytes in chunks of " << chunk_size);
        CHECK(valid == entry["valid"].get<bool>());
    }
}

TEST_CASE("dataset: the lengths of the chunks add up, only the last may be short") {
    for (u32 chunk_size : chunk_sizes) {
        for (u64 byte_len : {u64{1}, u64{4096}, u64{65537}, u64{200000}}) {
            u64 sum = 0;
            const u64 n = chunk_count(byte_len, chunk_size);
            for (u64 i = 0; i < n; ++i) {
                const std::size_t bytes = chunk_bytes(i, byte_len, chunk_size);
                const bool full_or_last = bytes == chunk_size || (i + 1 == n && bytes > 0);
                CHECK(full_or_last);
                sum += bytes;
            }
            CHECK(sum == byte_len);
        }
    }
    CHECK(chunk_bytes(4294967295, byte_len_max, 4096) == 4096);
}

void check_parties(const json& order) {
    const auto order_id = array_of<32>(order["order_id"]);
    const auto mask_order_id = array_of<32>(order["mask_order_id"]);
    const OrganisationSecret buyer(array_of<32>(test::vectors("fx1.json")["buyer_secret"]));
    const OrganisationSecret seller(array_of<32>(order["seller_secret"]));
    CHECK(buyer.delivery_secret() == array_of<32>(order["buyer_delivery"]));
    CHECK(seller.delivery_secret() == array_of<32>(order["seller_delivery"]));

    const auto period = static_cast<u32>(number_of(order["period"]));
    const ExchangeSecret e_b = buyer_secret(buyer.delivery_secret(), mask_order_id);
    CHECK(e_b == array_of<32>(order["e_b"]));
    const ExchangeKey e_b_public = exchange_public(e_b);
    CHECK(e_b_public == ExchangeKey(array_of<32>(order["E_b"])));
    const ExchangeSecret sk_s = seller.prekey(static_cast<u32>(number_of(order["prekey_n"])));
    CHECK(sk_s == array_of<32>(order["sk_s"]));
    const ExchangeKey pk_s = exchange_public(sk_s);
    CHECK(pk_s == ExchangeKey(array_of<32>(order["PK_S"])));
    CHECK(shared_secret(e_b, pk_s).value() == array_of<32>(order["shared"]));

    const Scalar key = order_key(seller.delivery_secret(), order_id, e_b_public, period,
                                 static_cast<u32>(number_of(order["attempt"])));
    CHECK(key == scalar_of(order["K"]));
    CHECK(mul_base(key).value().bytes() == array_of<32>(order["Y"]));
    const Scalar t = mask(e_b, pk_s, e_b_public, pk_s, mask_order_id, period).value();
    CHECK(t == scalar_of(order["t"]));
    CHECK(t == mask(sk_s, e_b_public, e_b_public, pk_s, mask_order_id, period).value());
    CHECK(mul_base(t).value().bytes() == array_of<32>(order["T"]));
    CHECK(add(key, t) == scalar_of(order["m"]));
    CHECK(sub(scalar_of(order["m"]), t) == key);
    CHECK(check_key(array_of<32>(order["m"]), array_of<32>(order["Y"]), array_of<32>(order["T"])) ==
          KeyVerdict::ok);
}

void check_chunk(const json& chunk, const Scalar& key, const Point& y, const Bytes& input,
                 u64 index, Bytes record) {
    CHECK(sha256(record) == array_of<32>(chunk["record_sha256"]));
    const Point h = hash_to_group(input);
    const Point p = chunk_point(key, input);
    CHECK(h.bytes() == array_of<32>(chunk["H"]));
    CHECK(p.bytes() == array_of<32>(chunk["P"]));
    const Hash k = chunk_key(input, p.bytes());
    CHECK(k == array_of<32>(chunk["k"]));

    const Bytes plain = record;
    crypt(k, record);
    CHECK(record.size() == number_of(chunk["ct_bytes"]));
    CHECK(sha256(record) == array_of<32>(chunk["ct_sha256"]));
    CHECK(ciphertext_leaf(index, record) == array_of<32>(chunk["ct_leaf"]));
    crypt(k, record);
    CHECK(record == plain);

    const Scalar r =
        proof_nonce(key, y.bytes(), h.bytes(), p.bytes(), array_of<32>(chunk["random32"]));
    CHECK(r == scalar_of(chunk["r"]));
    const DleqProof proof = generate_proof(key, Point::base(), y, {&h, 1}, {&p, 1}, r);
    CHECK(concat({proof.c, proof.s}) == bytes_of(chunk["proof"]));
    CHECK(verify_proof(Point::base(), y, {&h, 1}, {&p, 1}, proof));
}

TEST_CASE("fair exchange: every value of the orders, from the secrets to the proofs") {
    const json& file = test::vectors("fx1.json");
    REQUIRE(file["orders"].size() == 10);
    for (const json& order : file["orders"]) {
        INFO(order["name"].get<std::string>());
        check_parties(order);

        const auto registrant = array_of<32>(order["registrant"]);
        const OrganisationSecret owner(array_of<32>(file["registrant_secret"]));
        const Hash seed = owner.dataset_seed(array_of<16>(order["seed_nonce"]));
        CHECK(seed == array_of<32>(order["seed"]));
        const auto chunk_size = static_cast<u32>(number_of(order["chunk_size"]));
        const std::vector<Bytes> records = records_of(
            seed, content(number_of(order["byte_len"]), number_of(order["shift"])), chunk_size);
        const std::vector<Hash> leaves = leaves_of(registrant, records);
        const Hash data_root = merkle::root(leaves);
        CHECK(data_root == array_of<32>(order["data_root"]));
        CHECK(dataset_id(registrant, data_root) == array_of<32>(order["dataset_id"]));

        const Scalar key = scalar_of(order["K"]);
        const Point y = mul_base(key).value();
        const Hash ctx = context(array_of<32>(file["chain_id"]), array_of<32>(order["order_id"]),
                                 array_of<32>(order["dataset_id"]), data_root, y.bytes());
        CHECK(ctx == array_of<32>(order["ctx"]));
        REQUIRE(order["chunks"].size() == records.size());
        std::vector<Hash> ct_leaves;
        for (u64 i = 0; i < records.size(); ++i) {
            check_chunk(order["chunks"][i], key, y, chunk_input(ctx, i), i, records[i]);
            CHECK(leaves[i] == array_of<32>(order["chunks"][i]["leaf"]));
            ct_leaves.push_back(array_of<32>(order["chunks"][i]["ct_leaf"]));
        }
        CHECK(merkle::root(ct_leaves) == array_of<32>(order["ct_root"]));
    }
}

TEST_CASE("fair exchange: the mask of each period") {
    const json& file = test::vectors("fx1.json");
    const json& order = file["orders"][0];
    REQUIRE(file["masks_of_order_one_chunk"].size() == 4);
    for (const json& entry : file["masks_of_order_one_chunk"]) {
        const Scalar t =
            mask(array_of<32>(order["e_b"]), ExchangeKey(array_of<32>(order["PK_S"])),
                 ExchangeKey(array_of<32>(order["E_b"])), ExchangeKey(array_of<32>(order["PK_S"])),
                 array_of<32>(order["order_id"]), static_cast<u32>(number_of(entry["period"])))
                .value();
        CHECK(t == scalar_of(entry["t"]));
        CHECK(mul_base(t).value().bytes() == array_of<32>(entry["T"]));
    }
}

TEST_CASE("fair exchange: a mask over a key of low order is an error") {
    const ExchangeKey good = exchange_public(ExchangeSecret{1});
    const Result<Scalar> t = mask(ExchangeSecret{2}, ExchangeKey(), good, good, {}, 0);
    REQUIRE_FALSE(t.has_value());
    CHECK(t.error().code == ErrorCode::verification_failed);
}

// The numbers of exchange.md section 15; 0 when nothing is refused.
int rejection_of(KeyVerdict verdict) {
    switch (verdict) {
        case KeyVerdict::ok:
            return 0;
        case KeyVerdict::point_invalid:
            return 161;
        case KeyVerdict::scalar_invalid:
            return 162;
        case KeyVerdict::mismatch:
            return 163;
    }
    return -1;
}
int rejection_of(ChunkVerdict verdict) {
    switch (verdict) {
        case ChunkVerdict::proven:
            return 0;
        case ChunkVerdict::index_out_of_range:
            return 180;
        case ChunkVerdict::path_length:
            return 181;
        case ChunkVerdict::ciphertext_not_committed:
            return 182;
        case ChunkVerdict::leaf_not_committed:
            return 183;
        case ChunkVerdict::point_invalid:
            return 161;
        case ChunkVerdict::scalar_invalid:
            return 162;
        case ChunkVerdict::proof_invalid:
            return 184;
        case ChunkVerdict::chunk_is_good:
            return 185;
    }
    return -1;
}

TEST_CASE("fair exchange: the key equation holds or is refused with its number") {
    const json& file = test::vectors("fx1.json");
    REQUIRE(file["key_equation"].size() > 10);
    for (const json& entry : file["key_equation"]) {
        INFO(entry["reason"].get<std::string>());
        const int expected = entry["rejection"].is_null() ? 0 : entry["rejection"].get<int>();
        CHECK(rejection_of(check_key(array_of<32>(entry["m"]), array_of<32>(entry["Y"]),
                                     array_of<32>(entry["T"]))) == expected);
    }
}

// The operation ProveBadChunk as it travels: its tag, order, the claim, and the reference of the
// chunk's document.
struct Operation {
    u8 tag = 0;
    ByteArray<32> order{};
    BadChunk claim;
    ByteArray<32> document{};
    u32 document_bytes = 0;
    u8 document_class = 0;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.tag);
        c(self.order);
        c(self.claim.index);
        c(self.claim.p);
        c(self.claim.proof.c);
        c(self.claim.proof.s);
        c(self.claim.leaf);
        c.list(self.claim.path_ct, 0, 32);
        c.list(self.claim.path_data, 0, 32);
        c(self.document);
        c(self.document_bytes);
        c(self.document_class);
    }
};

Deal deal_of(const json& entry) {
    return {array_of<32>(entry["chain_id"]),   array_of<32>(entry["order_id"]),
            array_of<32>(entry["dataset_id"]), array_of<32>(entry["registrant"]),
            array_of<32>(entry["data_root"]),  number_of(entry["n"]),
            array_of<32>(entry["y"]),          array_of<32>(entry["ct_root"])};
}

TEST_CASE("fair exchange: a bad chunk is proven in every case that must convict") {
    const json& file = test::vectors("fx1.json");
    REQUIRE(file["must_convict"].size() == 15);
    for (const json& entry : file["must_convict"]) {
        INFO(entry["reason"].get<std::string>());
        const Operation operation = bcs::decode<Operation>(bytes_of(entry["operation"])).value();
        REQUIRE(operation.tag == 16);
        const Deal deal = deal_of(file["deals"][entry["deal"].get<std::string>()]);
        CHECK(check_bad_chunk(deal, operation.claim, bytes_of(entry["chunk"])) ==
              ChunkVerdict::proven);
    }
}

TEST_CASE("fair exchange: nothing else convicts, each with its rejection") {
    const json& file = test::vectors("fx1.json");
    REQUIRE(file["must_not_convict"].size() == 105);
    for (const json& entry : file["must_not_convict"]) {
        INFO(entry["reason"].get<std::string>());
        const Result<Operation> operation = bcs::decode<Operation>(bytes_of(entry["operation"]));
        if (entry["rejection"].is_null()) {
            CHECK_FALSE(operation.has_value());
            continue;
        }
        REQUIRE(operation.has_value());
        const Deal deal = deal_of(file["deals"][entry["deal"].get<std::string>()]);
        CHECK(rejection_of(check_bad_chunk(deal, operation->claim, bytes_of(entry["chunk"]))) ==
              entry["rejection"].get<int>());
    }
}

TEST_CASE("fair exchange: no flipped bit of a good proof convicts for another chunk or order") {
    const json& file = test::vectors("fx1.json");
    const json& entry = file["must_convict"][0];
    const Bytes bytes = bytes_of(entry["operation"]);
    const Bytes chunk = bytes_of(entry["chunk"]);
    const Deal deal = deal_of(file["deals"][entry["deal"].get<std::string>()]);
    // The order and the document's reference are not the claim's: the ledger compares them.
    const std::size_t first = 1 + 32;
    const std::size_t last = bytes.size() - (32 + 4 + 1);
    for (std::size_t bit = 8 * first; bit < 8 * last; bit += 3) {
        Bytes changed = bytes;
        changed[bit / 8] = static_cast<u8>(changed[bit / 8] ^ (1U << bit % 8));
        const Result<Operation> operation = bcs::decode<Operation>(changed);
        INFO("bit " << bit);
        const bool convicts =
            operation && check_bad_chunk(deal, operation->claim, chunk) == ChunkVerdict::proven;
        CHECK_FALSE(convicts);
    }
}

// An order of five chunks whose seller flipped one bit of the data in chunk 3 before encrypting.
struct BadOrder {
    Deal deal;
    Scalar key = hash_to_scalar({as_bytes("K of the bad order")});
    std::vector<Hash> leaves;
    std::vector<Bytes> ciphertexts;
    std::vector<Hash> ct_leaves;

    explicit BadOrder(u64 bad) {
        deal.chain_id[0] = 1;
        deal.order_id[0] = 2;
        deal.registrant[0] = 3;
        std::vector<Bytes> records = records_of(Hash{4}, content(20000, 5), 4096);
        leaves = leaves_of(deal.registrant, records);
        deal.data_root = merkle::root(leaves);
        deal.dataset_id = dataset_id(deal.registrant, deal.data_root);
        deal.n = records.size();
        deal.y = mul_base(key).value().bytes();
        records[bad].back() ^= 1;
        const Hash ctx =
            context(deal.chain_id, deal.order_id, deal.dataset_id, deal.data_root, deal.y);
        for (u64 i = 0; i < deal.n; ++i) {
            const Bytes input = chunk_input(ctx, i);
            crypt(chunk_key(input, chunk_point(key, input).bytes()), records[i]);
            ciphertexts.push_back(records[i]);
            ct_leaves.push_back(ciphertext_leaf(i, records[i]));
        }
        deal.ct_root = merkle::root(ct_leaves);
    }
};

TEST_CASE("fair exchange: the buyer proves the bad chunk and cannot frame a good one") {
    for (u64 bad = 0; bad < 5; ++bad) {
        const BadOrder order(bad);
        REQUIRE(order.deal.n == 5);
        for (u64 i = 0; i < order.deal.n; ++i) {
            const BadChunk claim =
                prove_bad_chunk(order.deal, order.key, i, order.leaves, order.ct_leaves);
            const ChunkVerdict expected =
                i == bad ? ChunkVerdict::proven : ChunkVerdict::chunk_is_good;
            CHECK(check_bad_chunk(order.deal, claim, order.ciphertexts[i]) == expected);
        }
    }
}

TEST_CASE("fair exchange: an empty ciphertext that the seller committed convicts him") {
    BadOrder order(2);
    order.ct_leaves[2] = ciphertext_leaf(2, {});
    order.deal.ct_root = merkle::root(order.ct_leaves);
    const BadChunk claim = prove_bad_chunk(order.deal, order.key, 2, order.leaves, order.ct_leaves);
    CHECK(check_bad_chunk(order.deal, claim, {}) == ChunkVerdict::proven);
}

TEST_CASE("fair exchange: two proofs of one chunk use two nonces") {
    const BadOrder order(1);
    const BadChunk a = prove_bad_chunk(order.deal, order.key, 1, order.leaves, order.ct_leaves);
    const BadChunk b = prove_bad_chunk(order.deal, order.key, 1, order.leaves, order.ct_leaves);
    CHECK(a.p == b.p);
    CHECK(a.proof.c != b.proof.c);
    CHECK(a.proof.s != b.proof.s);
}

TEST_CASE("fair exchange: ciphertext leaves made together are those made one by one") {
    const Bytes bytes = content(9'000, 5);
    std::vector<ByteView> ciphertexts;
    std::vector<Hash> want;
    const u64 first = (u64{1} << 32) - 3;
    for (std::size_t i = 0; i < 40; ++i) {
        ciphertexts.push_back(ByteView(bytes).subspan(i, i * i * 5));
        want.push_back(ciphertext_leaf(first + i, ciphertexts.back()));
    }
    std::vector<Hash> leaves(want.size());
    ciphertext_leaves(first, ciphertexts, leaves);
    CHECK(leaves == want);
}

}  // namespace
}  // namespace jangbu::crypto::fx1
