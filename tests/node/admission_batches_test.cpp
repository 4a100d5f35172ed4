// Many callers at once: each gets its own verdicts, nobody waits for company, the queue is bounded.
#include "node/admission_batches.h"

#include <doctest/doctest.h>

#include <condition_variable>
#include <future>
#include <latch>
#include <random>
#include <thread>

#include "node/verifier.h"

using namespace jangbu;
using node::AdmissionBatches;

namespace {

// A signature of some key over some message, good or spoilt.
struct Signed {
    explicit Signed(u64 number, bool spoilt = false) : good(!spoilt) {
        const crypto::SigningKey key(crypto::sha256(le64(number % 5)));
        const crypto::Hash hash = crypto::sha256(le64(number));
        message = crypto::signed_message(crypto::domain::transaction, hash);
        author = key.public_key();
        signature = key.sign(crypto::domain::transaction, hash);
        if (spoilt) signature[number % 64] ^= static_cast<u8>(1u << number % 8);
    }
    crypto::Claim claim() const { return {author, signature, message}; }

    ByteArray<46> message{};
    crypto::PublicKey author;
    crypto::Signature signature{};
    bool good;
};

// Verifies, but only when it may, so that a test decides who comes meanwhile.
class HeldChecker final : public ledger::SignatureChecker {
public:
    void check(std::span<const crypto::Claim> claims, std::span<bool> verdicts) override {
        {
            std::unique_lock lock(mutex_);
            batches.push_back(claims.size());
            changed_.notify_all();
            changed_.wait(lock, [&] { return open_; });
        }
        plain_.check(claims, verdicts);
    }
    void open() {
        const std::scoped_lock lock(mutex_);
        open_ = true;
        changed_.notify_all();
    }
    void wait_for_first() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return !batches.empty(); });
    }
    std::vector<std::size_t> batches;  // read after open() and the end of all callers

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool open_ = false;
    ledger::PlainSignatureChecker plain_;
};

Status check_one(AdmissionBatches& batches, const Signed& one, bool& verdict) {
    const crypto::Claim claim = one.claim();
    return batches.check({&claim, 1}, {&verdict, 1});
}

void wait_until_waiting(const AdmissionBatches& batches, std::size_t count) {
    while (batches.waiting() < count) std::this_thread::yield();
}

}  // namespace

TEST_CASE("admission batches: a lone caller is a batch of its own, at once") {
    ledger::PlainSignatureChecker plain;
    AdmissionBatches batches(plain, {100, 100});
    bool verdict = false;
    CHECK(check_one(batches, Signed(1), verdict).has_value());
    CHECK(verdict);
    CHECK(check_one(batches, Signed(2, true), verdict).has_value());
    CHECK_FALSE(verdict);
    CHECK(batches.check({}, {}).has_value());
    CHECK(batches.sizes().batches == 2);
    CHECK(batches.sizes().by_size[0] == 2);
}

TEST_CASE(
    "admission batches: who comes while a batch is verified is one batch, each with its own "
    "verdict") {
    HeldChecker gate;
    AdmissionBatches batches(gate, {100, 100});
    constexpr u64 callers = 12;
    std::vector<std::future<bool>> answers;
    for (u64 i = 0; i < callers; ++i) {
        answers.push_back(std::async(std::launch::async, [&batches, i] {
            bool verdict = false;
            return check_one(batches, Signed(i, i % 3 == 1), verdict).has_value() && verdict;
        }));
        if (i == 0) gate.wait_for_first();
    }
    wait_until_waiting(batches, callers - 1);
    gate.open();
    for (u64 i = 0; i < callers; ++i) CHECK(answers[i].get() == (i % 3 != 1));
    CHECK(gate.batches == std::vector<std::size_t>{1, callers - 1});
    CHECK(batches.sizes().signatures == callers);
    CHECK(batches.sizes().by_size[4] == 1);  // 9 to 16
    CHECK(batches.waiting() == 0);
}

