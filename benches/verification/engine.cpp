// Our engine, through crypto/batch_verifier.h and crypto/signature.h.
#include <algorithm>
#include <array>
#include <memory>

#include "benches/verification/methods.h"
#include "crypto/batch_verifier.h"

namespace jangbu::bench {
namespace {

using Clock = std::chrono::steady_clock;
using Claims = std::span<const crypto::Claim>;

// A verifier, its key cache and its verdicts.
class Engine {
public:
    explicit Engine(unsigned threads = 1) : pool_(threads), verifier_(keys_, &pool_) {}

    void remember(Claims claims) {
        std::vector<crypto::PublicKey> keys;
        for (const crypto::Claim& claim : claims) keys.push_back(claim.key);
        keys_.remember(keys);
    }
    Clock::duration verify(Claims claims) {
        const std::span verdicts(verdicts_.get(), claims.size());
        const Clock::time_point start = Clock::now();
        verifier_.verify(claims, verdicts);
        return Clock::now() - start;
    }
    // Of the last call: is each claim good but the one at `bad`?
    bool found_only(std::optional<std::size_t> bad, std::size_t count) const {
        for (std::size_t i = 0; i < count; ++i)
            if (verdicts_[i] != (i != bad)) return false;
        return true;
    }
    bool found_all_bad(std::size_t count) const {
        return std::none_of(verdicts_.get(), verdicts_.get() + count,
                            [](bool good) { return good; });
    }

private:
    crypto::KeyCache keys_;
    base::WorkerPool pool_;
    crypto::BatchVerifier verifier_;
    std::unique_ptr<bool[]> verdicts_ = std::make_unique<bool[]>(workload_claims);
};

std::shared_ptr<Engine> warm_engine(const Workload& all, unsigned threads = 1) {
    auto engine = std::make_shared<Engine>(threads);
    engine->remember(all.claims);
    engine->verify(all.claims);  // working memory
    return engine;
}

template <unsigned threads>
Method batch(const Workload& all) {
    return [&all, engine = warm_engine(all, threads)](std::size_t first,
                                                      std::size_t count) -> std::optional<Timed> {
        const Clock::duration time = engine->verify(Claims(all.claims).subspan(first, count));
        if (!engine->found_only(std::nullopt, count)) return std::nullopt;
        return Timed{time, count};
    };
}

// A new cache for each batch. Its verifier has its working memory, from verifying other keys.
Method batch_uncached(const Workload& all) {
    return [&all](std::size_t first, std::size_t count) -> std::optional<Timed> {
        Engine engine;
        engine.verify(workload("keys64-message46").claims);
        const Clock::duration time = engine.verify(Claims(all.claims).subspan(first, count));
        if (!engine.found_only(std::nullopt, count)) return std::nullopt;
        return Timed{time, count};
    };
}

// Well-formed and wrong, the dearest to find: S stays below L, R stays a point.
void spoil(crypto::Signature& signature) {
    signature[32] ^= 1;
}

// One bad signature, at four places in turn, so that no lucky one is measured.
Method batch_one_bad(const Workload& all) {
    return [engine = warm_engine(all), claims = all.claims](
               std::size_t first, std::size_t count) mutable -> std::optional<Timed> {
        Timed sum;
        for (const std::size_t eighth : {1U, 3U, 6U, 7U}) {
            const std::size_t bad = std::min(count - 1, count * eighth / 8 + 5);
            spoil(claims[first + bad].signature);
            sum.time += engine->verify(Claims(claims).subspan(first, count));
            sum.items += count;
            spoil(claims[first + bad].signature);  // good again
            if (!engine->found_only(bad, count)) return std::nullopt;
        }
        return sum;
    };
}

Method batch_all_bad(const Workload& all) {
    std::vector<crypto::Claim> claims = all.claims;
    for (crypto::Claim& claim : claims) spoil(claim.signature);
    return [engine = warm_engine(all), claims = std::move(claims)](
               std::size_t first, std::size_t count) -> std::optional<Timed> {
        const Clock::duration time = engine->verify(Claims(claims).subspan(first, count));
        if (!engine->found_all_bad(count)) return std::nullopt;
        return Timed{time, count};
    };
}

Method single(const Workload& all) {
    return [&all](std::size_t first, std::size_t count) -> std::optional<Timed> {
        const Clock::time_point start = Clock::now();
        for (const crypto::Claim& claim : Claims(all.claims).subspan(first, count))
            if (!crypto::verify(claim.key, claim.message, claim.signature)) return std::nullopt;
        return Timed{Clock::now() - start, count};
    };
}

// All keys of a block together, as the node does.
Method remember(const Workload& all) {
    return [&all](std::size_t first, std::size_t count) -> std::optional<Timed> {
        crypto::KeyCache cache;
        std::vector<crypto::PublicKey> keys;
        for (const crypto::Claim& claim : Claims(all.claims).subspan(first, count))
            keys.push_back(claim.key);
        const Clock::time_point start = Clock::now();
        cache.remember(keys);
        const Clock::duration time = Clock::now() - start;
        if (cache.size() != count) return std::nullopt;
        return Timed{time, count};
    };
}

constexpr std::array own_offers = {
    Offer{"batch", "jangbu", true, true, batch<1>},
    Offer{"batch-uncached", "jangbu", false, true, batch_uncached},
    Offer{"batch-one-bad", "jangbu", true, true, batch_one_bad},
    Offer{"batch-all-bad", "jangbu", true, true, batch_all_bad},
    Offer{"batch-two-cores", "jangbu", true, true, batch<2>},
    Offer{"single", "jangbu", false, false, single},
    Offer{"remember", "jangbu", false, true, remember},
};

}  // namespace

std::span<const Offer> engine_offers() {
    return own_offers;
}

}  // namespace jangbu::bench
