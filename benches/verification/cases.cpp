#include <array>

#include "benches/verification/methods.h"

namespace jangbu::bench {
namespace {

constexpr std::string_view few = "keys64-message46";
constexpr std::string_view some = "keys1024-message46";
constexpr std::string_view distinct = "keys4096-message46";
constexpr std::string_view few_long = "keys64-message256";

constexpr std::array all_cases = {
    Case{"batch 4096, 64 keys", few, 4096, "batch"},
    Case{"batch 4096, keys distinct, cached", distinct, 4096, "batch"},
    Case{"batch 4096, keys distinct, nothing cached", distinct, 4096, "batch-uncached",
         Peers::from_bytes},
    Case{"batch 1024, 64 keys", few, 1024, "batch"},
    Case{"batch 256, 64 keys", few, 256, "batch"},
    Case{"batch 64, 64 keys", few, 64, "batch"},
    Case{"one by one in lanes, cached keys", some, 8, "batch"},
    Case{"one signature, cached key", some, 1, "batch"},
    Case{"one signature, nothing cached", some, 1, "single", Peers::from_bytes},
    Case{"one bad in 4096", few, 4096, "batch-one-bad", Peers::one_by_one, "batch"},
    Case{"every signature bad", few, 4096, "batch-all-bad", Peers::one_by_one, "batch"},
    Case{"batch 4096, 64 keys, two cores", few, 4096, "batch-two-cores", Peers::any, "batch"},
    Case{"batch 4096, 64 keys, 256-byte messages", few_long, 4096, "batch"},
    Case{"key cache entry", distinct, 1024, "remember", Peers::none},
};

}  // namespace

std::span<const Case> cases() {
    return all_cases;
}

}  // namespace jangbu::bench
