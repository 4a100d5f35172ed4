// ristretto255 in lanes against libsodium and against fx1::check_key, which go point by point.
#include "crypto/key_equations.h"

#include <sodium.h>

#include <algorithm>
#include <memory>
#include <random>

#include "crypto/cpu.h"
#include "tests/support/engines.h"

using namespace jangbu;
using namespace jangbu::crypto;
using fx1::KeyVerdict;
using tests::Engine;
using tests::engines;

namespace {

std::mt19937_64& equation_random() {
    static std::mt19937_64 only(9496);
    return only;
}

PointBytes random_text() {
    PointBytes out;
    for (u8& byte : out) byte = static_cast<u8>(equation_random()());
    return out;
}

// 2^255 - 19 + offset, offset from -19 to 18.
PointBytes near_modulus(int offset) {
    PointBytes out;
    out.fill(0xff);
    out[31] = 0x7f;
    out[0] = static_cast<u8>(0xed + offset);
    return out;
}

// Encodings of every kind: points, random even numbers, odd ones, at the modulus and above, with
// the top bit, small numbers.
std::vector<PointBytes> encodings(std::size_t random_count) {
    std::vector<PointBytes> out;
    for (int offset = -19; offset < 19; ++offset) {
        out.push_back(near_modulus(offset));
        out.push_back(out.back());
        out.back()[31] |= 0x80;
    }
    for (int small = 0; small < 256; ++small) out.push_back({static_cast<u8>(small)});
    for (std::size_t i = 0; i < random_count; ++i) {
        PointBytes text = random_text();
        switch (i % 4) {
            case 0:
                crypto_core_ristretto255_random(text.data());
                break;
            case 1:
                text[0] &= 0xfe;
                text[31] &= 0x7f;
                break;
            case 2:  // a point with one bit changed
                crypto_core_ristretto255_random(text.data());
                text[equation_random()() % 32] ^= static_cast<u8>(1 << equation_random()() % 8);
                break;
            default:
                break;
        }
        out.push_back(text);
    }
    return out;
}

bool valid_by_libsodium(const PointBytes& text) {
    return text != PointBytes{} && crypto_core_ristretto255_is_valid_point(text.data()) == 1;
}

// m B = Y + T with random Y and T.
KeyEquation true_equation() {
    KeyEquation out;
    ScalarBytes y, t;
    crypto_core_ristretto255_scalar_random(y.data());
    crypto_core_ristretto255_scalar_random(t.data());
    crypto_core_ristretto255_scalar_add(out.m.data(), y.data(), t.data());
    REQUIRE(crypto_scalarmult_ristretto255_base(out.y.data(), y.data()) == 0);
    REQUIRE(crypto_scalarmult_ristretto255_base(out.t.data(), t.data()) == 0);
    return out;
}

void spoil(KeyEquation& equation) {
    switch (equation_random()() % 6) {
        case 0:
            equation.m[equation_random()() % 31] ^= 1;
            break;
        case 1:
            crypto_core_ristretto255_random(equation.y.data());
            break;
        case 2:
            std::swap(equation.m, equation.t);
            break;
        case 3:
            equation.t = random_text();
            break;
        case 4:
            equation.m.fill(equation_random()() % 2 == 0 ? 0 : 0xff);
            break;
        default:
            equation.y = {};
            break;
    }
}

std::size_t wrong_verdicts(KeyEquations& engine, std::span<const KeyEquation> equations) {
    std::vector<KeyVerdict> verdicts(equations.size(), KeyVerdict::scalar_invalid);
    engine.check(equations, verdicts);
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < equations.size(); ++i) {
        const KeyEquation& e = equations[i];
        if (verdicts[i] != fx1::check_key(e.m, e.y, e.t)) ++wrong;
    }
    return wrong;
}

}  // namespace

TEST_CASE("key equations: lanes decode exactly what libsodium decodes") {
    for (const Engine& engine : engines()) {
        CAPTURE(engine.name);
        const std::vector<PointBytes> texts = encodings(engine.is_slow ? 400 : 20'000);
        std::vector<const u8*> from;
        for (const PointBytes& text : texts) from.push_back(text.data());
        std::vector<ed25519::AffineRow> rows(texts.size());
        std::vector<u8> valid(texts.size());
        engine.kernels->decode_ristretto(from.data(), from.size(), rows.data(), valid.data());
        std::size_t wrong = 0, accepted = 0;
        for (std::size_t i = 0; i < texts.size(); ++i) {
            const PointBytes& text = texts[i];
            const bool is_even = (text[0] & 1) == 0 && text[31] < 0x80;
            const bool is_below =
                text[31] != 0x7f || text[0] < 0xed ||
                std::any_of(
                    text.begin() + 1, text.begin() + 31, [](u8 byte) { return byte != 0xff; });
            if (!is_even || !is_below || text == PointBytes{}) continue;  // judged by its bytes
            if ((valid[i] != 0) != valid_by_libsodium(text)) ++wrong;
            accepted += valid[i];
        }
        CHECK(wrong == 0);
        CHECK(accepted > texts.size() / 5);
    }
}

TEST_CASE("key equations: decoding many refuses what decoding one refuses") {
    const std::vector<PointBytes> texts = encodings(3'000);
    const Tier before = tier();
    for (const Tier wanted : {Tier::portable, Tier::avx2, Tier::avx512ifma}) {
        if (!force_tier(wanted)) continue;
        KeyEquations engine;
        const auto valid = std::make_unique<bool[]>(texts.size());
        engine.decode(texts, {valid.get(), texts.size()});
        std::size_t wrong = 0;
        for (std::size_t i = 0; i < texts.size(); ++i)
            if (valid[i] != Point::decode(texts[i]).has_value()) ++wrong;
        CHECK(wrong == 0);
    }
    CHECK(force_tier(before));
}

TEST_CASE("key equations: true and false ones are told apart, wherever they stand") {
    const Tier before = tier();
    std::vector<KeyEquation> all(300);
    for (KeyEquation& equation : all) equation = true_equation();
    for (const Tier wanted : {Tier::portable, Tier::avx2, Tier::avx512ifma}) {
        if (!force_tier(wanted)) continue;
        KeyEquations engine;
        for (const std::size_t count : {0u, 1u, 2u, 3u, 5u, 9u, 64u, 300u})
            CHECK(wrong_verdicts(engine, std::span(all).first(count)) == 0);
        for (int round = 0; round < 12; ++round) {
            std::vector<KeyEquation> some = all;
            some.resize(1 + equation_random()() % 299);
            const u64 share = 1 + equation_random()() % 40;
            for (KeyEquation& equation : some)
                if (equation_random()() % share == 0) spoil(equation);
            CHECK(wrong_verdicts(engine, some) == 0);
        }
        // Two whose errors would cancel if coefficients were equal.
        std::vector<KeyEquation> pair(all.begin(), all.begin() + 40);
        std::swap(pair[7].m, pair[30].m);
        CHECK(wrong_verdicts(engine, pair) == 0);
        std::vector<KeyEquation> none = all;
        for (KeyEquation& equation : none) std::swap(equation.y, none[0].t);
        CHECK(wrong_verdicts(engine, none) == 0);
    }
    CHECK(force_tier(before));
}
