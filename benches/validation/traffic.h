// Traffic: blocks of signed transactions in the mix of the market, every one of which a block must
// accept. The mix by count: 30 % PlaceOrder (half of them with a voucher), 15 % each of
// AcceptOrder, LockOrder, PostKey and ConfirmOrder, 5 % RegisterDataset, 3 % PublishListing, 1 %
// each of MintCredits and IssueVoucher. An order goes one step a block; half of the orders placed
// stay placed. The first four blocks lack the steps that no order has reached yet: they are for
// warming up. Keys, points and scalars of the exchange are real. Making a block is no part of what
// is measured.
#pragma once

#include "benches/validation/town.h"
#include "ledger/transaction.h"

namespace jangbu::bench {

struct MadeBlock {
    std::vector<ledger::Transaction> transactions;
    std::vector<Document> documents;
};

class Traffic {
public:
    static constexpr u64 warm_up_blocks = 4;

    Traffic(const Town& town, const ChainId& chain, u64 per_block, u64 seed, base::WorkerPool& pool)
        : town_(town), chain_(chain), per_block_(per_block), random_(seed), pool_(pool) {}

    MadeBlock next();

private:
    struct Deal {
        OrderId id;
        u32 buyer = 0;
        u32 seller = 0;
        PointBytes y{};
        ScalarBytes m{};
        Hash ct_root{};
        PlaceOrder place;
    };
    struct Plan {  // of one transaction, before it is signed
        const Townsman* by = nullptr;
        bool by_deliver_key = false;
        Operation operation;
    };
    void add(const Townsman& by, bool by_deliver_key, Operation operation);
    void place(u64 count);
    void fill_deal(Deal& deal, u64 number);
    void move_on();
    void others(MadeBlock& block);
    void sign(MadeBlock& block);

    const Town& town_;
    const ChainId chain_;
    const u64 per_block_;
    Random random_;
    base::WorkerPool& pool_;
    u64 height_ = 0;
    std::vector<std::vector<Deal>> in_flight_;  // newest last
    std::vector<std::pair<u32, DatasetId>> registered_;
    std::vector<Plan> plans_;
};

}  // namespace jangbu::bench
