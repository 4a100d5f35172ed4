// Each signature is verified once by a node, a cached verdict is never another's, and a block from
// elsewhere is judged like one's own.
#include "node/verification.h"

#include "node/commit_strand.h"
#include "tests/node/node_world.h"

using namespace jangbu;
using namespace jangbu::test;
using node::Verifier;

namespace {

// A verifier with all it needs.
struct VerifierDesk {
    node::VerdictCache cache{1'000};
    crypto::KeyCache keys{100};
    base::WorkerPool pool{2};
    Verifier verifier{cache, keys, pool};

    std::vector<bool> ask(const std::vector<crypto::Claim>& claims) {
        const auto verdicts = std::make_unique<bool[]>(claims.size());
        verifier.check(claims, {verdicts.get(), claims.size()});
        return std::vector<bool>(verdicts.get(), verdicts.get() + claims.size());
    }
};

// The market on a chain of its own, with the node's side of the seam but no engine.
struct Elsewhere {
    Folder folder{Folder::On::memory};
    NodeWorld in{folder.path};
    base::WorkerPool pool{2};
    node::Verification verification{pool, {{64, 4'096}, 1'000, 1'000}};
    node::Mempool mempool{{100, 1 << 20, 100}};
    node::Waiters waiters;
    market::MarketRules rules;
    crypto::SigningKey operate = in.world.node.secret.signing_key(Purpose::operate, 0);
    std::unique_ptr<ledger::Chain> chain;
    std::unique_ptr<node::CommitStrand> strand;

    Elsewhere() {
        ledger::Chain::Options options;
        options.signatures = &verification.execution();
        const auto sign = [this](const ledger::Header&,
                                 const ledger::HeaderHash& hash) -> Result<ledger::SoloFinality> {
            return finality(hash);
        };
        auto opened =
            ledger::Chain::open(folder.path / "chain", genesis_of(in.world), rules, sign, options);
        REQUIRE_MESSAGE(opened.has_value(), opened.error().detail);
        chain = std::move(*opened);
        strand =
            std::make_unique<node::CommitStrand>(*chain, rules, mempool, verification, waiters);
    }
    ledger::SoloFinality finality(const ledger::HeaderHash& hash) const {
        return {operate.public_key(), operate.sign(crypto::domain::header, hash.bytes)};
    }
    std::vector<ledger::Transaction> mints(std::size_t count) {
        std::vector<ledger::Transaction> out;
        for (std::size_t i = 0; i < count; ++i)
            out.push_back(
                in.signed_by(in.world.agent.transact, in.mint_operation(in.world.buyer, 1)));
        return out;
    }
    // As another node would send it: each transaction in a bundle of its own.
    node::Proposal proposal(const std::vector<ledger::Transaction>& transactions) const {
        const ledger::SnapshotPtr head = chain->head();
        node::Proposal made{
            head->header.epoch, head->header.height + 1, in.now_ms + 1, head->hash, {}};
        for (const ledger::Transaction& transaction : transactions)
            made.bundles.push_back({{transaction}, {}});
        return made;
    }
};

AddKey second_key(const Member& member, u32 number) {
    const crypto::SigningKey key = member.secret.signing_key(Purpose::transact, number);
    const ledger::KeyId id = ledger::key_id(member.id, crypto::KeyKind::ed25519, Purpose::transact,
                                            key.public_key().bytes);
    return {1, 1, key.public_key().bytes, {}, key.sign(crypto::domain::possession, id.bytes)};
}

// Of the members: transact and deliver each, and the operator's operate key.
constexpr std::size_t genesis_keys = 8 * 2 + 1;

}  // namespace

TEST_CASE("verification: a cached verdict is that of one key, one message and one signature") {
    VerifierDesk desk;
    const crypto::SigningKey author(named_hash("author")), other(named_hash("other"));
    const Hash hash = named_hash("message");
    const ByteArray<46> message = crypto::signed_message(crypto::domain::transaction, hash);
    const ByteArray<46> changed =
        crypto::signed_message(crypto::domain::transaction, named_hash("another"));
    const crypto::Claim good{author.public_key(), author.sign(crypto::domain::transaction, hash),
                             message};
    REQUIRE(desk.ask({good}) == std::vector{true});

    std::vector<crypto::Claim> claims{good};
    for (std::size_t bit = 0; bit < 512; bit += 3) {
        claims.push_back(good);
        claims.back().signature[bit / 8] ^= static_cast<u8>(1u << bit % 8);
    }
    claims.push_back({other.public_key(), good.signature, message});
    claims.push_back({author.public_key(), good.signature, changed});
    claims.push_back({author.public_key(), good.signature, ByteView(message).first(45)});
    claims.push_back(good);
    for (int round = 0; round < 2; ++round) {  // the second time nothing bad is believed either
        const std::vector<bool> verdicts = desk.ask(claims);
        for (std::size_t i = 0; i < claims.size(); ++i) {
            const bool expected = i == 0 || i + 1 == claims.size();
            CHECK(verdicts[i] == expected);
        }
    }
    const Verifier::Counts counts = desk.verifier.counts();
    CHECK(counts.cached == 4);
    CHECK(counts.bad == 2 * (claims.size() - 2));
    CHECK(counts.verified == 1 + counts.bad);
    CHECK(desk.cache.size() == 1);
}

TEST_CASE("verification: a signature is verified at admission, and not again for its block") {
    Folder folder(Folder::On::memory);
    NodeWorld in(folder.path);
    in.start();
    std::vector<ledger::Transaction> transactions;
    for (u64 i = 1; i <= 20; ++i)
        transactions.push_back(
            in.signed_by(in.world.agent.transact, in.mint_operation(in.world.buyer, i)));
    transactions[7].signature[3] ^= 1;
    const auto answers = in.node->submit(in.bundle(transactions));
    for (std::size_t i = 0; i < answers.size(); ++i)
        if (i != 7) REQUIRE(in.wait(answers[i].id).has_value());
    CHECK(answers[7].rejection == 7);
    const node::VerificationCounts counts = in.node->verification();
    CHECK(counts.admission.verified == 20);
    CHECK(counts.admission.bad == 1);
    CHECK(counts.admission_batches.signatures == 20);
    CHECK(counts.proposals.verified == 0);
    CHECK(counts.proposals.cached == 19);
    CHECK(counts.execution.verified == 0);
    CHECK(counts.execution.cached == 19);
    CHECK(counts.verdicts == 19);
    CHECK(counts.share_ahead() == 1);
}

TEST_CASE("verification: with batches of one each caller is alone, and the block still finds it") {
    Folder folder(Folder::On::memory);
    NodeWorld in(folder.path);
    in.config.verification_batch_max = 1;
    in.start();
    in.mint(in.world.buyer, 1);
    ledger::Transaction forged =
        in.signed_by(in.world.agent.transact, in.mint_operation(in.world.buyer, 7));
    forged.signature[5] ^= 1;
    CHECK(in.submit(forged).rejection == 7);
    const node::VerificationCounts counts = in.node->verification();
    CHECK(counts.admission.verified == 2);
    CHECK(counts.admission.bad == 1);
    CHECK(counts.admission_batches.by_size[0] == 2);
    CHECK(counts.proposals.cached == 1);
    CHECK(counts.proposals.verified == 0);
}

TEST_CASE("verification: many submit at once, good and bad mixed, and each gets its own answer") {
    Folder folder(Folder::On::memory);
    NodeWorld in(folder.path);
    in.start();
    constexpr std::size_t threads = 8, each = 30;
    std::vector<ledger::Transaction> transactions;
    for (std::size_t i = 0; i < threads * each; ++i) {
        transactions.push_back(
            in.signed_by(in.world.agent.transact, in.mint_operation(in.world.buyer, 1)));
        if (i % 3 == 2) transactions[i].signature[i % 64] ^= static_cast<u8>(1u << i % 8);
    }
    std::vector<Admitted> answers(transactions.size());
    std::vector<std::thread> callers;
    for (std::size_t t = 0; t < threads; ++t)
        callers.emplace_back([&, t] {
            for (std::size_t i = t; i < transactions.size(); i += threads)
                answers[i] = in.submit(transactions[i]);
        });
    for (std::thread& caller : callers) caller.join();
    u64 good = 0;
    for (std::size_t i = 0; i < transactions.size(); ++i) {
        CHECK(answers[i].id == in.id_of(transactions[i]));
        if (i % 3 == 2) {
            CHECK(answers[i].status == Admitted::Status::refused);
            CHECK(answers[i].rejection == 7);
            continue;
        }
        ++good;
        const auto committed = in.wait(answers[i].id);
        REQUIRE(committed.has_value());
        CHECK(committed->receipt.code == 0);
    }
    CHECK(in.account(in.world.buyer).available == good);
    const node::VerificationCounts counts = in.node->verification();
    CHECK(counts.admission.verified == transactions.size());
    CHECK(counts.proposals.verified == 0);
    CHECK(counts.proposals.cached == good);
}

TEST_CASE("verification: a proposal from elsewhere with a bad signature is refused by its index") {
    Elsewhere other;
    const std::vector<ledger::Transaction> good = other.mints(12);
    for (const std::size_t index : {0u, 5u, 11u}) {
        std::vector<ledger::Transaction> bad = good;
        bad[index].signature[40] ^= 8;
        const std::string expected = "transaction " + std::to_string(index) + ": BadSignature";
        const Status checked = other.strand->check(other.proposal(bad));
        REQUIRE_FALSE(checked.has_value());
        CHECK(checked.error().code == ErrorCode::verification_failed);
        CHECK(checked.error().detail == "proposal refused: " + expected);
        // Nor does it become durable, were it decided all the same.
        const auto finalized = other.strand->finalize(other.proposal(bad));
        REQUIRE_FALSE(finalized.has_value());
        CHECK(finalized.error().detail == "block input refused: " + expected);
    }
    CHECK(*other.chain->blocks().last_input_height() == 0);

    // The good eleven were verified once, whatever became of the rest.
    node::VerificationCounts counts = other.verification.counts();
    CHECK(counts.proposals.bad == 3);
    CHECK(counts.execution.verified == 3);
    CHECK(counts.execution.bad == 3);
    CHECK(counts.verdicts == 12);
    CHECK(counts.share_ahead() < 1);

    REQUIRE(other.strand->check(other.proposal(good)).has_value());
    const auto finalized = other.strand->finalize(other.proposal(good));
    REQUIRE_MESSAGE(finalized.has_value(), finalized.error().detail);
    REQUIRE(other.strand->commit(other.finality(finalized->hash)).has_value());
    CHECK(other.chain->head()->header.tx_count == 12);
    counts = other.verification.counts();
    CHECK(counts.proposals.verified == 12 + 3);
    CHECK(counts.execution.verified == 3);
}

TEST_CASE("verification: a proposal with one transaction twice is refused by the second's index") {
    Elsewhere other;
    std::vector<ledger::Transaction> transactions = other.mints(3);
    transactions.push_back(transactions[1]);
    const Status checked = other.strand->check(other.proposal(transactions));
    REQUIRE_FALSE(checked.has_value());
    CHECK(checked.error().detail == "proposal refused: transaction 3: the same as one before");
}

TEST_CASE("verification: keys are prepared from genesis, from each block, and again at a restart") {
    Folder folder(Folder::On::memory);
    NodeWorld in(folder.path);
    in.start();
    CHECK(in.node->verification().keys == genesis_keys);
    in.mint(in.world.buyer, 1);
    CHECK(in.node->verification().keys == genesis_keys);
    for (u32 number = 1; number <= 2; ++number)
        REQUIRE(in.run(in.world.seller.transact, second_key(in.world.seller, number)) == 0);
    CHECK(in.node->verification().keys == genesis_keys + 2);

    // The verdicts of the last life are gone; what they were for is in the ledger.
    in.start();
    CHECK(in.node->verification().keys == genesis_keys + 2);
    CHECK(in.node->verification().verdicts == 0);
    const crypto::SigningKey added = in.world.seller.secret.signing_key(Purpose::transact, 2);
    CHECK(in.run(added, RevokeKey{in.world.seller.deliver_id}) == 0);
    CHECK(in.node->verification().admission.verified == 1);
    CHECK(in.node->verification().proposals.cached == 1);

    in.start();
    CHECK(in.node->verification().keys == genesis_keys + 1);  // a revoked key is not prepared
}

TEST_CASE("verification: prepared keys and kept verdicts stay within their bounds") {
    Folder folder(Folder::On::memory);
    NodeWorld in(folder.path);
    in.config.verification_keys_max = 5;
    in.config.verification_verdicts_max = 3;
    in.start();
    for (u64 i = 1; i <= 6; ++i) in.mint(in.world.buyer, i);
    CHECK(in.node->verification().keys <= 5);
    CHECK(in.node->verification().verdicts == 3);
    // What went out of the cache before its block came is verified again, and its block is good.
    std::vector<ledger::Transaction> transactions;
    for (u64 i = 1; i <= 8; ++i)
        transactions.push_back(
            in.signed_by(in.world.agent.transact, in.mint_operation(in.world.buyer, i)));
    for (const Admitted& answer : in.node->submit(in.bundle(transactions)))
        CHECK(in.wait(answer.id)->receipt.code == 0);
    CHECK(in.node->verification().proposals.verified >= 5);
}
