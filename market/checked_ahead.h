// CheckedAhead: verdicts of exchange cryptography on one operation that were found before it runs,
// for a whole block at once (crypto/key_equations.h).
//
// A rule asks these functions; where nothing was found ahead they judge on the spot, with the same
// verdict, since it depends on the bytes alone. Threads: pure.
#pragma once

#include "crypto/fair_exchange.h"

namespace jangbu::market {

struct CheckedAhead {
    struct KeyCheck {
        crypto::PointBytes y{}, t{};  // of the order at that time
        crypto::fx1::KeyVerdict verdict{};
    };
    std::optional<bool> points;   // are T of PlaceOrder, Y of AcceptOrder all points?
    std::optional<KeyCheck> key;  // of PostKey
};

bool are_points(std::span<const crypto::PointBytes> points, const CheckedAhead& ahead);
crypto::fx1::KeyVerdict key_verdict(const crypto::ScalarBytes& m, const crypto::PointBytes& y,
                                    const crypto::PointBytes& t, const CheckedAhead& ahead);

}  // namespace jangbu::market
