#include "ledger/undo_record.h"

#include "ledger/changes_by_key.h"

namespace jangbu::ledger {
namespace {

std::optional<UndoRecord::Value> value_of(const std::optional<Bytes>& bytes) {
    if (!bytes) return std::nullopt;
    return UndoRecord::Value{*bytes};
}

// What the tree held, then what each block made of it: every key is asked for once.
std::vector<UndoRecord> records_of(const StateReader& before,
                                   std::span<const StateTree::Changes> blocks, u64 last) {
    std::vector<UndoRecord> records(blocks.size());
    for (std::size_t i = 0; i < records.size(); ++i)
        records[i].height = last - blocks.size() + i + 1;
    for_each_changed_key(blocks, [&](const StateKey& key, auto values) {
        std::optional<UndoRecord::Value> held;
        if (const auto found = before.find(key)) held = UndoRecord::Value{to_bytes(*found)};
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (!values[i]) continue;
            records[i].entries.push_back({key, std::move(held)});
            held = value_of(*values[i]);
        }
    });
    return records;
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
