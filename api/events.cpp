#include "api/events.h"

#include <algorithm>
#include <charconv>

#include "market/state_keys.h"

namespace jangbu::api {
namespace {

constexpr std::size_t position_digits_max = 41;

Result<BlockEvents> read_events(const ledger::Chain& chain, u64 height) {
    const ledger::BlockRecord record = TRY(chain.blocks().block(height));
    BlockEvents out;
    out.height = height;
    out.time_ms = record.header.time_ms;
    for (const Bytes& bytes : record.receipts) {
        const auto receipt = TRY(bcs::decode<ledger::Receipt>(bytes));
        const auto* txid = std::get_if<ledger::TxId>(&receipt.subject);
        for (const Bytes& event : receipt.events)
            out.items.push_back({TRY(market::decode_event(event)), out.receipts.size()});
        out.receipts.push_back(txid ? std::optional(*txid) : std::nullopt);
    }
    return out;
}

// What one reader sees of an event, as the routes of docs/api.md show the records behind it.
struct Shown {
    const EventReader& reader;
    const ledger::StateReader& state;

    bool is(const ledger::OrgId& org) const { return reader.reads_blocks || reader.org == org; }

    bool operator()(const market::CreditsMinted& e) const { return is(e.depositor); }
    bool operator()(const market::VoucherIssued& e) const {
        if (is(e.holder)) return true;
        const auto programme = market::find_programme(state, e.programme);
        return programme && is(programme->owner);
    }
    bool operator()(const market::OrderMoved& e) const { return is(e.buyer) || is(e.seller); }
    bool operator()(const market::MoneyMoved& e) const {
        return std::ranges::any_of(e.postings, [&](const market::Posting& posting) {
            return is(ledger::OrgId(posting.owner));
        });
    }
    // Keys, programmes, datasets, listings and attestations are public records.
    bool operator()(const auto&) const { return true; }
};

// Seen in part: strikes stand in the seller's account, and of a move of money everybody sees his
// own postings.
struct Whole {
    const EventReader& reader;

    bool operator()(const market::DatasetSuspended& e) const {
        return reader.reads_blocks || reader.org == e.seller;
    }
    bool operator()(const market::MoneyMoved&) const { return reader.reads_blocks; }
    bool operator()(const auto&) const { return true; }
};

market::Event shown_part(const market::Event& event, const EventReader& reader) {
    market::Event out = event;
    if (auto* moved = std::get_if<market::MoneyMoved>(&out))
        std::erase_if(moved->postings, [&](const market::Posting& posting) {
            return reader.org != ledger::OrgId(posting.owner);
        });
    return out;
}

}  // namespace

Result<EventPosition> read_event_position(const std::string& text, const char* what) {
    EventPosition out;
    const char* end = text.data() + text.size();
    const auto height = std::from_chars(text.data(), end, out.height);
    const bool is_dotted = height.ec == std::errc() && height.ptr != end && *height.ptr == '.';
    const auto index = is_dotted ? std::from_chars(height.ptr + 1, end, out.index) : height;
    if (text.size() > position_digits_max || !is_dotted || index.ec != std::errc() ||
        index.ptr != end)
        return fail(ErrorCode::malformed, std::string(what) + " is a position, HEIGHT.INDEX");
    return out;
}

std::optional<Json> event_json(const BlockEvents& block, std::size_t index,
                               const EventReader& reader, const ledger::StateReader& state) {
    const Shown shown{reader, state};
    const Whole whole{reader};
    const BlockEvents::Item& item = block.items[index];
    if (!std::visit(shown, item.event)) return std::nullopt;
    const bool is_whole = std::visit(whole, item.event);
    // By its id anybody reads all events of a transaction: it is told to who sees all of them here.
    const auto of_receipt =
        std::ranges::equal_range(block.items, item.receipt, {}, &BlockEvents::Item::receipt);
    const bool sees_receipt = std::ranges::all_of(of_receipt, [&](const BlockEvents::Item& one) {
        return std::visit(shown, one.event) && std::visit(whole, one.event);
    });
    const auto& txid = block.receipts[item.receipt];
    Json out{{"schema", "jangbu/event/1"},
             {"height", std::to_string(block.height)},
             {"index", index},
             {"time_ms", std::to_string(block.time_ms)},
             {"txid", txid && sees_receipt ? Json(txid->hex()) : Json()}};
    out.update(to_json(is_whole ? item.event : shown_part(item.event, reader)));
    if (!is_whole && out.contains("strikes")) out["strikes"] = nullptr;
    return out;
}

Result<std::shared_ptr<const BlockEvents>> Events::at(u64 height) {
    {
        const std::lock_guard lock(mutex_);
        if (const auto found = kept_.find(height); found != kept_.end()) return found->second;
    }
    auto read = std::make_shared<const BlockEvents>(TRY(read_events(chain_, height)));
    const std::lock_guard lock(mutex_);
    if (height + blocks_kept > height_) kept_.emplace(height, read);
    while (kept_.size() > blocks_kept) kept_.erase(kept_.begin());
    return read;
}

void Events::when_committed(u64 height, const Wake& wake) {
    {
        const std::lock_guard lock(mutex_);
        if (height > chain_.head()->header.height) {
            if (waiting_.size() >= 2 * streams_max)  // of streams that are gone, most of them
                std::erase_if(waiting_, [](const auto& one) { return one.expired(); });
            waiting_.push_back(wake);
            return;
        }
    }
    (*wake)();
}

void Events::committed(u64 height) {
    std::vector<std::weak_ptr<const std::function<void()>>> woken;
    {
        const std::lock_guard lock(mutex_);
        height_ = height;
        woken.swap(waiting_);
    }
    for (const auto& one : woken)
        if (const Wake wake = one.lock()) (*wake)();
}

Result<std::shared_ptr<void>> Events::take_place() {
    if (streams_.fetch_add(1) >= streams_max) {
        streams_.fetch_sub(1);
        return fail(ErrorCode::limit_exceeded, "this node serves as many streams as it may (" +
                                                   std::to_string(streams_max) +
                                                   "): try again, or another node");
    }
    return std::shared_ptr<void>(this, [this](void*) { streams_.fetch_sub(1); });
}

}  // namespace jangbu::api
