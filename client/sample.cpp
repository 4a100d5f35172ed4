#include "client/sample.h"

#include <algorithm>

#include "crypto/merkle.h"

namespace jangbu::client {
namespace {

namespace fx1 = crypto::fx1;
namespace jbproof = ledger::jbproof;
namespace merkle = crypto::merkle;

std::unexpected<Error> no_sample(const std::string& why) {
    return fail(ErrorCode::verification_failed, why);
}

struct Pool {
    std::vector<u64> indices{0};
    bool drawn = true;
};

u64 draw_height(const market::Dataset& dataset) {
    return dataset.registered_height + market::sample_draw_heights;
}

// The header that draws is the head behind the dataset's proof, or an older one with its own proof.
Result<Pool> proven_pool(const SampleFile& file, const market::Dataset& dataset,
                         const jbproof::Verified& head, const jbproof::Trusted& trusted) {
    const u64 n = shape_of(dataset).n();
    if (market::sample_pool_size(n) == 1) return Pool{};
    if (file.draw_proof.empty() && head.header.height == draw_height(dataset))
        return Pool{market::sample_pool(dataset.id, n, head.header_hash), true};
    if (file.draw_proof.empty()) return Pool{{0}, false};
    const Result<jbproof::Verified> draw = jbproof::verify(file.draw_proof, trusted);
    if (!draw)
        return no_sample("the proof of the header that drew the pool does not hold: " +
                         draw.error().detail);
    if (draw->kind != jbproof::Kind::history || draw->older_header.height != draw_height(dataset))
        return no_sample("the pool was not drawn by the header of height " +
                         std::to_string(draw_height(dataset)));
    return Pool{market::sample_pool(dataset.id, n, ledger::header_hash(draw->older_header)), true};
}

Result<market::Dataset> dataset_of(const jbproof::Verified& proof) {
    if (proof.kind != jbproof::Kind::state)
        return no_sample("the first proof of the sample is not of a dataset's record");
    const auto dataset = bcs::decode<market::Dataset>(proof.value);
    if (!dataset || market::dataset_key(dataset->id) != proof.state_key ||
        market::dataset_id(dataset->registrant, dataset->data_root) != dataset->id ||
        !fx1::chunk_size_is_valid(dataset->byte_len, dataset->chunk_size))
        return no_sample("the first proof of the sample is not of a dataset's record");
    return *dataset;
}

// Both proofs, without a chunk yet.
Result<SampleFile> proofs_of(Session& session, const market::Dataset& dataset) {
    SampleFile file;
    file.dataset_proof = TRY(session.node().state_proof(market::dataset_key(dataset.id)));
    const auto verified = TRY(jbproof::verify(file.dataset_proof, session.trusted()));
    const bool is_drawn = verified.header.height > draw_height(dataset);
    if (market::sample_pool_size(shape_of(dataset).n()) > 1 && is_drawn)
        file.draw_proof = TRY(session.node().history_proof(draw_height(dataset)));
    return file;
}

Result<Pool> pool_of(const SampleFile& file, const jbproof::Trusted& trusted) {
    const auto head = TRY(jbproof::verify(file.dataset_proof, trusted));
    const market::Dataset dataset = TRY(dataset_of(head));
    return proven_pool(file, dataset, head, trusted);
}

}  // namespace

Status check_sample(const market::Sample& sample, const market::Dataset& dataset) {
    const DatasetShape shape = shape_of(dataset);
    const std::string name = "chunk " + std::to_string(sample.index);
    if (sample.index >= shape.n()) return no_sample("the dataset has no " + name);
    if (sample.record.size() != shape.data_bytes(sample.index) + fx1::salt_bytes)
        return no_sample(name + " of the sample has not its registered length");
    const Hash leaf = fx1::data_leaf(dataset.registrant.bytes, sample.index, sample.record);
    if (!merkle::verify_inclusion(leaf, sample.index, shape.n(), sample.path, dataset.data_root))
        return no_sample(name + " of the sample is not under the registered root " +
                         to_hex(dataset.data_root) + ": it was changed, or is of another dataset");
    return {};
}

Result<CheckedSample> check_sample_file(const SampleFile& file, const jbproof::Trusted& trusted) {
    const Result<jbproof::Verified> head = jbproof::verify(file.dataset_proof, trusted);
    if (!head) return no_sample("the proof of the dataset does not hold: " + head.error().detail);
    CheckedSample checked;
    checked.dataset = TRY(dataset_of(*head));
    Pool pool = TRY(proven_pool(file, checked.dataset, *head, trusted));
    for (const market::Sample& chunk : file.chunks) {
        if (!std::ranges::binary_search(pool.indices, chunk.index))
            return no_sample("chunk " + std::to_string(chunk.index) +
                             (pool.drawn ? " is not in the sample pool of this dataset"
                                         : " cannot be checked: nothing proves that it was drawn"));
        TRY(check_sample(chunk, checked.dataset));
    }
    checked.pool = std::move(pool.indices);
    checked.drawn = pool.drawn;
    checked.chunks = file.chunks;
    checked.level = head->level;
    checked.height = head->header.height;
    return checked;
}

Result<SampleFile> make_sample(Session& session, const market::Dataset& dataset,
                               const std::filesystem::path& file, Progress& progress) {
    if (dataset.registrant != session.org())
        return fail(ErrorCode::not_allowed, "only the registrant makes a sample");
    const DatasetShape shape = shape_of(dataset);
    const std::vector<Hash> leaves = TRY(registered_leaves(session, dataset, file, progress));
    const Hash seed = session.secret().dataset_seed(dataset.seed_nonce);
    SampleFile sample = TRY(proofs_of(session, dataset));
    const Pool pool = TRY(pool_of(sample, session.trusted()));
    for (const u64 index : pool.indices) {
        const Bytes data = TRY(read_range(file, index * shape.chunk_size, shape.data_bytes(index)));
        market::Sample chunk{index, concat({fx1::salt(seed, index), data}),
                             merkle::inclusion(index, leaves)};
        if (!check_sample(chunk, dataset))
            return fail(ErrorCode::conflict, file.string() + " is no longer what was registered");
        sample.chunks.push_back(std::move(chunk));
    }
    return sample;
}

Status publish_sample(Session& session, const market::Dataset& dataset, const SampleFile& file) {
    const NodeStatus status = TRY(session.node().status());
    const std::string ticket = TRY(session.ticket(market::TicketAction::sample, dataset.id.bytes,
                                                  status.operator_org, dataset.data_root));
    for (const market::Sample& chunk : file.chunks)
        TRY(session.node().put_sample(dataset.id, ticket, bcs::encode(chunk)));
    return {};
}

Result<SampleFile> collect_sample(Session& session, const market::Dataset& dataset) {
    SampleFile sample = TRY(proofs_of(session, dataset));
    const Pool pool = TRY(pool_of(sample, session.trusted()));
    for (const u64 index : pool.indices) {
        Result<market::Sample> chunk = session.node().sample(dataset.id, index);
        if (!chunk && chunk.error().code == ErrorCode::not_found) continue;
        if (!chunk) return std::unexpected(chunk.error());
        if (chunk->index != index) return no_sample("the node answered with another chunk");
        sample.chunks.push_back(std::move(*chunk));
    }
    if (sample.chunks.empty())
        return fail(ErrorCode::not_found, "no sample of this dataset is published here");
    return sample;
}

}  // namespace jangbu::client
