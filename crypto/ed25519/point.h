// Points of the curve -x^2 + y^2 = 1 + d x^2 y^2 and their formulas, for any field element type.
//
// Sources: Hisil, Wong, Carter, Dawson 2008 ("Twisted Edwards Curves Revisited", sections 3.1
// to 3.4), in the form of RFC 8032 section 5.1.4. The formulas are complete on this curve: no input
// needs a branch, small order included. Variable time: public data only.
#pragma once

#include "crypto/ed25519/field.h"
#include "crypto/ed25519/power.h"

namespace jangbu::crypto::ed25519 {

// x = X/Z, y = Y/Z.
template <class F>
struct Projective {
    F x, y, z;
};

// The same with T = XY/Z, which an addition needs.
template <class F>
struct Extended {
    F x, y, z, t;
};

// What both formulas end in, before the last products: X = EF, Y = GH, Z = FG, T = EH.
template <class F>
struct Completed {
    typename F::Sum e, f, g, h;
};

// An addend with what an addition would compute from it; of any Z, or of Z = 1.
template <class F>
struct Cached {
    typename F::Sum y_plus_x, y_minus_x;
    F z, t_2d;
};
template <class F>
struct AffineCached {
    typename F::Sum y_plus_x, y_minus_x;
    F xy_2d;
};

template <class F>
Extended<F> identity() {
    return {zero, one, one, zero};
}

template <class F>
Projective<F> project(const Completed<F>& c) {
    return {c.e * c.f, c.g * c.h, c.f * c.g};
}
template <class F>
Extended<F> extend(const Completed<F>& c) {
    return {c.e * c.f, c.g * c.h, c.f * c.g, c.e * c.h};
}
template <class F>
Projective<F> project(const Extended<F>& p) {
    return {p.x, p.y, p.z};
}

template <class F>
Completed<F> twice(const Projective<F>& p) {
    const auto a = square(p.x);
    const auto b = square(p.y);
    const auto zz = square(p.z);
    const auto h = a + b;
    const auto e = h - square(p.x + p.y);
    const auto g = a - b;
    const auto f = g + (zz + zz);
    return {e, f, g, h};
}

namespace detail {

// D = 2 Z1 Z2 and C = 2d T1 T2. A negated addend has Y + X and Y - X exchanged and C with the other
// sign.
template <class F, class Addend, class D, class C>
Completed<F> sum(const Extended<F>& p, const Addend& q, const D& d, const C& c) {
    const auto a = (p.y - p.x) * q.y_minus_x;
    const auto b = (p.y + p.x) * q.y_plus_x;
    return {b - a, d - c, d + c, b + a};
}
template <class F, class Addend, class D, class C>
Completed<F> difference(const Extended<F>& p, const Addend& q, const D& d, const C& c) {
    const auto a = (p.y - p.x) * q.y_plus_x;
    const auto b = (p.y + p.x) * q.y_minus_x;
    return {b - a, d + c, d - c, b + a};
}

}  // namespace detail

template <class F>
Completed<F> operator+(const Extended<F>& p, const Cached<F>& q) {
    const auto zz = p.z * q.z;
    return detail::sum(p, q, zz + zz, p.t * q.t_2d);
}
template <class F>
Completed<F> operator-(const Extended<F>& p, const Cached<F>& q) {
    const auto zz = p.z * q.z;
    return detail::difference(p, q, zz + zz, p.t * q.t_2d);
}
template <class F>
Completed<F> operator+(const Extended<F>& p, const AffineCached<F>& q) {
    return detail::sum(p, q, p.z + p.z, p.t * q.xy_2d);
}
template <class F>
Completed<F> operator-(const Extended<F>& p, const AffineCached<F>& q) {
    return detail::difference(p, q, p.z + p.z, p.t * q.xy_2d);
}

template <class F>
Cached<F> cached(const Extended<F>& p) {
    return {p.y + p.x, p.y - p.x, p.z, p.t * curve_2d};
}
template <class F>
AffineCached<F> affine_cached(const Extended<F>& p) {
    const F inverse_z = inverse(p.z);
    const F x = p.x * inverse_z;
    const F y = p.y * inverse_z;
    return {y + x, y - x, x * y * curve_2d};
}

template <class F>
Extended<F> negated(const Extended<F>& p) {
    return {carry(zero - p.x), p.y, p.z, carry(zero - p.t)};
}

template <class F>
auto is_identity(const Projective<F>& p) {
    return both(is_zero(p.x), is_zero(carry(p.y - p.z)));
}

// Of [8]P: whether P is of small order.
template <class F>
auto is_small_order(const Projective<F>& p) {
    return is_identity(project(twice(project(twice(project(twice(p)))))));
}

}  // namespace jangbu::crypto::ed25519
