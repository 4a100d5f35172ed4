// The kernels for any lane type. Lanes work side by side on different points: nothing crosses lanes
// but the way in and out of memory. See kernels.h for what each does.
#pragma once

#include "crypto/ed25519/decode_ristretto.h"
#include "crypto/ed25519/decompress.h"
#include "crypto/ed25519/kernels.h"
#include "crypto/ed25519/vector.h"

namespace jangbu::crypto::ed25519 {

// `Groups` vectors go through a decompression together. A type of its own for each use, so that no
// two translation units share a function.
template <class F, std::size_t Groups>
struct LaneKernels {
    using Word = typename F::Word;
    static constexpr std::size_t width = F::width;

    // Lanes that have no work read this and add nothing.
    struct Idle {
        AffineRow affine;
        PointRow point;

        Idle() {
            AffineRow affine_rows[width];
            PointRow point_rows[width];
            AffineRow* to_affine[width];
            PointRow* to_point[width];
            for (std::size_t i = 0; i < width; ++i) {
                to_affine[i] = &affine_rows[i];
                to_point[i] = &point_rows[i];
            }
            store(to_affine, affine_identity<F>());
            store(to_point, identity<F>());
            affine = affine_rows[0];
            point = point_rows[0];
        }
    };

    // ---- Rows.

    [[gnu::always_inline]] static Affine<F> load(const AffineRow* const (&from)[width]) {
        const u64* rows[width];
        for (std::size_t i = 0; i < width; ++i) rows[i] = from[i]->cells;
        Word cells[15];
        F::gather(rows, 15, cells);
        return {element<typename F::Sum>(cells), element<typename F::Sum>(cells + 5),
                element<F>(cells + 10)};
    }
    [[gnu::always_inline]] static Extended<F> load(const PointRow* const (&from)[width]) {
        const u64* rows[width];
        for (std::size_t i = 0; i < width; ++i) rows[i] = from[i]->cells;
        Word cells[20];
        F::gather(rows, 20, cells);
        return {element<typename F::Sum>(cells), element<typename F::Sum>(cells + 5),
                element<F>(cells + 10), element<F>(cells + 15)};
    }
    static void store(AffineRow* const (&to)[width], const Affine<F>& point) {
        u64* rows[width];
        for (std::size_t i = 0; i < width; ++i) rows[i] = to[i]->cells;
        Word cells[15];
        put(point.y_minus_x, cells);
        put(point.y_plus_x, cells + 5);
        put(point.xy_2d, cells + 10);
        F::scatter(rows, 15, cells);
    }
    static void store(PointRow* const (&to)[width], const Extended<F>& point) {
        u64* rows[width];
        for (std::size_t i = 0; i < width; ++i) rows[i] = to[i]->cells;
        Word cells[20];
        put(point.y_minus_x, cells);
        put(point.y_plus_x, cells + 5);
        put(point.z, cells + 10);
        put(point.t, cells + 15);
        F::scatter(rows, 20, cells);
    }
    template <class E>
    [[gnu::always_inline]] static E element(const Word* cells) {
        return E::with_cells({{cells[0], cells[1], cells[2], cells[3], cells[4]}});
    }
    template <class E>
    static void put(const E& from, Word* cells) {
        const auto all = from.cells();
        for (std::size_t i = 0; i < 5; ++i) cells[i] = all.v[i];
    }
    static void set_lane(Word& word, std::size_t index, u64 value) {
        if constexpr (width == 1)
            word = value;
        else
            word[index] = value;
    }
    // The same point in every lane.
    static Extended<F> spread(const PointRow& point) {
        const PointRow* rows[width];
        for (std::size_t i = 0; i < width; ++i) rows[i] = &point;
        return load(rows);
    }

    // ---- Encodings.

    static void decompress(const u8* const* encodings, std::size_t count, AffineRow* rows,
                           u8* on_curve) {
        read_points(encodings, count, rows, on_curve, ed25519::decompress<F, Groups>);
    }
    static void decode_ristretto(const u8* const* encodings, std::size_t count, AffineRow* rows,
                                 u8* valid) {
        read_points(encodings, count, rows, valid, ed25519::decode_ristretto<F, Groups>);
    }

