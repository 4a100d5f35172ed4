// block_history [THREADS [BLOCK [BLOCKS]]]: whole blocks of signed transactions through
// ledger::Chain, in memory: decoding, signatures in batches on that many threads, exchange
// equations, rules, receipts, roots. Prints the roots and a hash over all receipts. Builds and
// thread counts that differ in anything but speed print the same lines.
//
// The transactions are those of the validation bench (benches/validation/traffic.h), all of which a
// block accepts; beside them, in each block, some of the block before once more, with another salt,
// which rules reject.
#include <cstdio>
#include <cstdlib>

#include "base/log.h"
#include "benches/validation/traffic.h"
#include "crypto/batch_verifier.h"
#include "crypto/hash.h"
#include "ledger/chain.h"
#include "market/market_rules.h"
#include "tests/support/memory_stores.h"

using namespace jangbu;
using namespace jangbu::bench;

namespace {

constexpr u64 entries_at_start = 10'000;
constexpr std::size_t repeated_each_block = 40;

class Checker final : public ledger::SignatureChecker {
public:
    explicit Checker(base::WorkerPool& pool) : engine_(keys_, &pool) {}
    void check(std::span<const crypto::Claim> claims, std::span<bool> verdicts) override {
        engine_.verify(claims, verdicts);
    }

private:
    crypto::KeyCache keys_;
    crypto::BatchVerifier engine_;
};

template <class Answer>
void need(const Answer& answer) {
    if (answer) return;
    std::fprintf(stderr, "block_history: %s\n", answer.error().detail.c_str());
    std::exit(1);
}

// The state store is filled first, as of a ledger that is too large for a genesis file.
ledger::GenesisFile found_ledger(Town& town, const crypto::SigningKey& operate,
                                 test::MemoryDisk& disk) {
    ledger::GenesisFile file;
    file.genesis = {"roots",
                    Town::genesis_ms,
                    1,
                    {{{operate.public_key(), 1}}},
                    ledger::StateTree().updated(town.entries).root()};
    const ledger::Header zero = header_zero(file.genesis);
    need(disk.stores().states->flush({&town.entries, 1}, {0, header_hash(zero), zero.state_root}, {}));
    return file;
}

class History {
public:
    History(unsigned threads, u64 per_block)
        : pool_(threads),
          town_(entries_at_start, 1, pool_),
          operate_(Random(9).bytes<32>()),
          genesis_(found_ledger(town_, operate_, disk_)),
          checker_(pool_),
          traffic_(town_, chain_id(genesis_.genesis), per_block, 7, pool_) {
        for (const Townsman* one : {&town_.node, &town_.agent, &town_.agency}) know(*one);
        for (const Townsman& one : town_.members) know(one);
        const auto seal = [this](const ledger::Header&,
                                 const ledger::HeaderHash& hash) -> Result<ledger::SoloFinality> {
            return sign(hash);
        };
        auto chain = ledger::Chain::open(disk_.stores(), genesis_, rules_, seal,
                                         {.flushes_aside = false,
                                          .signatures = &checker_,
                                          .pool = threads > 1 ? &pool_ : nullptr});
        need(chain);
        chain_ = std::move(*chain);
    }

    void add_block() {
        MadeBlock made = traffic_.next();
        std::vector<ledger::Transaction> first = made.transactions;
        if (first.size() > repeated_each_block) first.resize(repeated_each_block);
        made.transactions.insert(made.transactions.end(), repeated_.begin(), repeated_.end());
        repeated_.clear();
        for (const ledger::Transaction& one : first) repeated_.push_back(again(one.body));
        commit(made);
    }

    void print() const {
        const ledger::SnapshotPtr head = chain_->head();
        std::printf("height %llu transactions %llu rejected %llu entries %zu\n",
                    static_cast<unsigned long long>(head->header.height),
                    static_cast<unsigned long long>(transactions_),
                    static_cast<unsigned long long>(rejected_), head->state.size());
        std::printf("receipts %s\n", to_hex(receipts_).c_str());
        std::printf("state_root %s\n", to_hex(head->header.state_root).c_str());
        std::printf("head %s\n", head->hash.hex().c_str());
    }

private:
    void know(const Townsman& one) {
        signers_.emplace(one.transact.public_key().bytes, &one.transact);
        signers_.emplace(one.deliver.public_key().bytes, &one.deliver);
    }
    ledger::Transaction again(ledger::Body body) const {
        body.salt[7] ^= 0xFF;
        return ledger::sign(body, chain_->id(), *signers_.at(body.author.bytes));
    }
    ledger::SoloFinality sign(const ledger::HeaderHash& hash) const {
        return {operate_.public_key(), operate_.sign(crypto::domain::header, hash.bytes)};
    }
    void commit(const MadeBlock& made) {
        const ledger::SnapshotPtr head = chain_->head();
        const Bytes bytes =
            encode(ledger::BlockInput{head->header.epoch, head->header.height + 1,
                                      head->header.time_ms + 1'000, head->hash, made.transactions});
        auto input = decode_block_input(bytes, rules_);
        need(input);
        need(chain_->store_documents(made.documents));
        // With more threads than one also the way of who has the blocks already.
        if (pool_.threads() > 1) {
            auto checked = chain_->check_ahead(std::move(*input));
            need(checked);
            need(chain_->append(std::move(*checked)));
        } else {
            need(chain_->append(std::move(*input)));
        }
        auto execution = chain_->execute();
        need(execution);
        transactions_ += made.transactions.size();
        for (const ledger::Receipt& receipt : execution->receipts) {
            if (receipt.code != ledger::accepted) ++rejected_;
            receipts_ = crypto::sha256({receipts_, bcs::encode(receipt)});
        }
        const ledger::SoloFinality seal = sign(execution->hash);
        need(chain_->commit(std::move(*execution), seal));
    }

    base::WorkerPool pool_;
    Town town_;
    crypto::SigningKey operate_;
    test::MemoryDisk disk_;
    ledger::GenesisFile genesis_;
    Checker checker_;
    market::MarketRules rules_;
    std::unique_ptr<ledger::Chain> chain_;
    Traffic traffic_;
    std::map<ByteArray<32>, const crypto::SigningKey*> signers_;
    std::vector<ledger::Transaction> repeated_;
    u64 transactions_ = 0;
    u64 rejected_ = 0;
    Hash receipts_{};
};

u64 argument(int count, char** arguments, int at, u64 otherwise) {
    return count > at ? std::strtoull(arguments[at], nullptr, 10) : otherwise;
}

}  // namespace

int main(int count, char** arguments) {
    base::log::set_level(base::log::Level::warn);
    History history(static_cast<unsigned>(argument(count, arguments, 1, 1)),
                    argument(count, arguments, 2, 1'000));
    for (u64 blocks = argument(count, arguments, 3, 100); blocks > 0; --blocks) history.add_block();
    history.print();
    return 0;
}
