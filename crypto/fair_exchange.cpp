#include "crypto/fair_exchange.h"

#include <sodium.h>

#include <algorithm>
#include <limits>

#include "base/assert.h"
#include "crypto/merkle.h"

namespace jangbu::crypto::fx1 {
namespace {

constexpr std::string_view input_prefix = "jangbu/fx1/v1";

}  // namespace

bool chunk_size_is_valid(u64 byte_len, u32 chunk_size) {
    return std::ranges::find(chunk_sizes, chunk_size) != std::ranges::end(chunk_sizes) &&
           byte_len >= 1 && byte_len <= byte_len_max;
}

u64 chunk_count(u64 byte_len, u32 chunk_size) {
    JANGBU_ASSERT(chunk_size != 0);
    return byte_len / chunk_size + (byte_len % chunk_size != 0 ? 1 : 0);
}

std::size_t chunk_bytes(u64 index, u64 byte_len, u32 chunk_size) {
    JANGBU_ASSERT(index < chunk_count(byte_len, chunk_size));
    return static_cast<std::size_t>(std::min<u64>(chunk_size, byte_len - index * chunk_size));
}

Hash salt(const Hash& seed, u64 index) {
    return hmac_sha256(seed, {as_bytes("jangbu/salt/v1"), le64(index)});
}

Hash data_leaf(const ByteArray<32>& registrant, u64 index, ByteView record) {
    return merkle::leaf({registrant, le64(index), record});
}

Hash ciphertext_leaf(u64 index, ByteView ciphertext) {
    return merkle::leaf({le64(index), ciphertext});
}

void data_leaves(const ByteArray<32>& registrant, u64 first, std::span<const Record> records,
                 std::span<Hash> leaves) {
    std::vector<Bytes> heads;
    heads.reserve(records.size());
    std::vector<merkle::Entry> entries;
    entries.reserve(records.size());
    for (const Record& record : records) {
        const u64 index = first + entries.size();
        const Bytes& head = heads.emplace_back(concat({registrant, le64(index), record.salt}));
        entries.push_back({head, record.data});
    }
    merkle::leaves(entries, leaves);
}

void ciphertext_leaves(u64 first, std::span<const ByteView> ciphertexts, std::span<Hash> leaves) {
    std::vector<ByteArray<8>> indices;
    indices.reserve(ciphertexts.size());
    std::vector<merkle::Entry> entries;
    entries.reserve(ciphertexts.size());
    for (const ByteView ciphertext : ciphertexts) {
        const u64 index = first + entries.size();
        entries.push_back({indices.emplace_back(le64(index)), ciphertext});
    }
    merkle::leaves(entries, leaves);
}

Hash context(const ByteArray<32>& chain_id, const ByteArray<32>& order_id,
             const ByteArray<32>& dataset_id, const Hash& data_root, const PointBytes& y) {
    static const Tag tag("jangbu/fx1/ctx/v1");
    return tag({chain_id, order_id, dataset_id, data_root, y});
}

Bytes chunk_input(const Hash& context, u64 index) {
    return concat({as_bytes(input_prefix), context, le64(index)});
}

Point chunk_point(const Scalar& key, ByteView input) {
    const std::optional<Point> point = mul(key, hash_to_group(input));
    JANGBU_ASSERT(point.has_value());  // the order of the group is prime, and K is not zero
    return *point;
}

Hash chunk_key(ByteView input, const PointBytes& point) {
    JANGBU_ASSERT(input.size() <= std::numeric_limits<u16>::max());
    const ByteArray<2> input_length = be16(static_cast<u16>(input.size()));
    const ByteArray<2> point_length = be16(static_cast<u16>(point.size()));
    const Hash512 output = sha512({input_length, input, point_length, point, as_bytes("Finalize")});
    Hash key{};
    std::copy_n(output.begin(), key.size(), key.begin());
    return key;
}

void crypt(const Hash& chunk_key, std::span<u8> record) {
    static constexpr ByteArray<crypto_stream_xchacha20_NONCEBYTES> nonce{};
    if (record.empty()) return;  // it has no address to give to C
    crypto_stream_xchacha20_xor(record.data(), record.data(), record.size(), nonce.data(),
                                chunk_key.data());
}

ExchangeSecret buyer_secret(const Hash& delivery_secret, const ByteArray<32>& order_id) {
    return hmac_sha256(delivery_secret, {as_bytes("jangbu/eb/v1"), order_id});
}

Scalar order_key(const Hash& delivery_secret, const ByteArray<32>& order_id, const ExchangeKey& e_b,
                 u32 period, u32 attempt) {
    Hash512 wide = hmac_sha512(delivery_secret, {as_bytes("jangbu/key/v1"), order_id, e_b.view(),
                                                 le32(period), le32(attempt)});
    const Scalar key = hash_to_scalar({wide});
    wipe(wide);
    return key;
}

Result<Scalar> mask(const ExchangeSecret& mine, const ExchangeKey& peer, const ExchangeKey& e_b,
                    const ExchangeKey& seller_prekey, const ByteArray<32>& order_id, u32 period) {
    Hash shared = TRY(shared_secret(mine, peer));
    const Scalar t = hash_to_scalar({as_bytes("jangbu/fx1/mask/v1"), shared, e_b.view(),
                                     seller_prekey.view(), order_id, le32(period)});
    wipe(shared);
    return t;
}

KeyVerdict check_key(const ScalarBytes& m, const PointBytes& y, const PointBytes& t) {
    const std::optional<Point> y_point = Point::decode(y);
    const std::optional<Point> t_point = Point::decode(t);
    if (!y_point || !t_point) return KeyVerdict::point_invalid;
    const std::optional<Scalar> scalar = Scalar::decode(m);
    if (!scalar || scalar->is_zero()) return KeyVerdict::scalar_invalid;
    // m is not zero, so m * B is a point; a sum that is the identity (Y = -T) equals none.
    return mul_base(*scalar) == add(*y_point, *t_point) ? KeyVerdict::ok : KeyVerdict::mismatch;
}

Scalar proof_nonce(const Scalar& key, const PointBytes& y, const PointBytes& h, const PointBytes& p,
                   const ByteArray<32>& random) {
    return hash_to_scalar({as_bytes("jangbu/fx1/nonce/v1"), key.bytes(), y, h, p, random});
}

ChunkVerdict check_bad_chunk(const Deal& deal, const BadChunk& claim, ByteView ciphertext) {
    if (claim.index >= deal.n) return ChunkVerdict::index_out_of_range;
    const std::size_t nodes = merkle::path_length(claim.index, deal.n);
    if (claim.path_ct.size() != nodes || claim.path_data.size() != nodes)
        return ChunkVerdict::path_length;
    if (!merkle::verify_inclusion(ciphertext_leaf(claim.index, ciphertext), claim.index, deal.n,
                                  claim.path_ct, deal.ct_root))
        return ChunkVerdict::ciphertext_not_committed;
    if (!merkle::verify_inclusion(claim.leaf, claim.index, deal.n, claim.path_data, deal.data_root))
        return ChunkVerdict::leaf_not_committed;

    const std::optional<Point> p = Point::decode(claim.p);
    if (!p) return ChunkVerdict::point_invalid;
    if (!Scalar::decode(claim.proof.c) || !Scalar::decode(claim.proof.s))
        return ChunkVerdict::scalar_invalid;
    const std::optional<Point> y = Point::decode(deal.y);
    JANGBU_ASSERT(y.has_value());  // AcceptOrder admitted it
    const Bytes input =
        chunk_input(context(deal.chain_id, deal.order_id, deal.dataset_id, deal.data_root, deal.y),
                    claim.index);
    const Point h = hash_to_group(input);
    if (!verify_proof(Point::base(), *y, {&h, 1}, {&*p, 1}, claim.proof))
        return ChunkVerdict::proof_invalid;

    Bytes record = to_bytes(ciphertext);
    crypt(chunk_key(input, claim.p), record);
    return data_leaf(deal.registrant, claim.index, record) == claim.leaf
               ? ChunkVerdict::chunk_is_good
               : ChunkVerdict::proven;
}

BadChunk prove_bad_chunk(const Deal& deal, const Scalar& key, u64 index,
                         std::span<const Hash> leaves, std::span<const Hash> ct_leaves) {
    JANGBU_ASSERT(index < deal.n && leaves.size() == deal.n && ct_leaves.size() == deal.n);
    const std::optional<Point> y = Point::decode(deal.y);
    JANGBU_ASSERT(y.has_value() && mul_base(key) == y);
    const Bytes input = chunk_input(
        context(deal.chain_id, deal.order_id, deal.dataset_id, deal.data_root, deal.y), index);
    const Point h = hash_to_group(input);
    const Point p = chunk_point(key, input);
    // Fresh for each proof: one nonce under two challenges would give K away.
    const Scalar r = proof_nonce(key, deal.y, h.bytes(), p.bytes(), random_array<32>());

    BadChunk claim;
    claim.index = index;
    claim.p = p.bytes();
    claim.proof = generate_proof(key, Point::base(), *y, {&h, 1}, {&p, 1}, r);
    claim.leaf = leaves[index];
    claim.path_ct = merkle::inclusion(index, ct_leaves);
    claim.path_data = merkle::inclusion(index, leaves);
    return claim;
}

}  // namespace jangbu::crypto::fx1
