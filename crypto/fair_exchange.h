// JB-FX1: the bytes of the fair exchange (formats.md section 8) and of the dataset commitment
// (section 7).
//
// Threads: all functions are pure. All lengths in bytes. A "record" is salt_i || data_i, the
// plaintext of one chunk.
#pragma once

#include "crypto/hash.h"
#include "crypto/ristretto.h"
#include "crypto/x25519.h"

namespace jangbu::crypto::fx1 {

inline constexpr u32 chunk_sizes[] = {4096, 16384, 65536};
inline constexpr u64 byte_len_max = u64{1} << 44;
inline constexpr std::size_t salt_bytes = 32;

bool chunk_size_is_valid(u64 byte_len,
                         u32 chunk_size);       // one of the three, and 1 <= byte_len <= 2^44
u64 chunk_count(u64 byte_len, u32 chunk_size);  // n
std::size_t chunk_bytes(u64 index, u64 byte_len,
                        u32 chunk_size);  // of the data in chunk i; the last may be short

Hash salt(const Hash& seed, u64 index);
// RFC 9162 leaf over org_id || le64(i) || salt_i || data_i.
Hash data_leaf(const ByteArray<32>& registrant, u64 index, ByteView record);
Hash ciphertext_leaf(u64 index, ByteView ciphertext);
// The leaves of consecutive chunks, hashed together (crypto/many_hashes.h). REQUIRES: as many leaves
// as records, or ciphertexts.
struct Record {
    Hash salt{};
    ByteView data;
};
void data_leaves(const ByteArray<32>& registrant, u64 first, std::span<const Record> records,
                 std::span<Hash> leaves);
void ciphertext_leaves(u64 first, std::span<const ByteView> ciphertexts, std::span<Hash> leaves);

// H("jangbu/fx1/ctx/v1", chain_id || order_id || dataset_id || data_root || Y)
Hash context(const ByteArray<32>& chain_id, const ByteArray<32>& order_id,
             const ByteArray<32>& dataset_id, const Hash& data_root, const PointBytes& y);
Bytes chunk_input(const Hash& context, u64 index);
// P_i = K * HashToGroup(input_i)
Point chunk_point(const Scalar& key, ByteView input);
Hash chunk_key(ByteView input, const PointBytes& point);
// XChaCha20 with nonce 0, in place. Encrypts and decrypts.
void crypt(const Hash& chunk_key, std::span<u8> record);

// e_b and K (formats.md section 8). K is zero with probability 2^-252; the caller need not care.
ExchangeSecret buyer_secret(const Hash& delivery_secret, const ByteArray<32>& order_id);
Scalar order_key(const Hash& delivery_secret, const ByteArray<32>& order_id, const ExchangeKey& e_b,
                 u32 period, u32 attempt);
// t; `mine` and `peer` are (e_b, PK_S) for the buyer, (sk_S, E_b) for the seller.
Result<Scalar> mask(const ExchangeSecret& mine, const ExchangeKey& peer, const ExchangeKey& e_b,
                    const ExchangeKey& seller_prekey, const ByteArray<32>& order_id, u32 period);

// What the ledger checks of Y, T and m. REQUIRES nothing; the verdict says what is wrong.
enum class KeyVerdict { ok, point_invalid, scalar_invalid, mismatch };
KeyVerdict check_key(const ScalarBytes& m, const PointBytes& y, const PointBytes& t);

// The proof of a bad chunk, exchange.md section 7.
struct Deal {
    ByteArray<32> chain_id{};
    ByteArray<32> order_id{};
    ByteArray<32> dataset_id{};
    ByteArray<32> registrant{};  // of the dataset, which need not be the seller
    Hash data_root{};
    u64 n = 0;
    PointBytes y{};
    Hash ct_root{};
};
struct BadChunk {
    u64 index = 0;
    PointBytes p{};
    DleqProof proof;
    Hash leaf{};
    std::vector<Hash> path_ct;
    std::vector<Hash> path_data;
};
enum class ChunkVerdict {
    proven,
    index_out_of_range,
    path_length,
    ciphertext_not_committed,
    leaf_not_committed,
    point_invalid,
    scalar_invalid,
    proof_invalid,
    chunk_is_good,
};
// In the order of the law, cheapest first. REQUIRES: deal.y is a point, as AcceptOrder saw to it.
ChunkVerdict check_bad_chunk(const Deal& deal, const BadChunk& claim, ByteView ciphertext);
// r of the proof (formats.md section 8); `random` is fresh for each proof.
Scalar proof_nonce(const Scalar& key, const PointBytes& y, const PointBytes& h, const PointBytes& p,
                   const ByteArray<32>& random);
// The buyer's side: K was learned, chunk `index` does not match its leaf. REQUIRES: K * B = Y, and
// all n leaves of both trees.
BadChunk prove_bad_chunk(const Deal& deal, const Scalar& key, u64 index,
                         std::span<const Hash> leaves, std::span<const Hash> ct_leaves);

}  // namespace jangbu::crypto::fx1
