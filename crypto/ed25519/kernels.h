// What one tier does with points, as a table of functions: the seam between the vector code, which
// is compiled once for each lane type, and everything else, which is compiled once.
//
// Points in memory are rows of cells in the lane type's own form, so the rows of one tier mean
// nothing to another. Who calls owns all memory. Threads: all functions are pure.
#pragma once

#include "base/bytes.h"
#include "crypto/cpu.h"

namespace jangbu::crypto::ed25519 {

// Five cells each of Y - X, Y + X and 2dXY, with Z = 1.
struct alignas(64) AffineRow {
    u64 cells[16];
};
// Five cells each of Y - X, Y + X, Z and T.
struct alignas(64) PointRow {
    u64 cells[24];
};

// A table of multiples of one point: entry (row, i) is (i + 1) 2^(row shift) P.
struct TableShape {
    unsigned rows, entries, shift;
    constexpr std::size_t size() const { return std::size_t{rows} * entries; }
};

// A run of entries that one bucket sums. An entry is a term's index, and its lowest bit says that
// the term is subtracted.
struct BucketRun {
    u32 begin, length;
    u32 bucket;
};

// A signature to verify by tables alone: [s]B - [k]A - R by signed digits, least first.
struct SingleEquation {
    const AffineRow* key_table;  // of A, key_shape
    const AffineRow* r;
    std::int8_t k_digits[64];   // of 4 bits
    std::int16_t s_digits[32];  // of 8 bits
};
inline constexpr TableShape key_shape{8, 8, 32};
inline constexpr TableShape base_shape{16, 128, 16};
// P and 2^127 P: two terms of a sum whose scalars have 127 bits.
inline constexpr TableShape split_shape{2, 1, 127};
inline constexpr std::size_t table_entries_max = 128;  // in one row
inline constexpr std::size_t windows_max = 128;

struct Kernels {
    Tier tier;
    std::size_t width;  // lanes

    // ZIP-215 decompression of `count` encodings of 32 bytes. on_curve[i] is 1 or 0; a row that is
    // not on the curve holds anything.
    void (*decompress)(const u8* const* encodings, std::size_t count, AffineRow* rows,
                       u8* on_curve);
    // The same for ristretto255. REQUIRES nothing of the bytes, but the verdict holds only for
    // those that are below the modulus and even.
    void (*decode_ristretto)(const u8* const* encodings, std::size_t count, AffineRow* rows,
                             u8* valid);
    // tables[i] = the table of points[i].
    void (*make_tables)(const AffineRow* const* points, std::size_t count, const TableShape& shape,
                        AffineRow* const* tables);
    // buckets[run.bucket] = sum of its entries. REQUIRES: runs sorted by length, longest first.
    void (*sum_runs)(const BucketRun* runs, std::size_t count, const u32* entries,
                     const AffineRow* const* rows, PointRow* buckets);
    // Sum over windows w and buckets b of (b + 1) 2^(w window_bits) buckets[w per_window + b].
    // REQUIRES: windows <= windows_max.
    void (*sum_windows)(const PointRow* buckets, std::size_t windows, std::size_t per_window,
                        unsigned window_bits, PointRow* sum);
    void (*subtract)(const PointRow& a, const PointRow& b, PointRow* difference);
    bool (*is_small_order)(const PointRow& point);
    // verdicts[i] = whether equation i holds up to a point of small order. base_table: base_shape.
    void (*verify_singles)(const SingleEquation* equations, std::size_t count,
                           const AffineRow* base_table, u8* verdicts);
};

// REQUIRES: is_supported(tier).
const Kernels& kernels(Tier tier);

}  // namespace jangbu::crypto::ed25519
