#include "node/sample_objects.h"

#include <algorithm>

#include "market/sample_pool.h"

namespace jangbu::node {
namespace {

market::Hash subject_of(const market::DatasetId& dataset, u64 index) {
    static const crypto::Tag tag("jangbu/sample-chunk/v1");
    return index == 0 ? dataset.bytes : tag({dataset.view(), le64(index)});
}

}  // namespace

Content sample_chunk(const Content& dataset, u64 index) {
    Content chunk = dataset;
    chunk.subject = subject_of(market::DatasetId(dataset.subject), index);
    return chunk;
}

bool holds_sample_chunk(const Content& content, u64 index) {
    return content.subject ==
           subject_of(market::dataset_id(content.registrant, content.data_root), index);
}

Status check_in_pool(const ledger::Chain& chain, const market::Dataset& dataset, u64 index) {
    if (index == 0) return {};
    const u64 n = crypto::fx1::chunk_count(dataset.byte_len, dataset.chunk_size);
    ledger::HeaderHash draw;
    if (market::sample_pool_size(n) > 1) {
        const u64 height = dataset.registered_height + market::sample_draw_heights;
        const Result<ledger::SignedHeader> block = chain.header(height);
        if (!block && block.error().code == ErrorCode::not_found)
            return fail(ErrorCode::conflict, "the pool is drawn by the header of height " +
                                                 std::to_string(height) +
                                                 ", which is not there yet; chunk 0 can be shown");
        if (!block) return std::unexpected(block.error());
        draw = ledger::header_hash(block->header);
    }
    const std::vector<u64> pool = market::sample_pool(dataset.id, n, draw);
    if (!std::ranges::binary_search(pool, index))
        return fail(ErrorCode::malformed, "chunk " + std::to_string(index) +
                                              " is not in the sample pool of this dataset");
    return {};
}

}  // namespace jangbu::node
