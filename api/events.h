// Committed events in their order, for readers that follow the ledger: where each stands, and who
// may see it.
//
// A block's events are those of its receipts, system receipts first, counted through from 0: a
// position is height and index, the same for every reader and after every restart. They are read
// from the block log, and those of the newest blocks are kept for all who follow. Threads: any.
// Errors: io, corrupted (the block log).
#pragma once

#include <atomic>
#include <compare>
#include <functional>
#include <map>
#include <mutex>

#include "api/json_records.h"
#include "ledger/chain.h"

namespace jangbu::api {

struct EventPosition {
    u64 height = 0;
    u64 index = 0;
    auto operator<=>(const EventPosition&) const = default;
    std::string text() const { return std::to_string(height) + "." + std::to_string(index); }
};
// "height.index". Errors: malformed.
Result<EventPosition> read_event_position(const std::string& text, const char* what);

struct BlockEvents {
    struct Item {
        market::Event event;
        std::size_t receipt = 0;  // in receipts
    };
    u64 height = 0;
    u64 time_ms = 0;
    std::vector<std::optional<ledger::TxId>> receipts;  // nothing: of the ledger's own clock
    std::vector<Item> items;
};

// Who reads; without an organisation, everybody.
struct EventReader {
    std::optional<ledger::OrgId> org;
    bool reads_blocks = false;  // validators and auditors
};
// The JSON of one event as docs/api.md has it, without what this reader may not see; nothing if
// that is all of it. REQUIRES: index < block.items.size().
std::optional<Json> event_json(const BlockEvents& block, std::size_t index,
                               const EventReader& reader, const ledger::StateReader& state);

class Events {
public:
    static constexpr std::size_t streams_max = 256;

    explicit Events(const ledger::Chain& chain) : chain_(chain) {}
    Events(const Events&) = delete;
    Events& operator=(const Events&) = delete;

    // REQUIRES: the block is committed.
    Result<std::shared_ptr<const BlockEvents>> at(u64 height);
    // Calls back once, from any thread: when the block is committed, at once if it is, never if the
    // caller has let go of it.
    using Wake = std::shared_ptr<const std::function<void()>>;
    void when_committed(u64 height, const Wake& wake);
    // Called for each block, once readers see it.
    void committed(u64 height);

    // One place among the streams; limit_exceeded when all are taken. Given back by its end.
    Result<std::shared_ptr<void>> take_place();

private:
    static constexpr u64 blocks_kept = 8;

    const ledger::Chain& chain_;
    std::mutex mutex_;  // guards all below
    std::map<u64, std::shared_ptr<const BlockEvents>> kept_;
    std::vector<std::weak_ptr<const std::function<void()>>> waiting_;
    u64 height_ = 0;
    std::atomic<std::size_t> streams_{0};
};

}  // namespace jangbu::api
