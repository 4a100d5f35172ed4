// NodeWorld: a real node over a genesis made from the members of MarketWorld, with a clock handed
// in. Operations are made by the builders of MarketWorld and TestTrade, signed here and submitted.
#pragma once

#include <doctest/doctest.h>

#include <atomic>
#include <future>
#include <thread>

#include "base/file.h"
#include "node/node.h"
#include "tests/support/node_genesis.h"
#include "tests/support/test_trade.h"

namespace jangbu::test {

using node::Admitted;
using node::Committed;

// A folder that is gone at the end of the scope. Where hundreds of blocks are made, in memory: each
// block waits for the disk a few times.
class Folder {
public:
    enum class On { disk, memory };
    explicit Folder(On on = On::disk) {
        const std::filesystem::path memory("/dev/shm");
        const bool in_memory = on == On::memory && std::filesystem::is_directory(memory);
        const std::filesystem::path parent =
            in_memory ? memory : std::filesystem::temp_directory_path();
        std::string name = (parent / "jangbu-node-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::filesystem::path path;
};

class NodeWorld {
public:
    explicit NodeWorld(std::filesystem::path home_folder) : home(std::move(home_folder)) {
        const ledger::GenesisFile file = genesis_of(world);
        world.chain = ledger::chain_id(file.genesis);
        config.home = home;
        config.genesis_file = home / "genesis.bin";
        config.chain_folder = home / "chain";
        config.validator_secret = world.node.secret;
        config.block_linger_ms = 1;
        config.block_interval_ms = 0;
        std::filesystem::create_directories(home);
        const Status written =
            write_file_atomically(config.genesis_file, encode(file), FileMode::owner_only);
        REQUIRE(written.has_value());
    }

    Result<std::unique_ptr<node::Node>> open() {
        return node::Node::open(config, [this] { return now_ms.load(); });
    }
    // Opened and started.
    void start() {
        stop();
        auto opened = open();
        REQUIRE_MESSAGE(opened.has_value(), opened.error().detail);
        node = std::move(*opened);
        const Status started = node->start();
        REQUIRE_MESSAGE(started.has_value(), started.error().detail);
    }
    void stop() { node.reset(); }

    ledger::Body body(const crypto::SigningKey& by, const Operation& operation) {
        ledger::Body made;
        std::copy_n(world.chain.bytes.begin(), made.chain.size(), made.chain.begin());
        made.author = by.public_key();
        made.valid_from_ms = now_ms;
        made.valid_for_ms = 600'000;
        made.salt = le64(salt_++);
        made.operation = encode(operation);
        return made;
    }
    ledger::Transaction signed_by(const crypto::SigningKey& by, const Operation& operation) {
        return ledger::sign(body(by, operation), world.chain, by);
    }
    TxId id_of(const ledger::Transaction& transaction) const {
        return ledger::txid(world.chain, transaction.body);
    }
    // The documents of world.documents that the transactions name.
    ledger::Bundle bundle(std::vector<ledger::Transaction> transactions) const {
        ledger::Bundle out{std::move(transactions), {}};
        for (const ledger::Transaction& transaction : out.transactions) {
            if (!decode_operation(transaction.body.operation)) continue;
            for (const DocumentRef& ref : world.rules.documents(transaction.body.operation))
                if (const auto document = world.documents.find(ref.hash))
                    out.documents.push_back(*document);
        }
        return out;
    }
    Admitted submit(const ledger::Transaction& transaction) {
        return node->submit(bundle({transaction})).at(0);
    }
    std::optional<Committed> wait(const TxId& id, u64 for_ms = 20'000) {
        auto promise = std::make_shared<std::promise<std::optional<Committed>>>();
        std::future<std::optional<Committed>> future = promise->get_future();
        node->wait(id, now_ms + for_ms, [promise](std::optional<Committed> committed) {
            promise->set_value(std::move(committed));
        });
        REQUIRE(future.wait_for(std::chrono::seconds(60)) == std::future_status::ready);
        return future.get();
    }
    // Submits and waits; the code of the receipt, which must exist.
    ledger::RejectionCode run(const crypto::SigningKey& by, const Operation& operation) {
        const ledger::Transaction transaction = signed_by(by, operation);
        const Admitted answer = submit(transaction);
        REQUIRE_MESSAGE(
            answer.status == Admitted::Status::pending,
            "refused: " << answer.rejection << " " << (answer.error ? answer.error->detail : ""));
        const auto committed = wait(answer.id);
        REQUIRE(committed.has_value());
        return committed->receipt.code;
    }
    MintCredits mint_operation(const Member& to, u64 amount) {
        return {to.id, amount, named_hash("bank " + std::to_string(salt_))};
    }
    void mint(const Member& to, u64 amount) {
        REQUIRE(run(world.agent.transact, mint_operation(to, amount)) == 0);
    }

    // Sets the clock, and waits until the head has reached a height.
    void reach(u64 height, u64 at_ms) {
        now_ms = at_ms;
        node->submit(
            {});  // wakes the strand, which looks at the clock by itself ten times a second
        for (int i = 0; i < 10'000 && node->head()->header.height < height; ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        REQUIRE(node->head()->header.height >= height);
    }
    // Heartbeats until market time is `before_ms` (at least a minute) before a deadline.
    void approach(u64 deadline_ms, u64 before_ms) {
        while (true) {
            const ledger::Header head = node->head()->header;
            REQUIRE(head.market_time_ms + before_ms <= deadline_ms);
            const u64 left = deadline_ms - before_ms - head.market_time_ms;
            if (left == 0) return;
            // Never less than a heartbeat remains for the last step.
            const u64 step =
                left > 300'000 && left < 360'000 ? 200'000 : std::min<u64>(left, 300'000);
            reach(head.height + 1, head.time_ms + step);
        }
    }
    Account account(const Member& member) const {
        return account_of(node->head()->state, member.id);
    }

    std::filesystem::path home;
    MarketWorld world;
    node::Config config;
    std::atomic<u64> now_ms{MarketWorld::genesis_ms};
    std::unique_ptr<node::Node> node;

private:
    u64 salt_ = 1;
};

// A dataset and a listing on the node, and an order on it.
struct NodeTrade {
    explicit NodeTrade(NodeWorld& on, u64 supply = 10'000) : in(on) {
        in.mint(in.world.buyer, 100'000'000);
        in.mint(in.world.seller, 100'000'000);
        offer.dataset = make_dataset(in.world, in.world.seller, 3 * 4096 + 5);
        offer.supply = supply;
        const PublishListing listing =
            make_listing(in.world, offer.dataset.id(), FixedPrice{supply, 1});
        REQUIRE(in.run(in.world.seller.transact, offer.dataset.registration()) == 0);
        REQUIRE(in.run(in.world.seller.transact, listing) == 0);
        offer.listing = listing_id(in.world.chain, in.world.seller.id, listing.nonce);
        trade.emplace(in.world, in.world.seller, in.world.buyer, offer);
    }
    void to(OrderState state, std::optional<u64> bad = std::nullopt) {
        const auto step = [&](const crypto::SigningKey& by, const Operation& operation) {
            REQUIRE(in.run(by, operation) == 0);
        };
        step(in.world.buyer.transact, trade->place);
        if (state == OrderState::placed) return;
        trade->encrypt(bad);
        step(in.world.seller.deliver, trade->accept());
        if (state == OrderState::accepted) return;
        step(in.world.buyer.deliver, trade->lock());
        if (state == OrderState::locked) return;
        step(in.world.seller.deliver, trade->post_key());
        if (state == OrderState::keyed) return;
        step(in.world.buyer.deliver, trade->confirm());
    }
    OrderPublic order() const { return find_order(in.node->head()->state, trade->id).value(); }

    NodeWorld& in;
    Offer offer;
    std::optional<TestTrade> trade;
};

// Of a result that must be an error.
template <class Value>
ErrorCode code_of(const Result<Value>& refused) {
    REQUIRE_FALSE(refused.has_value());
    return refused.error().code;
}

// A member's first witness key, and its registration on the ledger.
inline ByteArray<32> witness_seed(const Member& member) {
    return crypto::hmac_sha256(member.secret.bytes(),
                               {as_bytes("jangbu/skey/v1"), ByteArray<1>{6}, le32(0)});
}
inline void add_witness_key(NodeWorld& in, const Member& member) {
    const crypto::SigningKey key(witness_seed(member));
    AddKey operation;
    operation.kind = 1;
    operation.purpose = 6;
    operation.bytes = key.public_key().bytes;
    const KeyId id =
        ledger::key_id(member.id, crypto::KeyKind::ed25519, Purpose::witness, operation.bytes);
    operation.possession = key.sign(crypto::domain::possession, id.bytes);
    REQUIRE(in.run(member.transact, operation) == 0);
}

}  // namespace jangbu::test
