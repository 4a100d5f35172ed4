// Script: what the clients of a node under test want, decided and signed beforehand.
//
// Real transactions of the market in rounds: each needs what the rounds before it did, so that a
// lost transaction is not only missing but makes a later one fail. Every transaction is accepted by
// an honest node. Uploads of ciphertext come in the round of their AcceptOrder, samples with their
// listing. Deterministic.
#pragma once

#include <deque>

#include "node/config.h"
#include "node/content_store.h"
#include "tests/support/node_genesis.h"
#include "tests/support/test_trade.h"

namespace jangbu::test::faults {

struct Upload {
    node::Content content;
    Bytes data_leaves;
    Bytes ct_leaves;
    Bytes ciphertext;
};
struct Shown {
    node::Content content;
    Sample sample;
};
struct Step {
    u32 round = 0;
    ledger::Bundle bundle;  // one transaction
    TxId id;
    std::optional<Upload> upload;  // before the transaction
    std::optional<Shown> shown;    // the same
};

class Script {
public:
    // Each group is seven rounds of three trades side by side.
    explicit Script(std::size_t groups);

    const std::vector<Step>& steps() const { return steps_; }
    u32 rounds() const { return rounds_; }
    // A folder with a genesis in it; the settings of a node on it.
    void make_home(const std::filesystem::path& home) const;
    node::Config config(const std::filesystem::path& home) const;

private:
    void add(const crypto::SigningKey& by, const Operation& operation);
    void mint(const Member& to);
    void add_group();

    MarketWorld world_;
    ledger::GenesisFile genesis_;
    std::vector<Step> steps_;
    u32 rounds_ = 0;
    u64 salts_ = 0;
};

}  // namespace jangbu::test::faults
