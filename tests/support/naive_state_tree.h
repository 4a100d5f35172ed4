// The state map's root by its definition (docs/formats.md section 2), word for word, over the whole
// map at every node.
#pragma once

#include <map>

#include "crypto/hash.h"

namespace jangbu::test {

using HashMap = std::map<crypto::Hash, crypto::Hash>;  // hashed key -> value hash

inline crypto::Hash naive_state_root(const HashMap& leaves, std::size_t depth = 0) {
    if (leaves.empty()) return {};
    if (leaves.size() == 1) {
        static const crypto::Tag tag("jangbu/state/leaf/v1");
        return tag({leaves.begin()->first, leaves.begin()->second});
    }
    HashMap halves[2];
    for (const auto& [key, value] : leaves) {
        const bool right = (key[depth / 8] >> (7 - depth % 8) & 1) != 0;
        halves[right ? 1 : 0].emplace(key, value);
    }
    static const crypto::Tag tag("jangbu/state/node/v1");
    const crypto::Hash left = naive_state_root(halves[0], depth + 1);
    return tag({left, naive_state_root(halves[1], depth + 1)});
}

}  // namespace jangbu::test
