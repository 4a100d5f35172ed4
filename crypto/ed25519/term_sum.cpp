#include "crypto/ed25519/term_sum.h"

namespace jangbu::crypto::ed25519 {
namespace {

// Bits 0 to 126 and 127 to 253.
HalfScalar low_half(const Scalar& s) {
    return {s.words[0], s.words[1] & ~u64{0} >> 1};
}
HalfScalar high_half(const Scalar& s) {
    return {s.words[1] >> 63 | s.words[2] << 1, s.words[2] >> 63 | s.words[3] << 1};
}

}  // namespace

void TermSum::clear() {
    for (Terms* terms : {&low_, &high_}) {
        terms->scalars.clear();
        terms->points.clear();
    }
}

void TermSum::add(const AffineRow* point, const HalfScalar& scalar) {
    low_.points.push_back(point);
    low_.scalars.push_back(scalar);
}

void TermSum::add_split(const AffineRow* split, const Scalar& scalar) {
    add(split, low_half(scalar));
    add(split + 1, high_half(scalar));
}

void TermSum::add_whole(const AffineRow* point, const Scalar& scalar) {
    add(point, low_half(scalar));
    high_.points.push_back(point);
    high_.scalars.push_back(high_half(scalar));
}

PointRow TermSum::total() {
    const PointRow low = total_of(low_);
    if (high_.points.empty()) return low;
    // As two windows of 127 bits with one bucket each.
    const PointRow halves[] = {low, total_of(high_)};
    PointRow total;
    kernels_.sum_windows(halves, 2, 1, half_scalar_bits, &total);
    return total;
}

PointRow TermSum::total_of(const Terms& terms) {
    plan_.make(terms.scalars, kernels_.width);
    buckets_.resize(plan_.windows() * plan_.per_window());
    kernels_.sum_runs(plan_.runs().data(), plan_.runs().size(), plan_.entries(),
                      terms.points.data(), buckets_.data());
    PointRow sum;
    kernels_.sum_windows(buckets_.data(), plan_.windows(), plan_.per_window(), plan_.window_bits(),
                         &sum);
    return sum;
}

}  // namespace jangbu::crypto::ed25519
