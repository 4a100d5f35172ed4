// Document retention at a node: which of its documents may go now, and the job that lets them go
// while the node runs. The rule: market/document_retention.h.
//
// A plan is made from one snapshot and the blocks up to it; it changes nothing. The chain then lets
// go what no later block names (ledger/chain.h). Each document leaves a tombstone. Memory of a
// plan: 64 bytes for each document that is kept. Threads: plan_documents is a plain call;
// DocumentRetentionJob runs on a thread of its own, and what it found goes on the commit strand.
// Errors: those of the stores.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "market/document_retention.h"
#include "market/market_rules.h"
#include "node/node.h"

namespace jangbu::node {

struct DocumentPlan {
    std::vector<ledger::Tombstone> due;  // what will stand for the documents that may go
    u64 kept = 0;                        // documents that stay
    u64 bytes_due = 0;
    u64 look_again_ms = 0;  // block time before which nothing else can be due, a day at most
};

market::DocumentTerms document_terms(const Config& config);

// Cut short by `stopping`, it finds nothing.
Result<DocumentPlan> plan_documents(const ledger::Chain& chain, const market::MarketRules& rules,
                                    const market::DocumentTerms& terms,
                                    const std::stop_token& stopping = {});

// On a chain that nobody else drives: all that is due, in batches, and the room given back. Returns
// how many went.
Result<std::size_t> prune_documents(ledger::Chain& chain, const DocumentPlan& plan);

// Looks at start and then every hour, if block time says that something may be due. The caller
// keeps the node alive.
class DocumentRetentionJob {
public:
    DocumentRetentionJob(Node& node, const market::DocumentTerms& terms,
                         std::chrono::milliseconds pause = std::chrono::hours(1));
    DocumentRetentionJob(const DocumentRetentionJob&) = delete;
    DocumentRetentionJob& operator=(const DocumentRetentionJob&) = delete;

private:
    void run(const std::stop_token& stopping);
    void look(const std::stop_token& stopping);

    Node& node_;
    const market::DocumentTerms terms_;
    const std::chrono::milliseconds pause_;
    u64 look_again_ms_ = 0;
    std::mutex mutex_;
    std::condition_variable_any condition_;
    std::jthread thread_;  // last: it uses the rest; destroyed first, which ends it
};

}  // namespace jangbu::node
