// verification_campaign SIGNATURES POINTS: random signatures, valid and corrupted, and random
// ristretto255 encodings through every tier of this CPU and through the reference, against
// libsodium, whose rule is the same for keys and R of large order. Prints what it did; exit 1 on
// the first difference.
#include <sodium.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>

#include "crypto/batch_verifier.h"
#include "crypto/cpu.h"
#include "crypto/key_equations.h"

namespace {

using namespace jangbu;
using namespace jangbu::crypto;

constexpr std::size_t batch = 1000;
constexpr std::size_t authors = 50;

struct Engine {
    explicit Engine(Tier of) : tier(of) {}
    Tier tier;
    KeyCache remembered, unknown{0, 0};
    BatchVerifier with_keys{remembered}, without_keys{unknown};
    KeyEquations points;
};

std::vector<std::unique_ptr<Engine>> make_engines() {
    std::vector<std::unique_ptr<Engine>> out;
    for (const Tier wanted : {Tier::portable, Tier::avx2, Tier::avx512ifma}) {
        if (force_tier(wanted))
            out.push_back(std::make_unique<Engine>(wanted));
        else
            std::printf("SKIPPED on this CPU: %s\n", std::string(name(wanted)).c_str());
    }
    return out;
}

struct Batch {
    std::vector<ByteArray<46>> messages;
    std::vector<Claim> claims;
    std::vector<bool> expected;
};

// Half of them get one bit flipped in R, S, A or the message.
Batch make_batch(std::mt19937_64& random, std::span<const SigningKey> signers) {
    Batch out;
    out.messages.reserve(batch);
    for (std::size_t i = 0; i < batch; ++i) {
        Hash hash;
        for (u8& byte : hash) byte = static_cast<u8>(random());
        const SigningKey& signer = signers[random() % signers.size()];
        ByteArray<46>& message =
            out.messages.emplace_back(signed_message(domain::transaction, hash));
        Claim claim{signer.public_key(), signer.sign(domain::transaction, hash), {}};
        const u8 bit = static_cast<u8>(1 << random() % 8);
        switch (random() % 8) {
            case 0:
                claim.signature[random() % 32] ^= bit;
                break;
            case 1:
                claim.signature[32 + random() % 32] ^= bit;
                break;
            case 2:
                claim.key.bytes[random() % 32] ^= bit;
                break;
            case 3:
                message[random() % 46] ^= bit;
                break;
            default:
                break;
        }
        claim.message = message;
        out.claims.push_back(claim);
        out.expected.push_back(crypto_sign_ed25519_verify_detached(claim.signature.data(),
                                                                   message.data(), message.size(),
                                                                   claim.key.bytes.data()) == 0);
    }
    return out;
}

[[noreturn]] void differs(const char* what, const Engine& engine) {
    std::fprintf(stderr, "%s differs on tier %s\n", what, std::string(name(engine.tier)).c_str());
    std::exit(1);
}

void check_signatures(std::size_t count, std::span<const std::unique_ptr<Engine>> engines) {
    std::mt19937_64 random(20'261'124);
    std::vector<SigningKey> signers;
    for (std::size_t i = 0; i < authors; ++i) signers.emplace_back(sha256(le64(i)));
    for (const auto& engine : engines)
        for (const SigningKey& signer : signers) engine->remembered.remember(signer.public_key());
    std::size_t good = 0, done = 0;
    const auto verdicts = std::make_unique<bool[]>(batch);
    for (; done < count; done += batch) {
        const Batch some = make_batch(random, signers);
        for (const auto& engine : engines)
            for (BatchVerifier* verifier : {&engine->with_keys, &engine->without_keys}) {
                verifier->verify(some.claims, {verdicts.get(), batch});
                if (!std::equal(some.expected.begin(), some.expected.end(), verdicts.get()))
                    differs("a signature", *engine);
            }
        for (const bool verdict : some.expected) good += verdict ? 1 : 0;
    }
    std::printf("signatures: %zu (%zu good), %zu tiers, keys known and not: all as libsodium\n",
                done, good, engines.size());
}

void check_points(std::size_t count, std::span<const std::unique_ptr<Engine>> engines) {
    std::mt19937_64 random(9496);
    std::size_t valid = 0, done = 0;
    std::vector<PointBytes> points(batch);
    const auto verdicts = std::make_unique<bool[]>(batch);
    for (; done < count; done += batch) {
        for (PointBytes& point : points) {
            for (u8& byte : point) byte = static_cast<u8>(random());
            if (random() % 8 != 0) point[0] &= 0xfe;
            if (random() % 8 != 0) point[31] &= 0x7f;
        }
        for (const auto& engine : engines) {
            engine->points.decode(points, {verdicts.get(), batch});
            for (std::size_t i = 0; i < batch; ++i) {
                // libsodium overlooks the top bit, which RFC 9496 refuses.
                const bool expected =
                    points[i][31] < 0x80 &&
                    crypto_core_ristretto255_is_valid_point(points[i].data()) == 1;
                if (verdicts[i] != expected) differs("a ristretto255 encoding", *engine);
            }
        }
        for (std::size_t i = 0; i < batch; ++i) valid += verdicts[i] ? 1 : 0;
    }
    std::printf("ristretto255 encodings: %zu (%zu valid), all as libsodium (top bit refused)\n",
                done, valid);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3 || sodium_init() < 0) {
        std::fprintf(stderr, "usage: verification_campaign SIGNATURES POINTS\n");
        return 2;
    }
    const auto engines = make_engines();
    check_signatures(std::strtoull(argv[1], nullptr, 10), engines);
    check_points(std::strtoull(argv[2], nullptr, 10), engines);
}
