// UndoRecord: what the keys that a block changed were before it. With those of the blocks above a
// height the state of that height comes back (docs/formats.md section 14).
//
// Says nothing about its own truth: who goes back by it compares the state root with the header of
// the height that is reached. Threads: pure functions. Errors: none.
#pragma once

#include <span>

#include "ledger/limits.h"
#include "ledger/state_tree.h"

namespace jangbu::ledger {

struct UndoRecord {
    struct Value {
        Bytes bytes;
        template <class Codec, class Self>
        static void fields(Codec& c, Self& self) {
            c.bytes(self.bytes, limits::state_value_bytes_max);
        }
        bool operator==(const Value&) const = default;
    };
    struct Entry {
        StateKey key;
        std::optional<Value> before;  // nothing: the block made the key
        template <class Codec, class Self>
        static void fields(Codec& c, Self& self) {
            c.bytes(self.key, limits::state_key_bytes_max);
            c(self.before);
        }
        bool operator==(const Entry&) const = default;
    };
    static constexpr std::size_t entries_max = 4 << 20;

    u64 height = 0;  // of the block
    std::vector<Entry> entries;
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c(self.height);
        c.ascending(self.entries, 0, entries_max,
                    [](const Entry& entry) -> const StateKey& { return entry.key; });
    }
    bool operator==(const UndoRecord&) const = default;
};

// What a flush of the state store leaves there to go back by. Records come in; of those that are
// there, the ones from first_kept up to the flush's marker stay, and all others go.
struct UndoWindow {
    std::vector<UndoRecord> records;
    u64 first_kept = ~u64{0};
};

// Of blocks in a row, the last of height `last`, on the state before the first of them: the records
// of the newest `count`. A block that changed more keys than a record holds has none, and nobody
// goes back over it.
UndoWindow undo_window(const StateReader& before, std::span<const StateTree::Changes> blocks,
                       u64 last, u64 count);

// Adds what takes the state from after this block to before it. Of blocks newest first.
void add_undo(UndoRecord record, StateTree::Changes& back);

}  // namespace jangbu::ledger