    template <class Decode>
    [[gnu::always_inline]] static void read_points(const u8* const* encodings, std::size_t count,
                                                   AffineRow* rows, u8* valid, Decode decode) {
        for (std::size_t first = 0; first < count; first += Groups * width) {
            Word words[Groups][4] = {};
            for (std::size_t g = 0; g < Groups; ++g)
                for (std::size_t i = 0; i < width; ++i) {
                    const std::size_t at = first + g * width + i;
                    const u8* encoding = encodings[at < count ? at : count - 1];
                    for (std::size_t w = 0; w < 4; ++w) {
                        u64 word = 0;
                        __builtin_memcpy(&word, encoding + 8 * w, 8);
                        set_lane(words[g][w], i, word);
                    }
                }
            Decompressed<F> points[Groups];
            decode(words, points);
            for (std::size_t g = 0; g < Groups; ++g) {
                AffineRow beyond;  // where lanes without an encoding go
                AffineRow* to[width];
                for (std::size_t i = 0; i < width; ++i) {
                    const std::size_t at = first + g * width + i;
                    to[i] = at < count ? &rows[at] : &beyond;
                    if (at < count) valid[at] = lane(points[g].on_curve, i) & 1;
                }
                store(to, affine(points[g].x, points[g].y));
            }
        }
    }

    // ---- Tables.

    // One inversion for all: Montgomery's trick, lane by lane.
    static void store_affine(const Projective<F>* points, std::size_t count,
                             AffineRow* const (&to)[width]) {
        F products[table_entries_max];
        F product = constant<F>(one_limbs);
        for (std::size_t i = 0; i < count; ++i) {
            products[i] = product;
            product = product * points[i].z;
        }
        F rest = inverse(product);
        for (std::size_t i = count; i-- > 0;) {
            const F inverse_z = rest * products[i];
            rest = rest * points[i].z;
            AffineRow* rows[width];
            for (std::size_t l = 0; l < width; ++l) rows[l] = to[l] + i;
            store(rows, affine(F(points[i].x * inverse_z), F(points[i].y * inverse_z)));
        }
    }

    static void make_tables(const AffineRow* const* points, std::size_t count,
                            const TableShape& shape, AffineRow* const* tables) {
        const Idle idle;
        AffineRow beyond[table_entries_max];
        Projective<F> pending[table_entries_max];
        for (std::size_t first = 0; first < count; first += width) {
            const AffineRow* from[width];
            for (std::size_t i = 0; i < width; ++i)
                from[i] = first + i < count ? points[first + i] : &idle.affine;
            Extended<F> base = extend(identity<F>() + load(from));
            std::size_t held = 0, stored = 0;
            const auto flush = [&] {
                AffineRow* to[width];
                for (std::size_t i = 0; i < width; ++i)
                    to[i] = first + i < count ? tables[first + i] + stored : beyond;
                store_affine(pending, held, to);
                stored += held;
                held = 0;
            };
            for (unsigned row = 0; row < shape.rows; ++row) {
                if (held + shape.entries > table_entries_max) flush();
                Extended<F> multiple = base;
                for (unsigned entry = 0; entry < shape.entries; ++entry) {
                    if (entry > 0) multiple = extend(multiple + base);
                    pending[held++] = project(multiple);
                }
                if (row + 1 < shape.rows) base = doubled(base, shape.shift);
            }
            flush();
        }
    }

    // [2^count] P. REQUIRES: count > 0.
    static Extended<F> doubled(const Extended<F>& point, unsigned count) {
        Projective<F> p = project(point);
        for (unsigned i = 1; i < count; ++i) p = project(twice(p));
        return extend(twice(p));
    }

    // ---- Buckets.

    static void sum_runs(const BucketRun* runs, std::size_t count, const u32* entries,
                         const AffineRow* const* rows, PointRow* buckets) {
        const Idle idle;
        PointRow beyond;
        for (std::size_t first = 0; first < count; first += width) {
            const u32* next[width];
            u32 length[width];
            PointRow* to[width];
            for (std::size_t i = 0; i < width; ++i) {
                const bool has_run = first + i < count;
                const BucketRun& run = runs[has_run ? first + i : first];
                next[i] = entries + run.begin;
                length[i] = has_run ? run.length : 0;
                to[i] = has_run ? &buckets[run.bucket] : &beyond;
            }
            Extended<F> sum = identity<F>();
            for (u32 step = 0; step < length[0]; ++step) {
                const AffineRow* from[width];
                Word negative{};
                for (std::size_t i = 0; i < width; ++i) {
                    const bool has_entry = step < length[i];
                    const u32 entry = has_entry ? next[i][step] : 0;
                    from[i] = has_entry ? rows[entry >> 1] : &idle.affine;
                    set_lane(negative, i, 0 - u64{entry & 1});
                    if (step + 2 < length[i]) prefetch(rows[next[i][step + 2] >> 1]);
                }
                sum = extend(sum + negated_if(negative, load(from)));
            }
            store(to, sum);
        }
    }
    static void prefetch(const AffineRow* row) {
        __builtin_prefetch(row->cells);
        __builtin_prefetch(row->cells + 8);
    }

