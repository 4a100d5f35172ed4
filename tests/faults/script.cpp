#include "tests/faults/script.h"

#include <cstdio>
#include <cstdlib>

#include "base/file.h"

namespace jangbu::test::faults {
namespace {

constexpr std::size_t trades_of_group = 3;
constexpr u64 supply = 10'000;
constexpr u64 enough_won = 100'000'000;

Bytes joined(const std::vector<Hash>& leaves) {
    Bytes out;
    for (const Hash& leaf : leaves) out.insert(out.end(), leaf.begin(), leaf.end());
    return out;
}

Upload upload_of(const TestTrade& trade) {
    Upload upload;
    const TestDataset& dataset = trade.offer.dataset;
    upload.content = {trade.id.bytes,     trade.seller.id,       dataset.root,
                      trade.ct_root,      dataset.leaves.size(), dataset.byte_len,
                      dataset.chunk_size, dataset.registrant};
    upload.data_leaves = joined(dataset.leaves);
    upload.ct_leaves = joined(trade.ct_leaves);
    for (const Bytes& chunk : trade.ciphertext)
        upload.ciphertext.insert(upload.ciphertext.end(), chunk.begin(), chunk.end());
    return upload;
}

Shown shown_of(const TestDataset& dataset) {
    return {{dataset.id().bytes, dataset.registrant, dataset.root, dataset.root,
             dataset.leaves.size(), dataset.byte_len, dataset.chunk_size, dataset.registrant},
            {0, dataset.records[0], crypto::merkle::inclusion(0, std::span(dataset.leaves))}};
}

}  // namespace

Script::Script(std::size_t groups) : genesis_(genesis_of(world_)) {
    world_.chain = ledger::chain_id(genesis_.genesis);
    mint(world_.buyer);
    mint(world_.seller);
    ++rounds_;
    for (std::size_t i = 0; i < groups; ++i) add_group();
}

void Script::make_home(const std::filesystem::path& home) const {
    std::filesystem::create_directories(home);
    const Status written = base::write_file_atomically(home / "genesis.bin", encode(genesis_),
                                                       base::FileMode::owner_only);
    if (written) return;
    std::fprintf(stderr, "%s\n", written.error().detail.c_str());
    std::exit(2);
}

node::Config Script::config(const std::filesystem::path& home) const {
    node::Config config;
    config.home = home;
    config.genesis_file = home / "genesis.bin";
    config.chain_folder = home / "chain";
    config.store_folder = home / "store";
    config.validator_secret = world_.node.secret;
    config.block_linger_ms = 0;
    config.block_interval_ms = 0;
    config.verification_threads = 1;
    config.verification_keys_max = 64;
    config.verification_verdicts_max = 256;
    return config;
}

void Script::add(const crypto::SigningKey& by, const Operation& operation) {
    ledger::Body body;
    std::copy_n(world_.chain.bytes.begin(), body.chain.size(), body.chain.begin());
    body.author = by.public_key();
    body.valid_from_ms = MarketWorld::genesis_ms;
    body.valid_for_ms = 3'600'000;
    body.salt = le64(salts_++);
    body.operation = encode(operation);
    Step step;
    step.round = rounds_;
    step.id = ledger::txid(world_.chain, body);
    for (const DocumentRef& ref : world_.rules.documents(body.operation))
        step.bundle.documents.push_back(world_.documents.find(ref.hash).value());
    step.bundle.transactions.push_back(ledger::sign(body, world_.chain, by));
    steps_.push_back(std::move(step));
}

void Script::mint(const Member& to) {
    add(world_.agent.transact,
        MintCredits{to.id, enough_won, named_hash("bank " + std::to_string(salts_))});
}

void Script::add_group() {
    std::deque<TestTrade> trades;
    std::vector<PublishListing> listings;
    std::vector<Offer> offers;
    const Member& seller = world_.seller;
    const Member& buyer = world_.buyer;
    for (std::size_t i = 0; i < trades_of_group; ++i) {
        Offer offer;
        offer.dataset = make_dataset(world_, seller, 2 * 4'096 + 5);
        offer.supply = supply;
        listings.push_back(make_listing(world_, offer.dataset.id(), FixedPrice{supply, 1}));
        listings.back().description =
            world_.documents.text("listing " + std::to_string(salts_ * 10 + i));
        offer.listing = listing_id(world_.chain, seller.id, listings.back().nonce);
        offers.push_back(offer);
        add(seller.transact, offer.dataset.registration());
    }
    ++rounds_;
    for (std::size_t i = 0; i < listings.size(); ++i) {
        add(seller.transact, listings[i]);
        steps_.back().shown = shown_of(offers[i].dataset);
    }
    ++rounds_;
    for (const Offer& offer : offers) {
        trades.emplace_back(world_, seller, buyer, offer);
        add(buyer.transact, trades.back().place);
    }
    mint(world_.rival);
    ++rounds_;
    for (TestTrade& trade : trades) {
        trade.encrypt();
        add(seller.deliver, trade.accept());
        steps_.back().upload = upload_of(trade);
    }
    ++rounds_;
    for (const TestTrade& trade : trades) add(buyer.deliver, trade.lock());
    ++rounds_;
    for (const TestTrade& trade : trades) add(seller.deliver, trade.post_key());
    mint(world_.rival);
    ++rounds_;
    for (const TestTrade& trade : trades) add(buyer.deliver, trade.confirm());
    ++rounds_;
}

}  // namespace jangbu::test::faults
