// What a snapshot is made of: a manifest that decodes has one encoding, and no chunk is taken that
// the manifest does not fix. The first byte chooses what the rest is.
#include <algorithm>

#include "base/assert.h"
#include "ledger/snapshot_format.h"
#include "ledger/sparse_subtrees.h"
#include "ledger/state_hashes.h"
#include "ledger/zstd_frame.h"

using namespace jangbu;
using namespace jangbu::ledger;

namespace {

constexpr std::size_t content_bytes_most = 1 << 20;  // of a frame that is looked into

void read_manifest(ByteView bytes) {
    const auto manifest = decode_manifest(bytes);
    if (!manifest) return;
    JANGBU_ASSERT(std::ranges::equal(bcs::encode(*manifest), bytes));
    Genesis genesis;  // of a validator whose key nobody has
    genesis.validators.validators = {{PublicKey(), 1}};
    JANGBU_ASSERT(!check_manifest(*manifest, genesis));
    (void)manifest->bytes();
}

// Whatever the bytes are, a manifest is made that names this file: only a chunk in order, of one
// prefix and with its subtree hash may pass.
void read_chunk(ByteView file, bool is_state) {
    for (const u32 content_bytes : {u32{9}, u32{12}, u32{107}, u32{content_bytes_most}}) {
        const ChunkFile entry{content_bytes, static_cast<u32>(file.size()), crypto::sha256(file)};
        SnapshotManifest manifest;
        const auto content = decompress_frame(file, content_bytes);
        if (is_state) {
            const auto decoded = content ? bcs::decode<StateChunk>(*content)
                                         : Result<StateChunk>(fail(ErrorCode::malformed, ""));
            const u32 leaves = decoded ? static_cast<u32>(decoded->entries.size()) : 1;
            manifest.state = {{Hash{}, leaves, entry}};
            JANGBU_ASSERT(!read_state_chunk(manifest, 0, file));
            if (!decoded || leaves != 1) continue;
            const StateEntry& only = decoded->entries[0];
            manifest.state[0].subtree =
                state_leaf_hash(hashed_state_key(only.key), crypto::sha256(only.value));
            const auto taken = read_state_chunk(manifest, 0, file);
            JANGBU_ASSERT(taken && taken->entries[0] == only);
        } else {
            manifest.window = {{1, 5, entry}};
            const auto empty = [](u64) -> Result<Header> { return Header(); };
            const auto taken = read_window_chunk(manifest, 0, file, empty);
            JANGBU_ASSERT(!taken || taken->blocks.empty());
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const jangbu::u8* input, std::size_t size) {
    if (size == 0) return 0;
    const ByteView rest(input + 1, size - 1);
    if (input[0] == 0) read_manifest(rest);
    if (input[0] == 1) read_chunk(rest, true);
    if (input[0] == 2) read_chunk(rest, false);
    return 0;
}