    // Windows in lanes: running sums from the top bucket down give sum (b + 1) bucket b. Then the
    // windows, from the highest: double window_bits times, add.
    static void sum_windows(const PointRow* buckets, std::size_t windows, std::size_t per_window,
                            unsigned window_bits, PointRow* sum) {
        const Idle idle;
        PointRow of_window[windows_max + width];
        for (std::size_t first = 0; first < windows; first += width) {
            Extended<F> running = identity<F>(), weighted = identity<F>();
            for (std::size_t b = per_window; b-- > 0;) {
                const PointRow* from[width];
                for (std::size_t i = 0; i < width; ++i)
                    from[i] =
                        first + i < windows ? &buckets[(first + i) * per_window + b] : &idle.point;
                running = extend(running + load(from));
                weighted = extend(weighted + running);
            }
            PointRow* to[width];
            for (std::size_t i = 0; i < width; ++i) to[i] = &of_window[first + i];
            store(to, weighted);
        }
        Extended<F> total = identity<F>();
        for (std::size_t w = windows; w-- > 0;) {
            if (w + 1 < windows) total = doubled(total, window_bits);
            total = extend(total + spread(of_window[w]));
        }
        store_one(total, sum);
    }
    static void store_one(const Extended<F>& point, PointRow* row) {
        PointRow rows[width];
        PointRow* to[width];
        for (std::size_t i = 0; i < width; ++i) to[i] = &rows[i];
        store(to, point);
        *row = rows[0];
    }

    static void subtract(const PointRow& a, const PointRow& b, PointRow* difference) {
        store_one(extend(spread(a) + negated(spread(b))), difference);
    }
    static bool is_small_order(const PointRow& point) {
        return lane(ed25519::is_small_order(project(spread(point))), 0) != 0;
    }

    // ---- One by one.

    // The row for a signed digit: its multiple in `multiples`, and whether to subtract it.
    static const AffineRow* pick(int digit, const AffineRow* multiples, const AffineRow* nothing) {
        return digit == 0 ? nothing : multiples + (digit < 0 ? -digit : digit) - 1;
    }

    // Position p of the digits is 2^(4p): p = 7 to 0, four doublings between, and rows 32 bits
    // apart (16 for B, whose digits have 8 bits) so that all rows share the doublings.
    static void verify_singles(const SingleEquation* equations, std::size_t count,
                               const AffineRow* base_table, u8* verdicts) {
        const Idle idle;
        for (std::size_t first = 0; first < count; first += width) {
            const SingleEquation* of[width];
            for (std::size_t i = 0; i < width; ++i)
                of[i] = &equations[first + i < count ? first + i : first];
            Extended<F> sum = identity<F>();
            for (int position = 7; position >= 0; --position) {
                if (position != 7) sum = doubled(sum, 4);
                for (unsigned row = 0; row < key_shape.rows; ++row)
                    sum = add_digits(sum, [&](std::size_t i, const AffineRow** from) {
                        const auto* const digits = of[i]->k_digits + 8 * row;
                        const auto* const multiples = of[i]->key_table + row * key_shape.entries;
                        *from = pick(digits[position], multiples, &idle.affine);
                        // The tables of many keys are far away: ask for the next position's now.
                        if (position > 0)
                            prefetch(pick(digits[position - 1], multiples, &idle.affine));
                        return -digits[position];
                    });
                if (position != 2 && position != 0) continue;
                for (unsigned row = 0; row < base_shape.rows; ++row)
                    sum = add_digits(sum, [&](std::size_t i, const AffineRow** from) {
                        const int digit = of[i]->s_digits[position / 2 + 2 * static_cast<int>(row)];
                        *from = pick(digit, base_table + row * base_shape.entries, &idle.affine);
                        return digit;
                    });
            }
            sum = add_digits(sum, [&](std::size_t i, const AffineRow** from) {
                *from = of[i]->r;
                return -1;
            });
            const Word holds = ed25519::is_small_order(project(sum));
            for (std::size_t i = 0; i < width && first + i < count; ++i)
                verdicts[first + i] = lane(holds, i) & 1;
        }
    }
    template <class Digit>
    [[gnu::always_inline]] static Extended<F> add_digits(const Extended<F>& sum, Digit digit) {
        const AffineRow* from[width];
        Word negative{};
        for (std::size_t i = 0; i < width; ++i)
            set_lane(negative, i, digit(i, &from[i]) < 0 ? ~u64{0} : 0);
        return extend(sum + negated_if(negative, load(from)));
    }

    static constexpr Kernels table(Tier tier) {
        return {tier,     width,       decompress, decode_ristretto, make_tables,
                sum_runs, sum_windows, subtract,   is_small_order,   verify_singles};
    }
};

}  // namespace jangbu::crypto::ed25519
