// Executor: what an input must be, which guard wins, and what a header says of a block.
#include "ledger/executor.h"

#include <doctest/doctest.h>

#include "crypto/merkle.h"
#include "tests/ledger/vector_records.h"
#include "tests/support/test_ledger.h"

using namespace jangbu;
using namespace jangbu::ledger;
using namespace jangbu::test;
using namespace jangbu::test::put_map;

namespace {

// A ledger at genesis without any store but one for documents.
struct World {
    GenesisMaker maker = small_genesis();
    GenesisFile genesis;
    PutMap application;
    MemoryDisk disk;
    MemoryDocumentStore documents{disk};
    PlainSignatureChecker signatures;
    UsedIds used;
    Snapshot parent;

    explicit World(void (*prepare)(GenesisMaker&) = nullptr) {
        if (prepare) prepare(maker);
        genesis = maker.finish();
        auto history = std::make_shared<HistoryTree>();
        StateTree::Changes entries;
        for (const auto& [key, value] : genesis.state) entries[key] = value;
        parent.state = StateTree().updated(entries);
        parent.header = header_zero(genesis.genesis);
        parent.hash = header_hash(parent.header);
        history->append(parent.hash);
        parent.history = history;
        application.rebuild(parent.state);
        history_ = history;
    }
    Author author() const {
        Author made(genesis.genesis);
        made.now_ms = genesis.genesis.time_ms;
        return made;
    }
    Result<Execution> execute_input(BlockInput input) {
        return execute_input(std::move(input), &signatures);
    }
    Result<Execution> execute_input(BlockInput input, SignatureChecker* checker) {
        return Executor(application, documents, genesis.genesis.validators)
            .execute(parent, std::move(input), used, checker);
    }
    Result<Execution> execute(std::vector<Transaction> transactions, u64 after_ms = 1'000) {
        return execute_input(next_input(parent, std::move(transactions), after_ms));
    }
    void take(Execution done) {
        application.committed(parent.state, done.changes);
        history_->append(done.hash);
        parent = {done.header, done.hash, {}, done.state, history_};
    }

private:
    std::shared_ptr<HistoryTree> history_;
};

std::vector<RejectionCode> codes(const Execution& done) {
    std::vector<RejectionCode> out;
    for (const Receipt& receipt : done.receipts) out.push_back(receipt.code);
    return out;
}

void check_input_refused(const Result<Execution>& result, const std::string& reason) {
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().code == ErrorCode::verification_failed);
    CHECK_MESSAGE(result.error().detail.find(reason) != std::string::npos, result.error().detail);
}

}  // namespace

TEST_CASE("executor: the roots of a block's lists are those of the vectors") {
    const json& scene = vectors("transactions.json");
    std::vector<TxId> ids;
    std::vector<Transaction> transactions;
    for (const json& entry : scene.at("transactions")) {
        ids.push_back(id_of<TxId>(entry.at("txid")));
        transactions.emplace_back().signature = array_of<64>(entry.at("signature"));
    }
    CHECK(tx_root(ids, transactions) == array_of<32>(scene.at("tx_root")));
    std::vector<Receipt> receipts;
    for (const json& entry : scene.at("receipts"))
        receipts.push_back(receipt_of(entry.at("value")));
    CHECK(receipt_root(encoded(receipts)) == array_of<32>(scene.at("receipt_root")));
    CHECK(tx_root({}, {}) == crypto::merkle::empty_root());
}

