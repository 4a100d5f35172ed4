#include "ledger/undo_record.h"

namespace jangbu::ledger {
namespace {

std::optional<UndoRecord::Value> value_of(const std::optional<Bytes>& bytes) {
    if (!bytes) return std::nullopt;
    return UndoRecord::Value{*bytes};
}

// What the tree held, then what each block made of it: every key is asked for once.
std::vector<UndoRecord> records_of(const StateReader& before,
                                   std::span<const StateTree::Changes> blocks, u64 last) {
    using Cursor = StateTree::Changes::const_iterator;
    std::vector<UndoRecord> records(blocks.size());
    std::vector<std::pair<Cursor, Cursor>> open;  // one a block: next, end
    for (const StateTree::Changes& block : blocks) {
        open.emplace_back(block.begin(), block.end());
        records[open.size() - 1].height = last - blocks.size() + open.size();
    }
    while (true) {
        const StateKey* least = nullptr;
        for (const auto& [next, end] : open)
            if (next != end && (!least || next->first < *least)) least = &next->first;
        if (!least) return records;
        const StateKey& key = *least;  // in its block's changes, which stay
        std::optional<UndoRecord::Value> held;
        if (const auto found = before.find(key)) held = UndoRecord::Value{to_bytes(*found)};
        for (std::size_t i = 0; i < open.size(); ++i) {
            auto& [next, end] = open[i];
            if (next == end || next->first != key) continue;
            records[i].entries.push_back({key, std::move(held)});
            held = value_of(next->second);
            ++next;
        }
    }
}

}  // namespace

UndoWindow undo_window(const StateReader& before, std::span<const StateTree::Changes> blocks,
                       u64 last, u64 count) {
    UndoWindow window;
    if (count == 0) return window;
    window.first_kept = last - std::min(last, count) + 1;
    for (UndoRecord& record : records_of(before, blocks, last))
        if (record.height >= window.first_kept && record.entries.size() <= UndoRecord::entries_max)
            window.records.push_back(std::move(record));
    return window;
}

void add_undo(UndoRecord record, StateTree::Changes& back) {
    for (UndoRecord::Entry& entry : record.entries) {
        std::optional<Bytes> value;
        if (entry.before) value = std::move(entry.before->bytes);
        back[std::move(entry.key)] = std::move(value);
    }
}

}  // namespace jangbu::ledger
