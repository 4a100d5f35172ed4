#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <random>

#include "tests/node/node_world.h"

using namespace jangbu;
using namespace jangbu::test;

namespace {

constexpr int report_descriptor = 99;  // of the child that is killed

}  // namespace

TEST_CASE(
    "node: a transaction is submitted, committed, and there after a restart with the same head") {
    Folder folder;
    NodeWorld in(folder.path);
    in.start();
    const ledger::Transaction mint =
        in.signed_by(in.world.agent.transact, in.mint_operation(in.world.buyer, 500));
    const Admitted answer = in.submit(mint);
    CHECK(answer.status == Admitted::Status::pending);
    CHECK(answer.id == in.id_of(mint));
    const auto committed = in.wait(answer.id);
    REQUIRE(committed.has_value());
    CHECK(committed->height == 1);
    CHECK(committed->index == 0);
    CHECK(committed->receipt.code == 0);
    CHECK(std::get<TxId>(committed->receipt.subject) == answer.id);
    CHECK(in.account(in.world.buyer).available == 500);
    CHECK_FALSE(in.node->is_pending(answer.id));
    const ledger::HeaderHash head = in.node->head()->hash;

    in.start();
    CHECK(in.node->head()->hash == head);
    CHECK(in.account(in.world.buyer).available == 500);
    const auto found = in.node->find(answer.id);
    REQUIRE(found.has_value());
    CHECK(found->height == 1);
    CHECK(found->receipt == committed->receipt);
}

TEST_CASE("node: the head is signed by the validator key of genesis, whose organisation it tells") {
    Folder folder;
    NodeWorld in(folder.path);
    in.start();
    in.mint(in.world.buyer, 1);
    const ledger::SnapshotPtr head = in.node->head();
    const crypto::SigningKey operate = in.world.node.secret.signing_key(Purpose::operate, 0);
    CHECK(in.node->validator() == operate.public_key());
    CHECK(head->finality.key == operate.public_key());
    CHECK(crypto::verify(head->finality.key, crypto::domain::header, head->hash.bytes,
                         head->finality.signature));
    CHECK(in.node->operator_org() == in.world.node.id);
}

TEST_CASE("node: refuses to open without a secret, with a stranger's, or without genesis") {
    Folder folder;
    NodeWorld in(folder.path);
    in.config.validator_secret.reset();
    CHECK(in.open().error().code == ErrorCode::usage);
    in.config.validator_secret = in.world.buyer.secret;
    CHECK(in.open().error().code == ErrorCode::usage);
    in.config.validator_secret = in.world.node.secret;
    in.config.genesis_file = folder.path / "none";
    CHECK(in.open().error().code == ErrorCode::not_found);
}

TEST_CASE("node: the seed of the operate key alone opens it") {
    Folder folder;
    NodeWorld in(folder.path);
    // docs/formats.md section 3: HMAC-SHA-256(s, "jangbu/skey/v1" || purpose || le32(n))
    const u8 operate[] = {4};
    in.config.validator_secret.emplace(crypto::hmac_sha256(
        in.world.node.secret.bytes(), {as_bytes("jangbu/skey/v1"), operate, le32(0)}));
    in.start();
    in.mint(in.world.buyer, 1);
}

TEST_CASE("node: a transaction that is submitted again is the same transaction") {
    Folder folder;
    NodeWorld in(folder.path);
    in.config.block_linger_ms = 300;  // so that the second finds the first pending
    in.start();
    const ledger::Transaction mint =
        in.signed_by(in.world.agent.transact, in.mint_operation(in.world.buyer, 500));
    CHECK(in.submit(mint).status == Admitted::Status::pending);
    CHECK(in.submit(mint).status == Admitted::Status::pending);
    CHECK(in.node->pending() == 1);
    REQUIRE(in.wait(in.id_of(mint)).has_value());
    CHECK(in.submit(mint).status == Admitted::Status::committed);
    CHECK(in.account(in.world.buyer).available == 500);

    SUBCASE("after a restart") {
        in.start();
        CHECK(in.submit(mint).status == Admitted::Status::committed);
    }
    SUBCASE("long after its window, when only the block log knows it") {
        in.now_ms += 23 * 3'600'000ull;
        in.mint(in.world.seller, 1);
        in.now_ms += 2 * 3'600'000ull;
        in.mint(in.world.seller, 1);
        CHECK_FALSE(in.node->chain().is_used(in.id_of(mint)));
        CHECK(in.submit(mint).status == Admitted::Status::committed);
    }
}