TEST_CASE("executor: market time advances with block time, but not over a halt") {
    Header previous;
    previous.time_ms = 10'000;
    previous.market_time_ms = 4'000;
    CHECK(market_time_after(previous, 10'000, 500) == 4'000);
    CHECK(market_time_after(previous, 10'499, 500) == 4'499);
    CHECK(market_time_after(previous, 10'500, 500) == 4'500);
    CHECK(market_time_after(previous, 99'000, 500) == 4'500);
    // The vectors' chain never halts.
    const json& headers = vectors("transactions.json").at("headers");
    for (std::size_t i = 1; i < headers.size(); ++i) {
        const Header before = header_of(headers[i - 1].at("value"));
        const Header after = header_of(headers[i].at("value"));
        CHECK(market_time_after(before, after.time_ms, 300'000) == after.market_time_ms);
    }
}

TEST_CASE("executor: halt_gap is the parameter in force at the new height") {
    World world([](GenesisMaker& maker) {
        const Parameter gap{u64{10'000}, std::pair{ParameterValue{u64{20'000}}, u64{2}}};
        maker.put(state_key(Table::parameter, as_bytes("halt_gap_ms")), gap);
    });
    Execution first = world.execute({}, 3'600'000).value();
    CHECK(first.header.market_time_ms == world.genesis.genesis.time_ms + 10'000);
    world.take(std::move(first));
    CHECK(world.execute({}, 3'600'000)->header.market_time_ms ==
          world.genesis.genesis.time_ms + 30'000);
}

TEST_CASE("executor: a header says where the block stands and what came out") {
    World world;
    Author author = world.author();
    const std::vector<Transaction> transactions{author(Put{"a", Bytes{1, 2}}),
                                                author(Refuse{"b", 150}), author(Add{"c", 7})};
    const Execution done = world.execute(transactions, 2'500).value();
    const Header& header = done.header;
    CHECK(header.chain_id == chain_id(world.genesis.genesis));
    CHECK(header.protocol_version == 1);
    CHECK(header.epoch == 0);
    CHECK(header.height == 1);
    CHECK(header.time_ms == world.genesis.genesis.time_ms + 2'500);
    CHECK(header.market_time_ms == world.genesis.genesis.time_ms + 2'500);
    CHECK(header.parent == world.parent.hash);
    CHECK(header.tx_count == 3);
    CHECK(header.receipt_count == 3);
    CHECK(header.validators_hash == validators_hash(world.genesis.genesis.validators));
    CHECK(header.next_validators_hash == header.validators_hash);
    // History covers the earlier headers: here header 0 alone.
    CHECK(header.history_root == crypto::merkle::leaf(world.parent.hash.bytes));
    CHECK(done.hash == header_hash(header));

    CHECK(codes(done) == std::vector<RejectionCode>{0, 150, 0});
    for (std::size_t i = 0; i < 3; ++i) {
        CHECK(done.ids[i] == txid(header.chain_id, transactions[i].body));
        CHECK(done.receipts[i].subject == std::variant<TxId, SystemSubject>(done.ids[i]));
    }
    CHECK(done.receipts[0].events == std::vector<Bytes>{to_bytes(as_bytes("a"))});
    // The expected state is the genesis and the two successes; what was refused left nothing.
    StateTree::Changes expected;
    for (const auto& [key, value] : world.genesis.state) expected[key] = value;
    expected[PutMap::key("a")] = Bytes{1, 2};
    expected[PutMap::key("c")] = to_bytes(le64(7));
    CHECK(header.state_root == StateTree().updated(expected).root());
    CHECK(done.receipts[1].events.empty());
}

TEST_CASE("executor: transactions of one block see those before them") {
    World world;
    Author author = world.author();
    const Execution done =
        world
            .execute({author(Erase{"x"}), author(Put{"x", {}}), author(Erase{"x"}),
                      author(Add{"sum", 1}), author(Add{"sum", 2})})
            .value();
    CHECK(codes(done) == std::vector<RejectionCode>{100, 0, 0, 0, 0});
    CHECK_FALSE(done.state.find(PutMap::key("x")));
    CHECK(to_bytes(*done.state.find(PutMap::key("sum"))) == to_bytes(le64(3)));
}

TEST_CASE("executor: the same input gives the same header") {
    World world;
    Author author = world.author();
    const BlockInput input =
        next_input(world.parent, {author(Put{"a", Bytes(100, 1)}), author(Until{"b", 1})});
    CHECK(world.execute_input(input)->header == world.execute_input(input)->header);
}

TEST_CASE("executor: an input that does not follow from its parent is refused as a whole") {
    World world;
    const BlockInput good = next_input(world.parent, {});
    REQUIRE(world.execute_input(good).has_value());
    BlockInput input = good;
    input.height = 2;
    check_input_refused(world.execute_input(input), "height 2 on top of 0");
    input = good;
    input.height = 0;
    check_input_refused(world.execute_input(input), "height");
    input = good;
    input.parent.bytes[31] ^= 1;
    check_input_refused(world.execute_input(input), "another parent");
    input = good;
    input.epoch = 1;
    check_input_refused(world.execute_input(input), "another epoch, which no OpenEpoch opens");
    input = good;
    input.time_ms = world.parent.header.time_ms;
    check_input_refused(world.execute_input(input), "time does not advance");
    input.time_ms = world.parent.header.time_ms - 1;
    check_input_refused(world.execute_input(input), "time does not advance");
    input = good;
    input.transactions.resize(limits::block_transactions_max + 1);
    check_input_refused(world.execute_input(input), "too many transactions");
}

namespace {

// A block that opens an epoch on top of a world's head.
struct Opening {
    World world;
    Author author = world.author();
    u32 epoch = 1;
    EpochOpening says{world.parent.hash, world.parent.header.height, 1};

    Transaction open(std::string_view key = "operate") { return author(Open{says}, key); }
    Result<Execution> execute(std::vector<Transaction> transactions) {
        BlockInput input = next_input(world.parent, std::move(transactions));
        input.epoch = epoch;
        return world.execute_input(std::move(input));
    }
};

}  // namespace

TEST_CASE("executor: an epoch begins with the validator's word on the head below it") {
    for (const u8 reason : Bytes{1, 2, 3}) {
        Opening in;
        in.epoch = 7;  // an epoch may be left out
        in.says.reason = reason;
        Execution done = in.execute({in.open(), in.author(Put{"a", {}})}).value();
        CHECK(done.header.epoch == 7);
        CHECK(done.header.height == 1);
        CHECK(codes(done) == std::vector<RejectionCode>{0, 0});
        in.world.take(std::move(done));
        // Inside the epoch nothing opens it again, and no earlier one comes back.
        CHECK(in.execute({in.author(Put{"b", {}})})->header.epoch == 7);
        in.says = {in.world.parent.hash, 1, 1};
        check_input_refused(in.execute({in.open()}), "transaction 0: OpenEpoch inside an epoch");
        in.epoch = 6;
        check_input_refused(in.execute({in.open()}), "another epoch: 6 after 7");
        in.epoch = 8;
        CHECK(in.execute({in.open()})->header.epoch == 8);
    }
}

TEST_CASE("executor: what does not open an epoch as it must spoils the block") {
    const auto refused = [](const char* reason, auto make) {
        Opening in;
        check_input_refused(in.execute(make(in)), reason);
    };
    using Block = std::vector<Transaction>;
    refused("another epoch, which no OpenEpoch opens", [](Opening&) { return Block{}; });
    refused("another epoch, which no OpenEpoch opens",
            [](Opening& in) { return Block{in.author(Put{"a", {}})}; });
    refused("transaction 0: OpenEpoch inside an epoch", [](Opening& in) {
        in.epoch = 0;
        return Block{in.open()};
    });
    refused("transaction 1: OpenEpoch not in the first place",
            [](Opening& in) { return Block{in.author(Put{"a", {}}), in.open()}; });
    refused("transaction 1: OpenEpoch a second time",
            [](Opening& in) { return Block{in.open(), in.open()}; });
    refused("OpenEpoch on another head", [](Opening& in) {
        in.says.head.bytes[0] ^= 1;
        return Block{in.open()};
    });
    refused("OpenEpoch at height 1, on top of 0", [](Opening& in) {
        in.says.height = 1;
        return Block{in.open()};
    });
    for (const u8 reason : Bytes{0, 4, 255})
        refused("OpenEpoch for reason", [reason](Opening& in) {
            in.says.reason = reason;
            return Block{in.open()};
        });
    refused("OpenEpoch by a key that is no validator",
            [](Opening& in) { return Block{in.open("member")}; });
    refused("transaction 0: OutsideWindow", [](Opening& in) {
        in.author.now_ms += 3'600'000;
        return Block{in.open()};
    });
    refused("transaction 0: BadSignature", [](Opening& in) {
        Transaction forged = in.open();
        forged.signature[7] ^= 1;
        return Block{forged};
    });
}

TEST_CASE("executor: a transaction that admission should have refused spoils the input") {
    World world;
    Author author = world.author();
    const Transaction good = author(Put{"good", {}});
    const auto refused = [&](const Transaction& bad, const std::string& reason) {
        check_input_refused(world.execute({good, bad}), "transaction 1: " + reason);
    };
    Body body = author.body(Put{"a", {}});
    body.chain[3] ^= 1;
    refused(author.sign_body(body), "WrongChain");

    refused(author(Put{"a", Bytes(limits::transaction_bytes_max, 0)}), "TooLarge");

    body = author.body(Put{"a", {}});
    body.operation.push_back(0);
    refused(author.sign_body(body), "Malformed");
    body.operation = {99};
    refused(author.sign_body(body), "Malformed");

    refused(author(Later{}), "NotYetActive");

    const Document document = document_of(100, 1);
    DocumentRef ref = document_ref(document, DocumentClass::public_);
    REQUIRE(world.documents.put(std::span(&document, 1)));
    CHECK(world.execute({author(Attach{ref})}).has_value());
    ref.length += 1;
    refused(author(Attach{ref}), "DocumentMismatch");
    ref.length = 0;
    refused(author(Attach{ref}), "DocumentMismatch");
    ref.length = limits::document_bytes_max + 1;
    refused(author(Attach{ref}), "DocumentMismatch");

    Transaction forged = author(Put{"a", {}});
    forged.signature[0] ^= 1;
    refused(forged, "BadSignature");
    refused(author.sign_body(author.body(Put{"a", {}}), "operator"), "BadSignature");

    refused(good, "IdUsed");
    Transaction resigned = good;  // the signature is not part of the id
    resigned.signature[63] ^= 1;
    check_input_refused(world.execute_input(next_input(world.parent, {good, resigned}), nullptr),
                        "transaction 1: IdUsed");
    world.used.add(txid(world.parent.header.chain_id, good.body), 1);
    check_input_refused(world.execute({good}), "transaction 0: IdUsed");
}

TEST_CASE("executor: a document that is not stored is judged by the operation") {
    World world;
    Author author = world.author();
    const DocumentRef ref = document_ref(document_of(100, 1), DocumentClass::public_);
    CHECK(codes(*world.execute({author(Attach{ref})})) == std::vector<RejectionCode>{102});
}

TEST_CASE("executor: without a checker the signatures were verified before") {
    World world;
    Author author = world.author();
    Transaction unsigned_one = author(Put{"a", {}});
    unsigned_one.signature = {};
    CHECK(world.execute_input(next_input(world.parent, {unsigned_one}), nullptr).has_value());
    check_input_refused(world.execute_input(next_input(world.parent, {unsigned_one})),
                        "transaction 0: BadSignature");
}

TEST_CASE("executor: the form of a transaction is judged in the law's order") {
    World world;
    Author author = world.author();
    const ChainId chain = chain_id(world.genesis.genesis);
    Transaction all = author(Put{"a", Bytes(limits::transaction_bytes_max, 0)});
    all.signature = {};
    all.body.chain[0] ^= 1;
    all.body.operation.insert(all.body.operation.begin(), 99);
    const auto judge = [&] { return check_unsigned_form(all, chain, 1, world.application); };
    CHECK(judge() == Rejection::wrong_chain);
    all.body.chain[0] ^= 1;
    CHECK(judge() == Rejection::too_large);
    all.body.operation.resize(100);
    CHECK(judge() == Rejection::malformed);
    all.body.operation = bcs::encode(Operation{Later{}});
    CHECK(judge() == Rejection::not_yet_active);
    CHECK_FALSE(check_unsigned_form(all, chain, 2, world.application));
    all.body.operation = bcs::encode(Operation{Attach{{DocumentHash(), 0, 1}}});
    CHECK(judge() == Rejection::document_mismatch);
    all.body.operation = bcs::encode(Operation{Put{"a", {}}});
    CHECK_FALSE(judge());
    check_input_refused(world.execute({all}), "transaction 0: BadSignature");  // last
    CHECK(world.execute({author.sign_body(all.body)}).has_value());
}

TEST_CASE("executor: a transaction of the largest size is accepted, one byte more is not") {
    World world;
    Author author = world.author();
    const std::size_t around = encode(author(Put{"a", Bytes(200, 0)})).size() - 200;
    const auto sized = [&](std::size_t bytes) {
        return author(Put{"a", Bytes(bytes - around, 0)});
    };
    const Transaction largest = sized(limits::transaction_bytes_max);
    REQUIRE(encode(largest).size() == limits::transaction_bytes_max);
    CHECK(world.execute({largest}).has_value());
    check_input_refused(world.execute({sized(limits::transaction_bytes_max + 1)}), "TooLarge");
}

TEST_CASE("executor: what is judged inside a block becomes a receipt, in the law's order") {
    // Keys of the member: one that expired, one not yet valid, one revoked; and a stranger.
    World world([](GenesisMaker& maker) {
        const OrgId member = org_id(key_named("member").public_key());
        const auto spoil = [&](std::string_view name, void (*change)(Key&)) {
            const KeyId id = maker.key(member, Purpose::deliver, key_named(name));
            Key record = *bcs::decode<Key>(maker.state.at(state_key(Table::key, id.bytes)));
            change(record);
            maker.put(state_key(Table::key, id.bytes), record);
        };
        spoil("expired", [](Key& key) { key.valid_until_ms = 1'800'000'000'999; });
        spoil("early", [](Key& key) { key.valid_from_height = 2; });
        spoil("revoked", [](Key& key) { key.revoked_at_height = 1; });
        spoil("deliver", [](Key&) {});
    });
    Author author = world.author();
    const u64 block_ms = world.parent.header.time_ms + 1'000;
    const auto at = [&](u64 from_ms, u32 for_ms, std::string_view key, Operation operation) {
        Body body = author.body(operation, key);
        body.valid_from_ms = from_ms;
        body.valid_for_ms = for_ms;
        return author.sign_body(body, key);
    };
    const Operation put = Put{"a", {}};
    const Execution done =
        world
            .execute({
                at(block_ms, 0, "member", put),                      // 0
                at(block_ms + 1, 10, "member", put),                 // starts later
                at(block_ms - 11, 10, "member", put),                // is over
                at(block_ms - 10, 10, "member", put),                // the last moment
                at(block_ms, 3'600'001, "member", put),              // above window_max
                at(block_ms - 3'600'000, 3'600'000, "member", put),  // all of it
                at(block_ms, 3'600'001, "stranger", Operate{}),      // window before key
                at(block_ms, 10, "stranger", Operate{}),             // unknown
                at(block_ms, 10, "expired", Operate{}),              // validity before purpose
                at(block_ms, 10, "early", put),
                at(block_ms, 10, "revoked", put),
                at(block_ms, 10, "deliver", put),  // purpose
                at(block_ms, 10, "member", Operate{}),
                at(block_ms, 10, "operate", Operate{}),
                at(block_ms, 10, "operate", put),
                at(block_ms, 10, "member", Refuse{"b", 222}),
            })
            .value();
    CHECK(codes(done) ==
          std::vector<RejectionCode>{0, 2, 2, 0, 2, 0, 2, 4, 5, 5, 5, 6, 6, 0, 6, 222});
}

TEST_CASE("executor: due deadlines come first, in order, and not more than the parameter allows") {
    World world([](GenesisMaker& maker) {
        maker.put(state_key(Table::parameter, as_bytes("expiries_per_block_max")),
                  Parameter{u64{2}, {}});
    });
    Author author = world.author();
    const u64 start = world.parent.header.market_time_ms;
    world.take(world
                   .execute({author(Until{"c", start + 5'000}), author(Until{"b", start + 3'000}),
                             author(Until{"a", start + 3'000}), author(Until{"d", start + 9'000})})
                   .value());
    CHECK(world.application.next_deadline_ms() == start + 3'000);
    // A deadline is due when market time is past it, not at it.
    CHECK(world.execute({}, 2'000)->receipts.empty());
    CHECK(world.execute({}, 2'001)->receipts.size() == 2);

    Execution second = world.execute({author(Put{"x", {}})}, 4'500).value();
    REQUIRE(second.receipts.size() == 3);
    CHECK(second.header.receipt_count == 3);
    CHECK(second.header.tx_count == 1);
    using Subject = std::variant<TxId, SystemSubject>;
    CHECK(second.receipts[0].subject == Subject(PutMap::expiry("a")));
    CHECK(second.receipts[1].subject == Subject(PutMap::expiry("b")));
    CHECK(second.receipts[2].subject == Subject(second.ids[0]));
    world.take(std::move(second));
    const Execution third = world.execute({}, 1).value();
    REQUIRE(third.receipts.size() == 1);
    CHECK(third.receipts[0].subject == Subject(PutMap::expiry("c")));
}

TEST_CASE("executor: used ids are those of the last 24 hours of block time") {
    UsedIds used;
    const u64 day = 24 * 3'600'000ull;
    const auto id = [](u8 n) { return TxId(ByteArray<32>{n}); };
    used.add_block(std::vector{id(1), id(2)}, 5);
    used.add_block(std::vector{id(3)}, 6);
    used.add_block({}, 5 + day);
    CHECK(used.contains(id(1)));
    CHECK(used.size() == 3);
    used.add_block(std::vector{id(4)}, 6 + day);
    CHECK_FALSE(used.contains(id(1)));
    CHECK_FALSE(used.contains(id(2)));
    CHECK(used.contains(id(3)));
    CHECK(used.contains(id(4)));
    CHECK(used.size() == 2);
}
