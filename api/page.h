// Pages of lists, and the cursor by which a reader goes on.
//
// A list is ordered by (first, second) downwards and id upwards; a Position is the last item seen,
// so what is added meanwhile never repeats or hides an item. A cursor is base64url of a Position
// and a digest of the question: it is taken back only with the question that it came from. It holds
// nothing secret, and one that was made up only names another place. Threads: pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/bcs.h"

namespace jangbu::api {

struct Position {
    u64 first = 0;
    u64 second = 0;
    ByteArray<32> id{};
    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c(self.first);
        c(self.second);
        c(self.id);
    }
    bool operator==(const Position&) const = default;
};

// True if `a` stands before `b`.
inline bool stands_before(const Position& a, const Position& b) {
    if (a.first != b.first) return a.first > b.first;
    if (a.second != b.second) return a.second > b.second;
    return a.id < b.id;
}

template <class Item>
struct Page {
    std::vector<Item> items;
    std::optional<Position> next;
};

inline constexpr std::size_t cursor_chars_max = 100;
std::string write_cursor(const Position& position, std::string_view question);
// Nothing for "". Errors: malformed, also for the cursor of another question.
Result<std::optional<Position>> read_cursor(const std::string& text, std::string_view question);

}  // namespace jangbu::api