TEST_CASE("node: a bundle is answered in order, the good beside the bad") {
    Folder folder;
    NodeWorld in(folder.path);
    in.start();
    ledger::Transaction forged =
        in.signed_by(in.world.agent.transact, in.mint_operation(in.world.buyer, 7));
    forged.signature[5] ^= 1;
    const std::vector<Admitted> answers = in.node->submit(in.bundle(
        {in.signed_by(in.world.agent.transact, in.mint_operation(in.world.buyer, 1)), forged,
         in.signed_by(in.world.agent.transact, in.mint_operation(in.world.buyer, 2))}));
    REQUIRE(answers.size() == 3);
    CHECK(answers[0].status == Admitted::Status::pending);
    CHECK(answers[1].status == Admitted::Status::refused);
    CHECK(answers[1].rejection == 7);
    CHECK(answers[2].status == Admitted::Status::pending);
    REQUIRE(in.wait(answers[0].id).has_value());
    REQUIRE(in.wait(answers[2].id).has_value());
    CHECK(in.account(in.world.buyer).available == 3);
    CHECK_FALSE(in.node->find(answers[1].id).has_value());
}

TEST_CASE("node: a listener hears every block before its waiters, and the log replays them") {
    Folder folder;
    NodeWorld in(folder.path);
    auto opened = in.open();
    REQUIRE(opened.has_value());
    in.node = std::move(*opened);
    std::mutex mutex;
    std::vector<node::CommittedBlock> heard;
    in.node->on_commit([&](const node::CommittedBlock& block) {
        const std::scoped_lock lock(mutex);
        heard.push_back(block);
    });
    REQUIRE(in.node->start().has_value());
    for (u64 i = 1; i <= 3; ++i) {
        in.mint(in.world.buyer, i);
        const std::scoped_lock lock(mutex);
        REQUIRE(heard.size() == i);
        CHECK(heard.back().snapshot->header.height == i);
        CHECK(heard.back().ids.size() == 1);
        CHECK_FALSE(heard.back().changes.empty());
    }
    std::size_t replayed = 0;
    const Status status = in.node->for_each_block(2, [&](const node::CommittedBlock& block) {
        const node::CommittedBlock& live = heard.at(1 + replayed++);
        CHECK(block.snapshot->hash == live.snapshot->hash);
        CHECK(block.input == live.input);
        CHECK(block.ids == live.ids);
        CHECK(block.receipts == live.receipts);
        return Status();
    });
    CHECK(status.has_value());
    CHECK(replayed == 2);
}

TEST_CASE("node: a wait ends at its deadline, and at once when the node stops") {
    Folder folder;
    NodeWorld in(folder.path);
    in.start();
    const TxId unknown(named_hash("nothing"));
    std::promise<bool> first;
    in.node->wait(unknown, in.now_ms + 1'000, [&](std::optional<Committed> committed) {
        first.set_value(committed.has_value());
    });
    std::future<bool> ended = first.get_future();
    CHECK(ended.wait_for(std::chrono::milliseconds(300)) == std::future_status::timeout);
    in.now_ms += 1'000;
    REQUIRE(ended.wait_for(std::chrono::seconds(10)) == std::future_status::ready);
    CHECK_FALSE(ended.get());

    int calls = 0;
    in.node->wait(unknown, in.now_ms + 1'000'000, [&](std::optional<Committed>) { ++calls; });
    in.node->stop();
    CHECK(calls == 1);
    in.node->wait(unknown, in.now_ms + 1'000'000, [&](std::optional<Committed>) { ++calls; });
    CHECK(calls == 2);
    const Admitted late =
        in.submit(in.signed_by(in.world.agent.transact, in.mint_operation(in.world.buyer, 1)));
    REQUIRE(late.error.has_value());
    CHECK(late.error->code == ErrorCode::unavailable);
    CHECK_FALSE(in.node->stopped().has_value());  // asked for
}

