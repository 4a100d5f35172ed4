// The verdicts of up to claims_max signatures, found together.
//
// With k = SHA-512(R, A, M), signature i is good iff [8](R + [k]A - [S]B) = 0. For coefficients z
// that no author could foresee, all are good iff the one sum
//   [8]( sum z R  +  sum over keys [sum z k] A  -  [sum z S] B ) = 0,
// but for a chance of 2^-127. Terms of one key are merged, and a key that is remembered is two
// terms of 127 bits, like the coefficients. If the sum is not zero the batch is cut in halves
// (bisection.h), and what is left is verified one by one by tables, several signatures in lanes. So
// a verdict never depends on the neighbours.
//
// Working memory is kept; after the first full batch nothing is allocated. Threads: one at a time.
// Sources: ZIP-215; Naccache, M'Raihi, Vaudenay, Raphaeli 1994 (small exponents test).
#pragma once

#include "crypto/ed25519/base_point.h"
#include "crypto/ed25519/coefficients.h"
#include "crypto/ed25519/key_table.h"
#include "crypto/ed25519/term_sum.h"
#include "crypto/signature.h"

namespace jangbu::crypto::ed25519 {

template <class Statements>
class Bisection;

class Batch {
public:
    static constexpr std::size_t claims_max = 4096;

    // The caller keeps the table alive.
    explicit Batch(KeyTable& keys);

    // REQUIRES: as many verdicts as claims, at most claims_max.
    void verify(std::span<const Claim> claims, std::span<bool> verdicts);

private:
    // A key of this batch.
    struct Author {
        const Encoding* encoding;
        KeyEntry* entry;     // null: not remembered
        const AffineRow* a;  // the point
        bool on_curve;
        bool summed;  // in the sum that is being made
        ProductSum sum;
    };

    void read_scalars();
    void hash_messages();
    void find_authors();
    u32 author_of(const Encoding& key);
    void decompress();
    void draw_coefficients();

    // What Bisection asks of undecided_[begin, end).
    friend class Bisection<Batch>;
    PointRow sum_of(std::size_t begin, std::size_t end);
    void accept(std::size_t begin, std::size_t end);
    std::size_t judge(std::size_t begin, std::size_t end);

    void merge_authors(std::size_t begin, std::size_t end);
    std::size_t judge_group(std::span<const u32> group);
    void give_tables(std::span<const u32> group);

    KeyTable& keys_;
    const Kernels& kernels_;
    const BasePoint& base_;

    std::span<const Claim> claims_;
    std::span<bool> verdicts_;

    // By claim.
    std::vector<Scalar> s_;
    std::vector<Hash512> k_;
    std::vector<u32> author_;
    std::vector<const AffineRow*> r_of_;
    std::vector<u32> undecided_;  // claims in the order in which they are cut
    Coefficients coefficients_;
    std::span<const HalfScalar> z_;  // by place in undecided_

    std::vector<Author> authors_;
    std::vector<u32> author_slots_;  // open addressing, index + 1
    std::vector<AffineRow> author_points_;
    std::vector<AffineRow> r_;  // of all claims whose S is canonical

    // Of the sum that is being made.
    std::vector<u32> summed_authors_;
    ProductSum base_sum_;
    TermSum terms_;

    // Room for calls into other parts.
    std::vector<MessageParts> messages_;
    std::vector<const u8*> encodings_;
    std::vector<u8> flags_;
    std::vector<const Encoding*> wanted_keys_;
    std::vector<KeyEntry*> found_keys_;
    std::vector<Hash512> digests_;
    std::vector<SingleEquation> equations_;
    std::vector<AffineRow> scratch_tables_;
    std::vector<const AffineRow*> scratch_points_;
    std::vector<AffineRow*> scratch_of_;
};

}  // namespace jangbu::crypto::ed25519
