#include "crypto/ed25519/multiply.h"

#include <cstdlib>

namespace jangbu::crypto::ed25519 {
namespace {

// Widths of the windows: the table of B is made once, the table of A for every call.
constexpr unsigned point_width = 5;
constexpr unsigned base_width = 8;

using PointTable = std::array<Extended<Portable>, 1 << (point_width - 2)>;
using BaseTable = std::array<Affine<Portable>, 1 << (base_width - 2)>;

// P, 3P, 5P, ...: an odd multiple for every digit of a window.
template <class Table, class Entry>
Table odd_multiples(const Extended<Portable>& point, Entry entry) {
    const Extended<Portable> step = extend(twice(project(point)));
    Table table;
    Extended<Portable> multiple = point;
    for (std::size_t i = 0; i < table.size(); ++i) {
        if (i > 0) multiple = extend(multiple + step);
        table[i] = entry(multiple);
    }
    return table;
}

const BaseTable& base_table() {
    static const BaseTable table = [] {
        ByteArray<32> base;  // y = 4/5, x even: RFC 8032 section 5.1
        base.fill(0x66);
        base[0] = 0x58;
        const auto point = decompress(base);
        return odd_multiples<BaseTable>(extended(point->x, point->y), [](const auto& multiple) {
            return affine(project(multiple));
        });
    }();
    return table;
}

const Extended<Portable>& signed_entry(const Extended<Portable>& entry, bool negative,
                                       Extended<Portable>& room) {
    if (!negative) return entry;
    room = negated(entry);
    return room;
}
Affine<Portable> signed_entry(const Affine<Portable>& entry, bool negative) {
    return negated_if(negative ? ~u64{0} : 0, entry);
}

}  // namespace

std::optional<Decompressed<Portable>> decompress(const ByteArray<32>& bytes) {
    u64 words[1][4] = {};
    for (std::size_t i = 0; i < 32; ++i)
        words[0][i / 8] |= static_cast<u64>(bytes[i]) << (8 * (i % 8));
    Decompressed<Portable> out[1];
    decompress<Portable, 1>(words, out);
    if (out[0].on_curve == 0) return std::nullopt;
    return out[0];
}

Extended<Portable> multiply(const Scalar& a, const Extended<Portable>& point, const Scalar& b) {
    const Digits point_digits = signed_digits(a, point_width);
    const Digits base_digits = signed_digits(b, base_width);
    const BaseTable& of_base = base_table();
    const PointTable of_point =
        odd_multiples<PointTable>(point, [](const auto& multiple) { return multiple; });

    std::size_t at = 256;
    while (at > 0 && point_digits[at - 1] == 0 && base_digits[at - 1] == 0) --at;
    Projective<Portable> sum = project(identity<Portable>());
    Completed<Portable> last = {constant<Portable>(zero_limbs), constant<Portable>(one_limbs),
                                constant<Portable>(one_limbs), constant<Portable>(one_limbs)};
    Extended<Portable> room;
    for (; at > 0; --at) {
        last = twice(sum);
        if (const int digit = point_digits[at - 1]) {
            const auto& entry = of_point[static_cast<std::size_t>(std::abs(digit) / 2)];
            last = extend(last) + signed_entry(entry, digit < 0, room);
        }
        if (const int digit = base_digits[at - 1]) {
            const auto& entry = of_base[static_cast<std::size_t>(std::abs(digit) / 2)];
            last = extend(last) + signed_entry(entry, digit < 0);
        }
        sum = project(last);
    }
    return extend(last);
}

}  // namespace jangbu::crypto::ed25519