TEST_CASE("node: a whole trade over the real node") {
    Folder folder;
    NodeWorld in(folder.path);
    in.start();
    NodeTrade trade(in);
    trade.to(OrderState::settled);
    CHECK(trade.order().state == OrderState::settled);
    CHECK(in.account(in.world.seller).available == 100'000'000 + 11'000 - 100);  // less 1 % fee
}

TEST_CASE("node: a failed write stops it, says why, and leaves reading possible") {
    Folder folder;
    NodeWorld in(folder.path);
    in.start();
    in.mint(in.world.buyer, 1);
    // The last-signed file cannot be replaced any more: its place becomes a folder with content.
    const std::filesystem::path file = in.home / "last-signed";
    std::filesystem::remove(file);
    std::filesystem::create_directories(file / "occupied");
    const Admitted answer =
        in.submit(in.signed_by(in.world.agent.transact, in.mint_operation(in.world.buyer, 2)));
    CHECK(answer.status == Admitted::Status::pending);
    CHECK_FALSE(in.wait(answer.id).has_value());
    const auto reason = in.node->stopped();
    REQUIRE(reason.has_value());
    CHECK(reason->find("last-signed") != std::string::npos);
    CHECK(in.node->head()->header.height == 1);
    const Admitted late =
        in.submit(in.signed_by(in.world.agent.transact, in.mint_operation(in.world.buyer, 3)));
    REQUIRE(late.error.has_value());
    CHECK(late.error->code == ErrorCode::unavailable);
}

TEST_CASE("node: a chain folder older than what was signed is not signed on") {
    Folder folder;
    NodeWorld in(folder.path);
    in.start();
    in.mint(in.world.buyer, 1);
    in.stop();
    std::filesystem::copy(in.config.chain_folder, folder.path / "old",
                          std::filesystem::copy_options::recursive);
    in.start();
    in.mint(in.world.buyer, 2);
    in.stop();
    std::filesystem::remove_all(in.config.chain_folder);
    SUBCASE("an old copy") {
        std::filesystem::rename(folder.path / "old", in.config.chain_folder);
        const auto opened = in.open();
        REQUIRE(!opened.has_value());
        CHECK(opened.error().code == ErrorCode::corrupted);
        CHECK(opened.error().detail.find("chain folder is not the latest") != std::string::npos);
    }
    SUBCASE("none at all") {
        const auto opened = in.open();
        REQUIRE(!opened.has_value());
        CHECK(opened.error().code == ErrorCode::conflict);
    }
}

TEST_CASE("node: without its last-signed file a chain is not signed on") {
    Folder folder;
    NodeWorld in(folder.path);
    in.start();
    in.mint(in.world.buyer, 1);
    in.stop();
    std::filesystem::remove(in.home / "last-signed");
    const auto opened = in.open();
    REQUIRE(!opened.has_value());
    CHECK(opened.error().code == ErrorCode::corrupted);
    CHECK(opened.error().detail.find("last-signed is missing") != std::string::npos);
}

// What the next test runs as a process of its own, and kills: mints one won after another and
// reports each acknowledged one. A process, since threads do not survive a fork.
TEST_CASE("node: mints until it is killed" * doctest::skip()) {
    const char* home = std::getenv("JANGBU_TEST_HOME");
    const char* first = std::getenv("JANGBU_TEST_FIRST");
    REQUIRE(home != nullptr);
    NodeWorld in(home);
    u64 number = std::stoull(first);
    in.now_ms = MarketWorld::genesis_ms + number;
    in.start();
    for (;; ++number) {
        const std::string deposit = "deposit " + std::to_string(number);
        REQUIRE(in.run(in.world.agent.transact,
                       MintCredits{in.world.buyer.id, 1, named_hash(deposit)}) == 0);
        REQUIRE(::write(report_descriptor, &number, sizeof number) == sizeof number);
    }
}

namespace {

// The child, with the writing end of its reports closed here; returns the reading end.
std::pair<pid_t, int> start_minting(const std::filesystem::path& home, u64 first) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const std::string home_variable = "JANGBU_TEST_HOME=" + home.string();
    const std::string first_variable = "JANGBU_TEST_FIRST=" + std::to_string(first);
    const char* arguments[] = {"node_tests", "--no-skip", "-tc=node: mints until it is killed",
                               nullptr};
    const char* environment[] = {home_variable.c_str(), first_variable.c_str(), nullptr};
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {  // only calls that are safe after a fork
        ::dup2(ends[1], report_descriptor);
        ::execve("/proc/self/exe", const_cast<char* const*>(arguments),
                 const_cast<char* const*>(environment));
        ::_exit(3);
    }
    ::close(ends[1]);
    return {child, ends[0]};
}

}  // namespace

TEST_CASE("node: kill -9 at random moments loses nothing that was acknowledged") {
    Folder folder;
    std::mt19937_64 random(20261124);
    u64 acknowledged = 0;
    for (u64 round = 0; round < 30; ++round) {
        const auto [child, reports] = start_minting(folder.path, round * 1'000'000);
        // At least one acknowledgement, then a random moment.
        u64 number = 0;
        u64 of_round = ::read(reports, &number, sizeof number) == sizeof number ? 1 : 0;
        std::this_thread::sleep_for(std::chrono::microseconds(random() % 300'000));
        REQUIRE(::kill(child, SIGKILL) == 0);
        int status = 0;
        REQUIRE(::waitpid(child, &status, 0) == child);
        REQUIRE(WIFSIGNALED(status));
        while (::read(reports, &number, sizeof number) == sizeof number) ++of_round;
        ::close(reports);
        CHECK(of_round > 0);
        acknowledged += of_round;

        NodeWorld in(folder.path);
        const auto opened = in.open();
        REQUIRE_MESSAGE(opened.has_value(), opened.error().detail);
        const u64 available = account_of((*opened)->head()->state, in.world.buyer.id).available;
        // Of each round one more may have been committed than was reported.
        CHECK(available >= acknowledged);
        CHECK(available <= acknowledged + round + 1);
    }
    MESSAGE("acknowledged over 30 kills: " << acknowledged);
}
