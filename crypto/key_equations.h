// ristretto255 for a whole block: points decoded in lanes, and the key equations m B = Y + T of
// PostKey as one random linear combination with exact attribution of a false one.
//
// Every verdict is that of Point::decode and of fx1::check_key. Working memory is kept; after the
// first full block nothing is allocated. Threads: one call at a time. Errors: none.
// Sources: RFC 9496 (ristretto255); coefficients and bisection as in ed25519/batch.h.
#pragma once

#include <memory>

#include "crypto/fair_exchange.h"

namespace jangbu::crypto {

struct KeyEquation {
    ScalarBytes m{};
    PointBytes y{}, t{};
};

class KeyEquations {
public:
    KeyEquations();
    ~KeyEquations();
    KeyEquations(const KeyEquations&) = delete;
    KeyEquations& operator=(const KeyEquations&) = delete;

    // valid[i] = whether Point::decode takes points[i]. REQUIRES: as many results as inputs.
    void decode(std::span<const PointBytes> points, std::span<bool> valid);
    // verdicts[i] = fx1::check_key of equations[i].
    void check(std::span<const KeyEquation> equations, std::span<fx1::KeyVerdict> verdicts);

private:
    class Engine;
    std::unique_ptr<Engine> engine_;
};

}  // namespace jangbu::crypto
