#include "node/document_retention.h"

#include <algorithm>

#include "base/log.h"
#include "node/retention.h"

namespace jangbu::node {
namespace {

constexpr std::size_t batch_documents = 256;
constexpr std::chrono::milliseconds drain_pause{200};

// What the blocks say of one document.
struct Named {
    ledger::DocumentRef document;
    u64 height = 0;    // the last block that names it
    u64 until_ms = 0;  // the longest that a block keeps it
};

// One row for each document, ascending.
void merge(std::vector<Named>& rows) {
    std::ranges::sort(rows, {}, [](const Named& row) {
        return std::tuple(row.document.hash, row.until_ms, row.height);
    });
    std::vector<Named> merged;
    for (const Named& row : rows) {
        if (merged.empty() || merged.back().document.hash != row.document.hash) {
            merged.push_back(row);
            continue;
        }
        const u64 height = std::max(merged.back().height, row.height);
        merged.back() = row;  // it keeps longer
        merged.back().height = height;
    }
    rows = std::move(merged);
}

bool is_buried(const std::vector<ledger::Tombstone>& tombstones, const ledger::DocumentHash& hash) {
    const auto at = std::ranges::lower_bound(
        tombstones, hash, {}, [](const ledger::Tombstone& one) { return one.document.hash; });
    return at != tombstones.end() && at->document.hash == hash;
}

// Of a body that was pruned the chain kept what it named.
Result<std::vector<Named>> named_by_pruned(const ledger::Chain& chain,
                                           const market::DocumentTerms& terms,
                                           const std::vector<ledger::Tombstone>& tombstones) {
    const HeightTime time_of = height_times(chain);
    std::vector<Named> rows;
    for (const ledger::NamedBelow& one : TRY(chain.named_below())) {
        const ledger::DocumentRef& ref = one.document;
        if (is_buried(tombstones, ref.hash)) continue;
        const u64 block_ms = TRY(time_of(one.height));
        rows.push_back({ref, one.height, market::kept_by_block(ref.access, block_ms, terms)});
    }
    return rows;
}

Result<std::vector<Named>> named_by_blocks(const ledger::Chain& chain,
                                           const market::MarketRules& rules,
                                           const market::DocumentTerms& terms, u64 to_height,
                                           const std::stop_token& stopping) {
    const std::vector<ledger::Tombstone> tombstones = TRY(chain.tombstones());
    std::vector<Named> rows;
    std::size_t merge_at = 1 << 16;
    const u64 first = std::max<u64>(chain.blocks().first_height(), 1);
    for (u64 height = first; height <= to_height && !stopping.stop_requested(); ++height) {
        const Result<Bytes> bytes = chain.blocks().input(height);
        if (!bytes && bytes.error().code == ErrorCode::not_found) continue;
        if (!bytes) return std::unexpected(bytes.error());
        const ledger::BlockInput input = TRY(ledger::decode_block_input(*bytes, rules));
        for (const ledger::Transaction& transaction : input.transactions)
            for (const ledger::DocumentRef& ref : rules.documents(transaction.body.operation))
                if (!is_buried(tombstones, ref.hash))
                    rows.push_back(
                        {ref, height, market::kept_by_block(ref.access, input.time_ms, terms)});
        if (rows.size() < merge_at) continue;
        merge(rows);
        merge_at = 2 * rows.size() + (1 << 16);
    }
    // Last: what is pruned meanwhile is kept before its body goes.
    const std::vector<Named> pruned = TRY(named_by_pruned(chain, terms, tombstones));
    rows.insert(rows.end(), pruned.begin(), pruned.end());
    merge(rows);
    return rows;
}

// Those of `due` that a record of the state keeps; `next_ms` sinks to when one is kept no more.
std::vector<ledger::DocumentHash> kept_by_state(const ledger::Snapshot& head,
                                                const ledger::Chain& chain,
                                                const market::DocumentTerms& terms,
                                                const std::vector<Named>& due, u64& next_ms) {
    const auto is_wanted = [&](const ledger::DocumentHash& hash) {
        const auto at = std::ranges::lower_bound(
            due, hash, {}, [](const Named& row) { return row.document.hash; });
        return at != due.end() && at->document.hash == hash;
    };
    const market::RetentionView view{head.state, height_times(chain), is_wanted, terms};
    std::vector<ledger::DocumentHash> kept;
    head.state.for_each([&](ByteView key, ByteView value) {
        for (const market::KeptByRecord& one : market::kept_by_record(key, value, view)) {
            if (one.until_ms && *one.until_ms < head.header.time_ms) continue;
            kept.push_back(one.document);
            if (one.until_ms) next_ms = std::min(next_ms, *one.until_ms);
        }
    });
    std::ranges::sort(kept);
    return kept;
}

}  // namespace

market::DocumentTerms document_terms(const Config& config) {
    return {config.prune_evidence_days * market::day_ms, config.prune_parties_days * market::day_ms,
            config.prune_personal_days * market::day_ms,
            config.prune_attestation_days * market::day_ms,
            config.prune_unnamed_days * market::day_ms};
}

Result<DocumentPlan> plan_documents(const ledger::Chain& chain, const market::MarketRules& rules,
                                    const market::DocumentTerms& terms,
                                    const std::stop_token& stopping) {
    const ledger::SnapshotPtr head = chain.head();
    const u64 now_ms = head->header.time_ms;
    std::vector<Named> rows =
        TRY(named_by_blocks(chain, rules, terms, head->header.height, stopping));
    DocumentPlan plan;
    plan.look_again_ms = now_ms + market::day_ms;
    for (const Named& row : rows)
        if (row.until_ms >= now_ms) plan.look_again_ms = std::min(plan.look_again_ms, row.until_ms);
    const std::size_t named = rows.size();
    std::erase_if(rows, [&](const Named& row) { return row.until_ms >= now_ms; });
    const std::vector<ledger::DocumentHash> kept =
        rows.empty() ? std::vector<ledger::DocumentHash>()
                     : kept_by_state(*head, chain, terms, rows, plan.look_again_ms);
    for (const Named& row : rows) {
        if (std::ranges::binary_search(kept, row.document.hash)) continue;
        plan.due.push_back({row.document, row.height, head->header.height, now_ms});
        plan.bytes_due += row.document.length;
    }
    plan.kept = named - plan.due.size();
    if (stopping.stop_requested()) return DocumentPlan{};
    return plan;
}

Result<std::size_t> prune_documents(ledger::Chain& chain, const DocumentPlan& plan) {
    std::size_t gone = 0;
    for (std::size_t at = 0; at < plan.due.size(); at += batch_documents) {
        const std::size_t count = std::min(batch_documents, plan.due.size() - at);
        gone += TRY(chain.prune_documents(std::span(plan.due).subspan(at, count)));
    }
    if (gone > 0) chain.compact_documents();
    return gone;
}

DocumentRetentionJob::DocumentRetentionJob(Node& node, const market::DocumentTerms& terms,
                                           std::chrono::milliseconds pause)
    : node_(node),
      terms_(terms),
      pause_(pause),
      thread_([this](const std::stop_token& stopping) { run(stopping); }) {}

void DocumentRetentionJob::run(const std::stop_token& stopping) {
    while (!stopping.stop_requested()) {
        if (node_.head()->header.time_ms >= look_again_ms_) look(stopping);
        std::unique_lock lock(mutex_);
        condition_.wait_for(lock, stopping, pause_, [] { return false; });
    }
}

void DocumentRetentionJob::look(const std::stop_token& stopping) {
    const market::MarketRules rules;
    const Result<DocumentPlan> plan = plan_documents(node_.chain(), rules, terms_, stopping);
    if (!plan) {
        log::error("node", "documents cannot be looked through", {{"reason", plan.error().detail}});
        return;
    }
    look_again_ms_ = plan->look_again_ms;
    if (plan->due.empty()) return;
    node_.prune_documents(plan->due);
    while (!stopping.stop_requested() && !node_.failure() && node_.prunes_waiting() > 0) {
        std::unique_lock lock(mutex_);
        condition_.wait_for(lock, stopping, drain_pause, [] { return false; });
    }
    if (stopping.stop_requested()) return;
    node_.chain().compact_documents();
    log::info(
        "node", "documents are pruned",
        {{"documents", u64{plan->due.size()}}, {"bytes", plan->bytes_due}, {"kept", plan->kept}});
}

}  // namespace jangbu::node
