// Any proof against a small known map: it never shows a false value, nor the absence of what is
// there.
#include <algorithm>

#include "base/assert.h"
#include "ledger/state_tree.h"

namespace {

using namespace jangbu;
using namespace jangbu::ledger;

StateKey key_at(u8 n) {
    return {250, n};
}

// Keys 0 to 9. The seeds of the corpus were made for it.
StateTree known_map() {
    StateTree::Changes entries;
    for (u8 n = 0; n < 10; ++n) entries[key_at(n)] = Bytes{n};
    return StateTree().updated(entries);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const u8* input, std::size_t size) {
    static const StateTree map = known_map();
    const auto proof = bcs::decode<StateProof>({input, size});
    if (!proof) return 0;
    JANGBU_ASSERT(std::ranges::equal(bcs::encode(*proof), ByteView(input, size)));
    for (u8 n = 0; n < 12; ++n) {
        const Bytes wrong{static_cast<u8>(n + 1)};
        JANGBU_ASSERT(!verify_state(map.root(), key_at(n), wrong, *proof));
        if (n < 10) JANGBU_ASSERT(!verify_state(map.root(), key_at(n), std::nullopt, *proof));
    }
    return 0;
}
