// The 196 cases of ZIP-215 made from their definition: every pair of encodings of points of small
// order as A and R, with S = 0. All must be accepted, by every tier, alone and together; libsodium,
// which has another rule, refuses them all.
#include <sodium.h>

#include <algorithm>
#include <set>

#include "crypto/ed25519/batch.h"
#include "tests/support/big_numbers.h"
#include "tests/support/engines.h"

using namespace jangbu;
using namespace jangbu::crypto;
using namespace jangbu::tests;

namespace {

Big ratio(const Big& a, const Big& b) {
    const Big inverse(BN_mod_inverse(nullptr, b.get(), prime(), big_context()));
    return modular(BN_mod_mul, a, inverse);
}
Big root(const Big& a) {
    return Big(BN_mod_sqrt(nullptr, a.get(), prime(), big_context()));
}
Big negative(const Big& a) {
    return modular(BN_mod_sub, number(0), a);
}

// y of the points of order 8. Their double has y = 0, so x^2 = -y^2, and the curve says
// d y^4 + 2 y^2 - 1 = 0: y^2 = (-1 +- sqrt(1 + d)) / d, of which one is a square.
Big order_eight() {
    const Big d = ratio(negative(number(121665)), number(121666));
    const Big s = root(modular(BN_mod_add, number(1), d));
    if (Big y = root(ratio(modular(BN_mod_sub, s, number(1)), d))) return y;
    return root(ratio(modular(BN_mod_sub, negative(s), number(1)), d));
}

// Both signs of every y below 2^255 that stands for a point of small order: the orders 1, 2, 4, 8
// have y = 1, -1, 0, +-y8, and 0 and 1 can be written with the modulus added.
std::set<ByteArray<32>> small_order_encodings() {
    const Big y8 = order_eight();
    REQUIRE(y8);
    std::vector<Big> all;
    all.push_back(number(0));
    all.push_back(number(1));
    all.push_back(negative(number(1)));
    all.push_back(negative(y8));
    all.push_back(Big(BN_dup(y8.get())));
    for (const u64 low : {0u, 1u}) {
        Big above(BN_dup(prime()));
        BN_add_word(above.get(), low);
        all.push_back(std::move(above));
    }
    std::set<ByteArray<32>> out;
    for (const Big& y : all) {
        ByteArray<32> text = bytes(y);
        out.insert(text);
        text[31] |= 0x80;
        out.insert(text);
    }
    return out;
}

}  // namespace

TEST_CASE("small order: the 196 cases of ZIP-215, made from their definition, are accepted") {
    const std::set<ByteArray<32>> encodings = small_order_encodings();
    REQUIRE(encodings.size() == 14);
    std::vector<Claim> claims;
    for (const ByteArray<32>& a : encodings)
        for (const ByteArray<32>& r : encodings) {
            Claim claim{PublicKey(a), {}, as_bytes("Zcash")};
            std::ranges::copy(r, claim.signature.begin());
            claims.push_back(claim);
        }
    REQUIRE(claims.size() == 196);
    for (const Claim& claim : claims) {
        CHECK(verify(claim.key, claim.message, claim.signature));
        CHECK(crypto_sign_ed25519_verify_detached(claim.signature.data(), claim.message.data(),
                                                  claim.message.size(),
                                                  claim.key.bytes.data()) != 0);
    }
    for (const Engine& engine : engines()) {
        CAPTURE(engine.name);
        ed25519::KeyTable unknown(*engine.kernels, 0, 0);
        ed25519::Batch batch(unknown);
        bool verdicts[196] = {};
        batch.verify(claims, verdicts);
        CHECK(std::ranges::all_of(verdicts, [](bool good) { return good; }));
        std::ranges::fill(verdicts, false);
        for (std::size_t i = 0; i < 196; i += 14)
            batch.verify(std::span(claims).subspan(i, 14), std::span(verdicts).subspan(i, 14));
        CHECK(std::ranges::all_of(verdicts, [](bool good) { return good; }));
    }
}