TEST_CASE("admission batches: a batch is bounded, a caller with more than that is one by itself") {
    HeldChecker gate;
    AdmissionBatches batches(gate, {4, 100});
    const auto call = [&](std::size_t size) {
        return std::async(std::launch::async, [&batches, size] {
            std::vector<Signed> all;
            for (std::size_t i = 0; i < size; ++i) all.emplace_back(i, i == size / 2);
            std::vector<crypto::Claim> claims;
            for (const Signed& one : all) claims.push_back(one.claim());
            const auto verdicts = std::make_unique<bool[]>(size);
            if (!batches.check(claims, {verdicts.get(), size})) return false;
            for (std::size_t i = 0; i < size; ++i)
                if (verdicts[i] != all[i].good) return false;
            return true;
        });
    };
    std::vector<std::future<bool>> answers;
    std::size_t waiting = 0;
    answers.push_back(call(1));
    gate.wait_for_first();
    for (const std::size_t size : {3u, 1u, 9u, 2u, 3u}) {  // queued in this order
        answers.push_back(call(size));
        wait_until_waiting(batches, waiting += size);
    }
    gate.open();
    for (auto& answer : answers) CHECK(answer.get());
    CHECK(gate.batches == std::vector<std::size_t>{1, 4, 9, 2, 3});
}

TEST_CASE(
    "admission batches: above the bound of the queue a caller is refused, and room comes back") {
    HeldChecker gate;
    AdmissionBatches batches(gate, {100, 3});
    std::vector<std::future<bool>> answers;
    const auto call = [&](u64 number) {
        answers.push_back(std::async(std::launch::async, [&batches, number] {
            bool verdict = false;
            return check_one(batches, Signed(number), verdict).has_value() && verdict;
        }));
    };
    call(0);
    gate.wait_for_first();
    for (u64 i = 1; i <= 3; ++i) call(i);
    wait_until_waiting(batches, 3);
    bool verdict = false;
    const Status refused = check_one(batches, Signed(4), verdict);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == ErrorCode::limit_exceeded);
    gate.open();
    for (auto& answer : answers) CHECK(answer.get());
    CHECK(check_one(batches, Signed(4), verdict).has_value());
    CHECK(verdict);
}

TEST_CASE("admission batches: threads that come and go, good and bad mixed, each its own verdict") {
    node::VerdictCache cache(64);  // smaller than what is asked, so that verdicts go out too
    crypto::KeyCache keys(3);
    base::WorkerPool pool(3);
    node::Verifier verifier(cache, keys, pool);
    AdmissionBatches batches(verifier, {32, 1'000});
    std::vector<Signed> pool_of_claims;
    for (u64 i = 0; i < 60; ++i) pool_of_claims.emplace_back(i, i % 4 == 3);
    constexpr int threads = 8;
    std::latch start(threads);
    std::atomic<int> wrong{0}, asked{0};
    std::vector<std::thread> callers;
    for (int t = 0; t < threads; ++t)
        callers.emplace_back([&, t] {
            std::mt19937_64 random(static_cast<u64>(t));
            start.arrive_and_wait();
            for (int call = 0; call < 40; ++call) {
                const std::size_t size = 1 + random() % 6;
                std::vector<std::size_t> which;
                std::vector<crypto::Claim> claims;
                for (std::size_t i = 0; i < size; ++i) {
                    which.push_back(random() % pool_of_claims.size());
                    claims.push_back(pool_of_claims[which.back()].claim());
                }
                const auto verdicts = std::make_unique<bool[]>(size);
                if (!batches.check(claims, {verdicts.get(), size})) ++wrong;
                asked += static_cast<int>(size);
                for (std::size_t i = 0; i < size; ++i)
                    if (verdicts[i] != pool_of_claims[which[i]].good) ++wrong;
            }
        });
    for (std::thread& caller : callers) caller.join();
    CHECK(wrong == 0);
    CHECK(batches.sizes().signatures == static_cast<u64>(asked));
    const node::Verifier::Counts counts = verifier.counts();
    CHECK(counts.verified + counts.cached == static_cast<u64>(asked));
    CHECK(counts.cached > 0);
    CHECK(cache.size() <= 64);
}
