// Two fixed powers in the field, by one addition chain: 2^252 - 3 for square roots, 2^255 - 21 for
// the inverse.
//
// Templates over the element, so that several elements can be raised at once.
#pragma once

namespace jangbu::crypto::ed25519 {

// x^(2^count).
template <class F>
F square_times(F x, int count) {
    for (int i = 0; i < count; ++i) x = square(x);
    return x;
}

// The common part of both chains: x^(2^250 - 1), and x^11 beside it.
template <class F>
struct Ladder {
    F ones250;
    F eleven;

    explicit Ladder(const F& x) {
        const F two = square(x);
        const F nine = x * square_times(two, 2);
        eleven = two * nine;
        const F ones5 = nine * square(eleven);  // x^(2^5 - 1)
        const F ones10 = ones5 * square_times(ones5, 5);
        const F ones20 = ones10 * square_times(ones10, 10);
        const F ones40 = ones20 * square_times(ones20, 20);
        const F ones50 = ones10 * square_times(ones40, 10);
        const F ones100 = ones50 * square_times(ones50, 50);
        const F ones200 = ones100 * square_times(ones100, 100);
        ones250 = ones50 * square_times(ones200, 50);
    }
};

// x^((p - 5) / 8) = x^(2^252 - 3).
template <class F>
F power_p58(const F& x) {
    return x * square_times(Ladder<F>(x).ones250, 2);
}

// x^(p - 2) = x^(2^255 - 21): the inverse, and zero for zero.
template <class F>
F inverse(const F& x) {
    const Ladder<F> ladder(x);
    return ladder.eleven * square_times(ladder.ones250, 5);
}

}  // namespace jangbu::crypto::ed25519
