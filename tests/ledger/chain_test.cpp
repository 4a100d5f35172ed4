// Chain: the way of a block, what it refuses, and that every way to the same blocks gives the same
// roots.
#include "ledger/chain.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <atomic>
#include <thread>

#include "tests/support/test_ledger.h"

using namespace jangbu;
using namespace jangbu::ledger;
using namespace jangbu::test;
using namespace jangbu::test::put_map;

namespace {

// What the test itself remembers of a history.
struct Remembered {
    std::vector<BlockInput> inputs;
    std::vector<Header> headers;
    std::vector<TxId> ids;
};

void remember(Remembered& history, const BlockInput& input, const Chain& chain) {
    history.inputs.push_back(input);
    history.headers.push_back(chain.head()->header);
    for (const Transaction& transaction : input.transactions)
        history.ids.push_back(txid(chain.id(), transaction.body));
}

// Commits random blocks.
Remembered random_history(TestLedger& ledger, std::mt19937_64& random, std::size_t blocks) {
    Remembered history;
    for (std::size_t i = 0; i < blocks; ++i) {
        const BlockInput input = next_input(
            *ledger.chain->head(), ledger.random_transactions(random), 1 + random() % 5'000);
        REQUIRE_OK(commit_input(*ledger.chain, input));
        ledger.author.now_ms = input.time_ms;
        remember(history, input, *ledger.chain);
    }
    return history;
}

void check_remembered(const Chain& chain, const Remembered& history) {
    const SnapshotPtr head = chain.head();
    REQUIRE(head->header == history.headers.back());
    CHECK(head->hash == header_hash(history.headers.back()));
    CHECK(head->state.root() == history.headers.back().state_root);
    for (std::size_t i = 0; i < history.headers.size(); ++i)
        CHECK(chain.blocks().block(i + 1)->header == history.headers[i]);
    for (const TxId& id : history.ids) CHECK(chain.is_used(id));
    CHECK(chain.used_count() == history.ids.size());
    for (const BlockInput& input : history.inputs)
        for (u32 i = 0; i < input.transactions.size(); ++i)
            CHECK(*chain.blocks().locate(txid(chain.id(), input.transactions[i].body)) ==
                  std::pair(input.height, i));
}

}  // namespace

TEST_CASE("chain: starts at the genesis, with a signed head") {
    TestFolder folder;
    TestLedger ledger;
    REQUIRE_OK(ledger.open(folder.path));
    const SnapshotPtr head = ledger.chain->head();
    CHECK(head->header == header_zero(ledger.genesis.genesis));
    CHECK(head->state.root() == ledger.genesis.genesis.state_root);
    CHECK(head->finality == *sign_header(head->header, head->hash));
    CHECK(ledger.chain->used_count() == 0);
    CHECK(ledger.chain->id() == chain_id(ledger.genesis.genesis));
}

TEST_CASE("chain: a block goes its way and is there for readers") {
    TestFolder folder;
    TestLedger ledger;
    REQUIRE_OK(ledger.open(folder.path));
    const SnapshotPtr before = ledger.chain->head();
    const Transaction put = ledger.author(Put{"a", Bytes{1}});
    const Transaction refused = ledger.author(Refuse{"b", 123});
    REQUIRE_OK(ledger.commit({put, refused}));

    const SnapshotPtr head = ledger.chain->head();
    CHECK(head->header.height == 1);
    CHECK(to_bytes(*head->state.find(PutMap::key("a"))) == Bytes{1});
    CHECK_FALSE(before->state.find(PutMap::key("a")));  // a snapshot never changes
    CHECK(head->history->size() == 2);
    // A rejected transaction has used its id too.
    for (const Transaction& transaction : {put, refused})
        CHECK(ledger.chain->is_used(txid(ledger.chain->id(), transaction.body)));
    CHECK(ledger.commit({refused}).error().detail.find("IdUsed") != std::string::npos);

    const BlockRecord block = ledger.chain->blocks().block(1).value();
    CHECK(block.header == head->header);
    CHECK(block.finality == head->finality);
    const BlockInput input = decode_block_input(block.input, ledger.application).value();
    CHECK(input.transactions == std::vector{put, refused});
    REQUIRE(block.receipts.size() == 2);
    CHECK(bcs::decode<Receipt>(block.receipts[1])->code == 123);
    // And the chain goes on.
    REQUIRE_OK(ledger.commit({ledger.author(Erase{"a"})}));
    CHECK(ledger.chain->head()->header.parent == head->hash);
}

TEST_CASE("chain: an input that cannot be executed is not appended") {
    TestFolder folder;
    TestLedger ledger;
    REQUIRE_OK(ledger.open(folder.path));
    const auto refused = [&](const BlockInput& input, const std::string& reason) {
        const Status appended = ledger.chain->append(input);
        REQUIRE_FALSE(appended.has_value());
        CHECK(appended.error().code == ErrorCode::verification_failed);
        CHECK_MESSAGE(appended.error().detail.find(reason) != std::string::npos,
                      appended.error().detail);
    };
    BlockInput input = next_input(*ledger.chain->head(), {});
    input.height = 5;
    refused(input, "height");
    refused(next_input(*ledger.chain->head(), {ledger.author(Later{})}), "NotYetActive");

    const Document document = document_of(10, 1);
    DocumentRef ref = document_ref(document, DocumentClass::parties);
    refused(next_input(*ledger.chain->head(), {ledger.author(Attach{ref})}), "is not stored");
    REQUIRE_OK(ledger.chain->store_documents(std::span(&document, 1)));
    ref.length += 1;
    refused(next_input(*ledger.chain->head(), {ledger.author(Attach{ref})}), "DocumentMismatch");
    CHECK(*ledger.chain->blocks().last_input_height() == 0);
    ref.length -= 1;
    CHECK_OK(ledger.commit({ledger.author(Attach{ref})}));
}

TEST_CASE(
    "chain: only what is durable is executed, and only what a validator signed is committed") {
    TestFolder folder;
    TestLedger ledger;
    REQUIRE_OK(ledger.open(folder.path));
    const BlockInput input = next_input(*ledger.chain->head(), {ledger.author(Put{"a", {}})});
    CHECK(ledger.chain->execute(input).error().code == ErrorCode::conflict);
    REQUIRE_OK(ledger.chain->append(input));
    CHECK(ledger.chain->append(input).error().code == ErrorCode::conflict);
    BlockInput other = input;
    other.time_ms += 1;
    CHECK(ledger.chain->execute(other).error().code == ErrorCode::conflict);

    const Execution done = ledger.chain->execute(input).value();
    SoloFinality finality = sign_header(done.header, done.hash).value();
    finality.signature[5] ^= 1;
    CHECK(ledger.chain->commit(done, finality).error().code == ErrorCode::verification_failed);
    const crypto::SigningKey stranger = key_named("member");
    finality = {stranger.public_key(), stranger.sign(crypto::domain::header, done.hash.bytes)};
    CHECK(ledger.chain->commit(done, finality).error().code == ErrorCode::verification_failed);
    CHECK(ledger.chain->head()->header.height == 0);
    CHECK_OK(ledger.chain->commit(done, *sign_header(done.header, done.hash)));
    CHECK(ledger.chain->head()->header.height == 1);
}

TEST_CASE("chain: ids are forgotten after 24 hours of block time, and a start agrees") {
    TestFolder folder;
    TestLedger ledger;
    REQUIRE_OK(ledger.open(folder.path, 100));
    const u64 hour = 3'600'000;
    std::vector<TxId> ids;
    for (int i = 0; i < 30; ++i) {
        const Transaction add = ledger.author(Add{"n", 1});
        ids.push_back(txid(ledger.chain->id(), add.body));
        REQUIRE_OK(ledger.commit({add}, hour));
    }
    for (int open = 0; open < 2; ++open) {
        // The head is at hour 30; what was used in hour 6 is 24 hours old.
        for (std::size_t i = 0; i < ids.size(); ++i)
            CHECK(ledger.chain->is_used(ids[i]) == (i >= 5));
        CHECK(ledger.chain->used_count() == 25);
        REQUIRE_OK(ledger.open(folder.path));
    }
}

TEST_CASE("chain: a folder of another genesis is refused") {
    TestFolder folder;
    TestLedger ledger;
    REQUIRE_OK(ledger.open(folder.path));
    REQUIRE_OK(ledger.commit({}));
    ledger.genesis.genesis.name = "other";
    const Status other = ledger.open(folder.path);
    REQUIRE_FALSE(other.has_value());
    CHECK(other.error().code == ErrorCode::conflict);
}

TEST_CASE("chain: a genesis file whose entries have another root is refused") {
    TestFolder folder;
    TestLedger ledger;
    ledger.genesis.genesis.state_root[0] ^= 1;
    CHECK(ledger.open(folder.path).error().code == ErrorCode::verification_failed);
}

TEST_CASE("chain: reopened at any height, with any cut of flushes, the roots are the same") {
    const bool same = rc::check("random histories", [] {
        std::mt19937_64 random(*rc::gen::arbitrary<u64>());
        TestFolder folder;
        TestLedger ledger;
        REQUIRE_OK(ledger.open(folder.path, 1 + random() % 6));
        // Reopened in between, with another cut each time.
        std::vector<Remembered> parts;
        Remembered all;
        for (int part = 0; part < 3; ++part) {
            const Remembered history = random_history(ledger, random, 1 + random() % 8);
            for (const auto& input : history.inputs) all.inputs.push_back(input);
            for (const auto& header : history.headers) all.headers.push_back(header);
            for (const auto& id : history.ids) all.ids.push_back(id);
            const auto deadlines = ledger.application.deadlines();
            REQUIRE_OK(ledger.open(folder.path, 1 + random() % 6));
            CHECK(ledger.application.deadlines() == deadlines);
            check_remembered(*ledger.chain, all);
        }
        // The same inputs on a fresh ledger, in memory and never reopened.
        MemoryDisk disk;
        TestLedger replayed;
        REQUIRE_OK(replayed.open(disk, 1'000));
        for (const BlockInput& input : all.inputs) REQUIRE_OK(commit_input(*replayed.chain, input));
        check_remembered(*replayed.chain, all);
        CHECK(replayed.application.deadlines() == ledger.application.deadlines());
        // And executed again from the block log alone.
        ledger.chain.reset();
        std::filesystem::remove_all(folder.path / "state");
        REQUIRE_OK(ledger.open(folder.path));
        check_remembered(*ledger.chain, all);
    });
    CHECK(same);
}

TEST_CASE("chain: the state is the map that the successful operations describe") {
    std::mt19937_64 random(11);
    MemoryDisk disk;
    TestLedger ledger;
    REQUIRE_OK(ledger.open(disk));
    std::map<std::string, Bytes> expected;
    for (int i = 0; i < 60; ++i) {
        std::vector<Transaction> transactions;
        std::vector<Operation> operations;
        for (int n = 0; n < 8; ++n) {
            operations.push_back(random_operation(random, 0));
            transactions.push_back(ledger.author(operations.back()));
        }
        REQUIRE_OK(ledger.commit(transactions));
        for (const Operation& operation : operations) {
            if (const auto* put = std::get_if<Put>(&operation)) expected[put->name] = put->value;
            if (const auto* erase = std::get_if<Erase>(&operation)) expected.erase(erase->name);
        }
    }
    const SnapshotPtr head = ledger.chain->head();
    for (int i = 0; i < 40; ++i) {
        const std::string name = "name " + std::to_string(i);
        const std::optional<ByteView> found = head->state.find(PutMap::key(name));
        REQUIRE(found.has_value() == expected.contains(name));
        if (found) CHECK(to_bytes(*found) == expected.at(name));
    }
}

TEST_CASE("chain: 10,000 random operations give one root; builds print it to be compared") {
    std::mt19937_64 random(2026);
    MemoryDisk disk;
    TestLedger ledger;
    REQUIRE_OK(ledger.open(disk, 1'000));
    for (int block = 0; block < 100; ++block) {
        std::vector<Transaction> transactions;
        const u64 market_time_ms = ledger.chain->head()->header.market_time_ms;
        for (int n = 0; n < 100; ++n)
            transactions.push_back(ledger.author(random_operation(random, market_time_ms)));
        REQUIRE_OK(ledger.commit(std::move(transactions)));
    }
    const SnapshotPtr head = ledger.chain->head();
    MESSAGE("state root " << to_hex(head->header.state_root) << ", head " << head->hash.hex());
    CHECK(ledger.chain->used_count() == 10'000);
    // From the block log alone, in another life: the same.
    disk.entries.clear();
    disk.marker.reset();
    REQUIRE_OK(ledger.open(disk));
    CHECK(ledger.chain->head()->hash == head->hash);
}

TEST_CASE("chain: readers on other threads see whole blocks while the chain grows") {
    TestFolder folder;
    TestLedger ledger;
    REQUIRE_OK(ledger.open(folder.path, 2));
    const Chain& chain = *ledger.chain;
    std::atomic<bool> done = false;
    std::atomic<int> wrong = 0;
    const auto read = [&] {
        while (!done) {
            const SnapshotPtr head = chain.head();
            const u64 height = head->header.height;
            if (head->state.root() != head->header.state_root) ++wrong;
            if (head->history->root(height) != head->header.history_root) ++wrong;
            if (height == 0) continue;
            const auto block = chain.blocks().block(height);
            if (!block || header_hash(block->header) != head->hash) {
                ++wrong;
                continue;
            }
            for (const Bytes& receipt : block->receipts) {
                const Receipt judged = bcs::decode<Receipt>(receipt).value();
                const auto* id = std::get_if<TxId>(&judged.subject);
                if (id && (!chain.is_used(*id) || chain.blocks().locate(*id)->first != height))
                    ++wrong;
            }
        }
    };
    std::vector<std::thread> readers;
    for (int i = 0; i < 3; ++i) readers.emplace_back(read);
    std::mt19937_64 random(13);
    for (int i = 0; i < 60; ++i) REQUIRE_OK(ledger.commit(ledger.random_transactions(random)));
    done = true;
    for (std::thread& reader : readers) reader.join();
    CHECK(wrong == 0);
}

TEST_CASE(
    "chain: blocks checked ahead, beside the execution of those before, give the same heads") {
    TestFolder folder;
    TestLedger ledger;
    REQUIRE_OK(ledger.open(folder.path));
    std::mt19937_64 random(5);
    const Remembered history = random_history(ledger, random, 40);

    TestFolder other_folder;
    TestLedger other;
    other.genesis = ledger.genesis;
    REQUIRE_OK(other.open(other_folder.path));
    base::SideThread side;
    Result<CheckedBlock> ahead = fail(ErrorCode::not_found, "nothing was looked at");
    const auto look = [&](std::size_t at) {
        side.start([&, at]() -> Status {
            ahead = other.chain->check_ahead(history.inputs[at]);
            return {};
        });
    };
    look(0);
    for (std::size_t i = 0; i < history.inputs.size(); ++i) {
        REQUIRE_OK(side.wait());
        REQUIRE_OK(ahead);
        CheckedBlock checked = std::move(*ahead);
        if (i + 1 < history.inputs.size()) look(i + 1);
        REQUIRE_OK(other.chain->append(std::move(checked)));
        Execution execution = other.chain->execute().value();
        REQUIRE(execution.header == history.headers[i]);
        const SoloFinality finality = *sign_header(execution.header, execution.hash);
        REQUIRE_OK(other.chain->commit(std::move(execution), finality));
    }
    REQUIRE_OK(side.wait());
    check_remembered(*other.chain, history);
    REQUIRE_OK(other.open(other_folder.path));
    check_remembered(*other.chain, history);
}

TEST_CASE("chain: what is wrong with a block is found ahead, or where it is appended") {
    TestFolder folder;
    TestLedger ledger;
    REQUIRE_OK(ledger.open(folder.path));
    const auto wrong = [](const auto& answer, const std::string& reason) {
        REQUIRE_FALSE(answer.has_value());
        CHECK(answer.error().code == ErrorCode::verification_failed);
        CHECK_MESSAGE(answer.error().detail.find(reason) != std::string::npos,
                      answer.error().detail);
    };
    const auto ahead = [&](BlockInput input) {
        return ledger.chain->check_ahead(std::move(input));
    };
    const auto appended = [&](BlockInput input) -> Status {
        CheckedBlock checked = TRY(ahead(std::move(input)));
        return ledger.chain->append(std::move(checked));
    };
    const Transaction used = ledger.author(Put{"a", {}});
    REQUIRE_OK(ledger.commit({used}));
    const Transaction fresh = ledger.author(Put{"b", {}});
    const BlockInput good = next_input(*ledger.chain->head(), {fresh});

    Transaction forged = fresh;
    forged.signature[0] ^= 1;
    wrong(ahead(next_input(*ledger.chain->head(), {forged})), "transaction 0: BadSignature");
    wrong(ahead(next_input(*ledger.chain->head(), {fresh, fresh})), "transaction 1: IdUsed");
    wrong(ahead(next_input(*ledger.chain->head(), {ledger.author(Later{})})), "NotYetActive");
    // These depend on the parent: ahead of it nobody knows.
    wrong(appended(next_input(*ledger.chain->head(), {used})), "transaction 0: IdUsed");
    BlockInput input = good;
    input.height = 5;
    wrong(appended(input), "height");
    input = good;
    input.parent = HeaderHash();
    wrong(appended(input), "parent");
    input = good;
    input.time_ms = ledger.chain->head()->header.time_ms;
    wrong(appended(input), "time");
    const Document document = document_of(10, 1);
    DocumentRef ref = document_ref(document, DocumentClass::parties);
    wrong(appended(next_input(*ledger.chain->head(), {ledger.author(Attach{ref})})),
          "is not stored");
    REQUIRE_OK(ledger.chain->store_documents(std::span(&document, 1)));
    ref.length += 1;
    wrong(appended(next_input(*ledger.chain->head(), {ledger.author(Attach{ref})})),
          "DocumentMismatch");
    CHECK(*ledger.chain->blocks().last_input_height() == 1);
    CHECK_OK(appended(good));
    CHECK(appended(good).error().code == ErrorCode::conflict);  // it has no outcome yet
}

TEST_CASE("chain: after a failed write it goes on no more") {
    MemoryDisk disk;
    TestLedger ledger;
    REQUIRE_OK(ledger.open(disk, 1));
    REQUIRE_OK(ledger.commit({ledger.author(Put{"a", {}})}));
    disk.fail_at = disk.writes;
    const BlockInput input = next_input(*ledger.chain->head(), {});
    CHECK(ledger.chain->append(input).error().code == ErrorCode::io);
    disk.fail_at.reset();  // a disk that works again changes nothing
    CHECK(ledger.chain->append(input).error().code == ErrorCode::io);
    CHECK(ledger.chain->execute(input).error().code == ErrorCode::io);
    CHECK(ledger.chain->store_documents({}).error().code == ErrorCode::io);
    REQUIRE_OK(ledger.open(disk));
    CHECK_OK(ledger.commit({}));
}

TEST_CASE("chain: a crash at any write, while running or starting, loses nothing acknowledged") {
    for (const auto fault : {MemoryDisk::Fault::lose, MemoryDisk::Fault::keep}) {
        for (u64 first = 0; first < 45; ++first) {
            CAPTURE(first);
            MemoryDisk disk;
            disk.fault = fault;
            disk.fail_at = first;
            TestLedger ledger;
            Remembered acknowledged;
            std::mt19937_64 random(first);
            // Every life of the process ends at a failed write; each next one lives a little
            // longer.
            for (u64 life = 0; life < 6; ++life) {
                Status alive = ledger.open(disk, 3);
                if (alive && !acknowledged.headers.empty()) {
                    const u64 height = acknowledged.headers.size();
                    REQUIRE(ledger.chain->head()->header.height >= height);
                    for (u64 h = 1; h <= height; ++h)
                        REQUIRE(ledger.chain->blocks().block(h)->header ==
                                acknowledged.headers[h - 1]);
                    for (const TxId& id : acknowledged.ids) REQUIRE(ledger.chain->is_used(id));
                }
                // What was finished at the start counts as acknowledged from here on.
                while (alive && acknowledged.headers.size() < ledger.chain->head()->header.height)
                    acknowledged.headers.push_back(
                        ledger.chain->blocks().block(acknowledged.headers.size() + 1)->header);
                for (int blocks = 0; alive && blocks < 12; ++blocks) {
                    const BlockInput input =
                        next_input(*ledger.chain->head(), ledger.random_transactions(random, 2));
                    alive = commit_input(*ledger.chain, input);
                    if (alive) remember(acknowledged, input, *ledger.chain);
                }
                if (!alive) REQUIRE(alive.error().code == ErrorCode::io);
                disk.fail_at = disk.writes + 1 + life * 7 + first % 5;
            }
            disk.fail_at.reset();
            REQUIRE_OK(ledger.open(disk));
            REQUIRE(ledger.chain->head()->header.height >= acknowledged.headers.size());
        }
    }
}
