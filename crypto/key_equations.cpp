#include "crypto/key_equations.h"

#include <algorithm>
#include <cstring>

#include "base/assert.h"
#include "crypto/ed25519/base_point.h"
#include "crypto/ed25519/bisection.h"
#include "crypto/ed25519/coefficients.h"
#include "crypto/ed25519/term_sum.h"

namespace jangbu::crypto {
namespace {

using ed25519::AffineRow;
using ed25519::PointRow;
using fx1::KeyVerdict;

// Below this many, one by one is as fast.
constexpr std::size_t alone_max = 4;
constexpr std::size_t equations_at_once = 4096;

// Below 2^255 - 19 and even, and not the identity.
bool may_decode(const PointBytes& s) {
    if ((s[0] & 1) != 0 || (s[31] & 0x80) != 0 || s == PointBytes{}) return false;
    const bool is_top = s[31] == 0x7f && std::all_of(s.begin() + 1, s.begin() + 31,
                                                     [](u8 byte) { return byte == 0xff; });
    return !is_top || s[0] < 0xed;
}

}  // namespace

class KeyEquations::Engine {
public:
    Engine()
        : kernels_(ed25519::kernels(tier())),
          base_(ed25519::base_point(kernels_)),
          terms_(kernels_) {}

    void decode(std::span<const PointBytes> points, std::span<bool> valid) {
        encodings_.clear();
        for (const PointBytes& point : points) encodings_.push_back(point.data());
        read(encodings_.size());
        for (std::size_t i = 0; i < points.size(); ++i)
            valid[i] = flags_[i] != 0 && may_decode(points[i]);
    }

    void check(std::span<const KeyEquation> equations, std::span<KeyVerdict> verdicts) {
        equations_ = equations;
        verdicts_ = verdicts;
        decode_all();
        draw_coefficients();
        ed25519::Bisection<Engine>(*this, kernels_, open_.size(), alone_max).settle_all();
    }

private:
    friend class ed25519::Bisection<Engine>;

    // Rows and flags of encodings_.
    void read(std::size_t count) {
        rows_.resize(count);
        flags_.resize(count);
        kernels_.decode_ristretto(encodings_.data(), count, rows_.data(), flags_.data());
    }

    // Equations whose parts are all well formed stay open.
    void decode_all() {
        encodings_.clear();
        for (const KeyEquation& equation : equations_) {
            encodings_.push_back(equation.y.data());
            encodings_.push_back(equation.t.data());
        }
        read(encodings_.size());
        open_.clear();
        m_.resize(equations_.size());
        for (u32 i = 0; i < equations_.size(); ++i) {
            const KeyEquation& equation = equations_[i];
            const bool points = flags_[2 * i] != 0 && flags_[2 * i + 1] != 0 &&
                                may_decode(equation.y) && may_decode(equation.t);
            const auto m = ed25519::read_canonical(equation.m);
            if (!points || !m || *m == ed25519::Scalar{}) {
                verdicts_[i] = fx1::check_key(equation.m, equation.y, equation.t);
                continue;
            }
            m_[i] = *m;
            open_.push_back(i);
        }
    }

    void draw_coefficients() {
        coefficients_.start(open_.size(), 96);
        for (std::size_t i = 0; i < open_.size(); ++i) {
            const KeyEquation& equation = equations_[open_[i]];
            u8* const to = coefficients_.entry(i).data();
            std::memcpy(to, equation.m.data(), 32);
            std::memcpy(to + 32, equation.y.data(), 32);
            std::memcpy(to + 64, equation.t.data(), 32);
        }
        z_ = coefficients_.draw();
    }

    // sum z Y + sum z T - [sum z m] B.
    PointRow sum_of(std::size_t begin, std::size_t end) {
        terms_.clear();
        ed25519::ProductSum base_sum;
        for (std::size_t i = begin; i < end; ++i) {
            const std::size_t equation = open_[i];
            terms_.add(&rows_[2 * equation], z_[i]);
            terms_.add(&rows_[2 * equation + 1], z_[i]);
            base_sum.add(m_[equation], z_[i]);
        }
        terms_.add_split(base_.split, negated(base_sum.reduced()));
        return terms_.total();
    }
    void accept(std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) verdicts_[open_[i]] = KeyVerdict::ok;
    }
    std::size_t judge(std::size_t begin, std::size_t end) {
        std::size_t false_ones = 0;
        for (std::size_t i = begin; i < end; ++i) {
            const KeyEquation& equation = equations_[open_[i]];
            verdicts_[open_[i]] = fx1::check_key(equation.m, equation.y, equation.t);
            if (verdicts_[open_[i]] != KeyVerdict::ok) ++false_ones;
        }
        return false_ones;
    }

    const ed25519::Kernels& kernels_;
    const ed25519::BasePoint& base_;

    std::span<const KeyEquation> equations_;
    std::span<KeyVerdict> verdicts_;
    std::vector<u32> open_;
    std::vector<ed25519::Scalar> m_;
    ed25519::Coefficients coefficients_;
    std::span<const ed25519::HalfScalar> z_;
    ed25519::TermSum terms_;

    std::vector<const u8*> encodings_;
    std::vector<AffineRow> rows_;  // of Y and T in turn
    std::vector<u8> flags_;
};

KeyEquations::KeyEquations() : engine_(std::make_unique<Engine>()) {}
KeyEquations::~KeyEquations() = default;

void KeyEquations::decode(std::span<const PointBytes> points, std::span<bool> valid) {
    JANGBU_ASSERT(points.size() == valid.size());
    engine_->decode(points, valid);
}

void KeyEquations::check(std::span<const KeyEquation> equations, std::span<KeyVerdict> verdicts) {
    JANGBU_ASSERT(equations.size() == verdicts.size());
    for (std::size_t i = 0; i < equations.size(); i += equations_at_once) {
        const std::size_t size = std::min(equations_at_once, equations.size() - i);
        engine_->check(equations.subspan(i, size), verdicts.subspan(i, size));
    }
}

}  // namespace jangbu::crypto
