// Lane types whose instructions are plain C++, with every bound checked at run time: the arithmetic
// of a tier on a CPU that lacks it. Calls instead of inlined loops, for the compiler's sake.
#pragma once

#include <cmath>

#include "crypto/ed25519/field_fma.h"
#include "crypto/ed25519/field_ifma.h"

namespace jangbu::tests {

using crypto::ed25519::Doubles;
using crypto::ed25519::Vector;

// The 52-bit multiply-add as the instruction does it: what is above bit 52 of an operand is lost.
struct EmulatedIfma {
    static constexpr bool checks_bounds = true;
    using Word = Vector<8>;

    [[gnu::noinline]] static Word low(Word sum, const Word& a, const Word& b) {
        for (int i = 0; i < 8; ++i) sum[i] += static_cast<u64>(cut(a[i]) * cut(b[i])) & mask;
        return sum;
    }
    [[gnu::noinline]] static Word high(Word sum, const Word& a, const Word& b) {
        for (int i = 0; i < 8; ++i) sum[i] += static_cast<u64>(cut(a[i]) * cut(b[i]) >> 52);
        return sum;
    }
    [[gnu::noinline]] static Word times(const Word& a, u64 number) { return a * number; }
    static void gather(const u64* const* rows, std::size_t count, Word* cells) {
        crypto::ed25519::gather_one_by_one<8>(rows, count, cells);
    }
    static void scatter(u64* const* rows, std::size_t count, const Word* cells) {
        crypto::ed25519::scatter_one_by_one<8>(rows, count, cells);
    }

private:
    static constexpr u64 mask = (u64{1} << 52) - 1;
    static u128 cut(u64 x) { return x & mask; }
};

struct EmulatedFma {
    static constexpr bool checks_bounds = true;
    using Word = Vector<4>;

    [[gnu::noinline]] static Doubles multiply_add(const Doubles& a, const Doubles& b, Doubles sum) {
        for (int i = 0; i < 4; ++i) sum[i] = std::fma(a[i], b[i], sum[i]);
        return sum;
    }
    static Doubles high_constant() { return Doubles{} + crypto::ed25519::fma::high_magic; }
    static Doubles both_constant() {
        return Doubles{} + (crypto::ed25519::fma::high_magic + crypto::ed25519::fma::low_magic);
    }
    template <int column, bool is_square>
    static Word correction() {
        constexpr u64 value = crypto::ed25519::fma::correction(column, is_square);
        return Word{} + value;
    }
    [[gnu::noinline]] static Word times19(const Word& a) { return a * 19; }
    static void gather(const u64* const* rows, std::size_t count, Word* cells) {
        crypto::ed25519::gather_one_by_one<4>(rows, count, cells);
    }
    static void scatter(u64* const* rows, std::size_t count, const Word* cells) {
        crypto::ed25519::scatter_one_by_one<4>(rows, count, cells);
    }
};

using EmulatedIfmaLanes = crypto::ed25519::Ifma<EmulatedIfma>;
using EmulatedFmaLanes = crypto::ed25519::Fma<EmulatedFma>;

}  // namespace jangbu::tests
