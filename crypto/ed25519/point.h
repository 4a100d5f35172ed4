// Points of the curve -x^2 + y^2 = 1 + d x^2 y^2 and their formulas, for any lane type.
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

// Y - X and Y + X, which an addition multiplies first, and T = XY/Z. Kept instead of X and Y, they
// cost no carries of their own: they come from the columns of X and Y.
template <class F>
struct Extended {
    typename F::Sum y_minus_x, y_plus_x;
    F z, t;
};

// What both formulas end in, before the last products: X = EF, Y = GH, Z = FG, T = EH.
template <class F>
struct Completed {
    typename F::Sum e, f, g, h;
};

// An addend with Z = 1.
template <class F>
struct Affine {
    typename F::Sum y_minus_x, y_plus_x;
    F xy_2d;
};

template <class F>
F constant(const LimbConstant& limbs) {
    return F::constant(limbs);
}

template <class F>
Extended<F> identity() {
    const F one = constant<F>(one_limbs);
    return {one, one, one, constant<F>(zero_limbs)};
}
template <class F>
Affine<F> affine_identity() {
    const F one = constant<F>(one_limbs);
    return {one, one, constant<F>(zero_limbs)};
}

template <class F>
[[gnu::always_inline]] inline Projective<F> project(const Completed<F>& c) {
    return {c.e * c.f, c.g * c.h, c.f * c.g};
}
template <class F>
[[gnu::always_inline]] inline Extended<F> extend(const Completed<F>& c) {
    const auto x = product(c.e, c.f);
    const auto y = product(c.g, c.h);
    return {factor(y - x), factor(y + x), c.f * c.g, c.e * c.h};
}
// All three doubled, which is the same point.
template <class F>
Projective<F> project(const Extended<F>& p) {
    const auto plus = columns(p.y_plus_x), minus = columns(p.y_minus_x);
    return {carry(plus - minus), carry(plus + minus), carry(columns(p.z) + columns(p.z))};
}

template <class F>
[[gnu::always_inline]] inline Completed<F> twice(const Projective<F>& p) {
    const auto a = square_columns(p.x);
    const auto b = square_columns(p.y);
    const auto zz = square_columns(p.z);
    const auto h = a + b;
    const auto g = a - b;
    const auto e = h - square_columns(factor(columns(p.x) + columns(p.y)));
    return {factor(e), factor(g + (zz + zz)), factor(g), factor(h)};
}

namespace detail {

// A = (Y1 - X1)(Y2 - X2), B = (Y1 + X1)(Y2 + X2), C = 2d T1 T2, D = 2 Z1 Z2.
template <class F, class A, class B, class C, class D>
[[gnu::always_inline]] inline Completed<F> sum(const A& a, const B& b, const C& c, const D& d) {
    return {factor(b - a), factor(d - c), factor(d + c), factor(b + a)};
}

}  // namespace detail

template <class F>
[[gnu::always_inline]] inline Completed<F> operator+(const Extended<F>& p, const Affine<F>& q) {
    const auto a = product(p.y_minus_x, q.y_minus_x);
    const auto b = product(p.y_plus_x, q.y_plus_x);
    return detail::sum<F>(a, b, product(p.t, q.xy_2d), columns(p.z) + columns(p.z));
}
template <class F>
Completed<F> operator+(const Extended<F>& p, const Extended<F>& q) {
    const auto a = product(p.y_minus_x, q.y_minus_x);
    const auto b = product(p.y_plus_x, q.y_plus_x);
    const auto zz = product(p.z, q.z);
    return detail::sum<F>(a, b, product(p.t * constant<F>(curve_2d_limbs), q.t), zz + zz);
}

// The negative has Y - X and Y + X exchanged, and T of the other sign.
template <class F>
Extended<F> negated(const Extended<F>& p) {
    const typename F::Word all = typename F::Word{} - 1;
    return {p.y_plus_x, p.y_minus_x, p.z, negated_if(all, p.t)};
}
template <class F>
[[gnu::always_inline]] inline Affine<F> negated_if(const typename F::Word& condition,
                                                   const Affine<F>& p) {
    return {select(condition, p.y_plus_x, p.y_minus_x), select(condition, p.y_minus_x, p.y_plus_x),
            negated_if(condition, p.xy_2d)};
}

template <class F>
Affine<F> affine(const F& x, const F& y) {
    return {factor(columns(y) - columns(x)), factor(columns(y) + columns(x)),
            x * y * constant<F>(curve_2d_limbs)};
}
template <class F>
Affine<F> affine(const Projective<F>& p) {
    const F inverse_z = inverse(p.z);
    return affine(p.x * inverse_z, p.y * inverse_z);
}
template <class F>
Extended<F> extended(const F& x, const F& y) {
    return {factor(columns(y) - columns(x)), factor(columns(y) + columns(x)),
            constant<F>(one_limbs), x * y};
}

template <class F>
typename F::Word is_identity(const Projective<F>& p) {
    return is_zero(p.x) & is_zero(carry(columns(p.y) - columns(p.z)));
}
// Of [8]P: whether P is of small order.
template <class F>
typename F::Word is_small_order(const Projective<F>& p) {
    return is_identity(project(twice(project(twice(project(twice(p)))))));
}

}  // namespace jangbu::crypto::ed25519
