#include "node/retention.h"

#include <algorithm>

#include "base/log.h"
#include "market/state_keys.h"

namespace jangbu::node {
namespace {

constexpr std::chrono::hours sweep_pause{1};

struct Ended {
    u64 closed_height = 0;
    market::Hash id{};
    u64 keep_ms = 0;
    Content content;
};

// The ended orders that have something in the store.
std::vector<Ended> ended_orders(const Desk& desk, const ContentStore& store, Swept& swept) {
    const ledger::StateReader& state = desk.snapshot.state;
    std::vector<Ended> ended;
    for (const Content& content : store.contents()) {
        const auto order = market::find_order(state, market::OrderId(content.subject));
        if (!order) {
            const auto dataset = market::dataset_id(content.registrant, content.data_root);
            const bool is_sample = content.ct_root == content.data_root;
            if (is_sample && market::find_dataset(state, dataset)) continue;
            ++swept.faults;
            log::warn("node", "content without an order", {{"subject", to_hex(content.subject)}});
            continue;
        }
        if (!market::is_terminal(order->state)) continue;
        const u64 keep_ms = order->locked_height == 0 ? keep_unlocked_ms : read_after_end_ms;
        ended.push_back({order->closed_height, content.subject, keep_ms, content});
    }
    std::ranges::sort(ended, {},
                      [](const Ended& one) { return std::pair(one.closed_height, one.id); });
    return ended;
}

}  // namespace

Swept sweep(const Desk& desk, ContentStore& store) {
    Swept swept;
    for (const Ended& one : ended_orders(desk, store, swept)) {
        const Result<u64> closed_ms = desk.time_of(one.closed_height);
        if (closed_ms && (desk.now_ms < *closed_ms || desk.now_ms - *closed_ms <= one.keep_ms))
            continue;
        const Status erased =
            closed_ms ? store.erase(one.content) : std::unexpected(closed_ms.error());
        if (erased) {
            ++swept.erased;
            log::info("node", "ciphertext deleted",
                      {{"order", to_hex(one.id)}, {"closed_height", one.closed_height}});
        } else {
            ++swept.failures;
            log::error("node", "ciphertext not deleted",
                       {{"order", to_hex(one.id)}, {"reason", erased.error().detail}});
        }
    }
    return swept;
}

HeightTime height_times(const ledger::Chain& chain) {
    return [&chain](u64 height) -> Result<u64> {
        if (height == 0) return chain.genesis().time_ms;
        const ledger::SignedHeader header = TRY(chain.header(height));
        return header.header.time_ms;
    };
}

RetentionJob::RetentionJob(const Node& node, ContentStore& store)
    : thread_([this, &node, &store](std::stop_token stopping) {
          while (!stopping.stop_requested()) {
              const SnapshotPtr head = node.head();
              sweep({*head, node.operator_org(), node.now_ms(), height_times(node.chain())}, store);
              std::unique_lock lock(mutex_);
              condition_.wait_for(lock, stopping, sweep_pause, [] { return false; });
          }
      }) {}

}  // namespace jangbu::node
