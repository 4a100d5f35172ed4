// 64 bytes as a point and a scalar, and as an X25519 key: whatever is taken has one encoding only.
#include <algorithm>

#include "base/assert.h"
#include "crypto/ristretto.h"
#include "crypto/x25519.h"

extern "C" int LLVMFuzzerTestOneInput(const jangbu::u8* input, std::size_t size) {
    using namespace jangbu;
    using namespace jangbu::crypto;
    if (size != 64) return 0;
    ByteArray<32> first{};
    ByteArray<32> second{};
    std::copy_n(input, 32, first.begin());
    std::copy_n(input + 32, 32, second.begin());

    static const Scalar one = *Scalar::decode({1});
    if (const auto point = Point::decode(first)) JANGBU_ASSERT(mul(one, *point) == point);
    if (const auto scalar = Scalar::decode(second)) {
        JANGBU_ASSERT(sub(add(*scalar, one), one) == *scalar);
        JANGBU_ASSERT(mul_base(*scalar).has_value() != scalar->is_zero());
    }
    const ExchangeKey key(first);
    if (admissible_x25519(key)) JANGBU_ASSERT(shared_secret(second, key).has_value());
    return 0;
}
