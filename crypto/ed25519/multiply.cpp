#include "crypto/ed25519/multiply.h"

#include "crypto/ed25519/decompress.h"

namespace jangbu::crypto::ed25519 {
namespace {

// Widths of the windows: the table of B is made once, the table of A for every call.
constexpr unsigned point_width = 5;
constexpr unsigned base_width = 8;

// P, 3P, 5P, ...: an odd multiple for every digit of a window.
template <std::size_t N, class Form, class Entry>
std::array<Form, N> odd_multiples(const Extended<Field>& point, Entry entry) {
    const Cached<Field> step = cached(extend(twice(project(point))));
    std::array<Form, N> table;
    Extended<Field> multiple = point;
    for (std::size_t i = 0; i < N; ++i) {
        if (i > 0) multiple = extend(multiple + step);
        table[i] = entry(multiple);
    }
    return table;
}

using PointTable = std::array<Cached<Field>, 1 << (point_width - 2)>;
using BaseTable = std::array<AffineCached<Field>, 1 << (base_width - 2)>;

const BaseTable& base_table() {
    static const BaseTable table = [] {
        ByteArray<32> base;  // y = 4/5, x even: RFC 8032 section 5.1
        base.fill(0x66);
        base[0] = 0x58;
        return odd_multiples<std::tuple_size_v<BaseTable>, AffineCached<Field>>(
            *decompress(base), affine_cached<Field>);
    }();
    return table;
}

template <class Table>
Completed<Field> add_digit(const Completed<Field>& sum, const Table& table, int digit) {
    const Extended<Field> point = extend(sum);
    if (digit > 0) return point + table[static_cast<std::size_t>(digit / 2)];
    return point - table[static_cast<std::size_t>(-digit / 2)];
}

}  // namespace

Extended<Field> multiply(const Scalar& a, const Extended<Field>& point, const Scalar& b) {
    const Digits point_digits = signed_digits(a, point_width);
    const Digits base_digits = signed_digits(b, base_width);
    const BaseTable& of_base = base_table();
    const PointTable of_point =
        odd_multiples<std::tuple_size_v<PointTable>, Cached<Field>>(point, cached<Field>);

    std::size_t at = 256;
    while (at > 0 && point_digits[at - 1] == 0 && base_digits[at - 1] == 0) --at;
    Projective<Field> sum = project(identity<Field>());
    Completed<Field> last{zero, one, one, one};  // the identity
    for (; at > 0; --at) {
        last = twice(sum);
        if (const int digit = point_digits[at - 1]) last = add_digit(last, of_point, digit);
        if (const int digit = base_digits[at - 1]) last = add_digit(last, of_base, digit);
        sum = project(last);
    }
    return extend(last);
}

}  // namespace jangbu::crypto::ed25519
