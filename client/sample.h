// Samples of registered datasets: made from the own data, published, collected, checked
// (docs/exchange.md section 11).
//
// A sample file holds everything for a check offline: the proof of the dataset's record, the proof
// of the header that drew the pool, and the chunks with salt and path. Nobody chooses chunks: what
// stands outside the pool is refused, and what a registrant leaves out is counted. Threads: one.
// Errors: verification_failed (naming the chunk), malformed (no sample file), conflict (the data is
// not what was registered), not_allowed, not_found, those of the session.
#pragma once

#include "client/dataset.h"
#include "market/sample_pool.h"

namespace jangbu::client {

struct SampleFile {
    static constexpr std::size_t bytes_max = 8 << 20;
    std::string dataset_proof;  // jbproof/1, kind state
    std::string draw_proof;     // jbproof/1, kind history; "" = not needed, or not drawn yet
    std::vector<market::Sample> chunks;

    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c.text(self.dataset_proof, ledger::jbproof::file_bytes_max);
        c.text(self.draw_proof, ledger::jbproof::file_bytes_max);
        c.ascending(self.chunks, 1, market::sample_pool_chunks_max,
                    [](const market::Sample& chunk) { return chunk.index; });
    }
    bool operator==(const SampleFile&) const = default;
};

struct CheckedSample {
    market::Dataset dataset;
    std::vector<u64> pool;               // {0} while the drawing header is not proven
    bool drawn = false;                  // the pool is final
    std::vector<market::Sample> chunks;  // ascending, each in the pool and under data_root
    std::string level;                   // E0, E1
    u64 height = 0;                      // of the head behind the dataset's proof
};
// Offline: no node, no keys.
Result<CheckedSample> check_sample_file(const SampleFile& file,
                                        const ledger::jbproof::Trusted& trusted);
Status check_sample(const market::Sample& sample, const market::Dataset& dataset);

// The whole pool, from the own data.
Result<SampleFile> make_sample(Session& session, const market::Dataset& dataset,
                               const std::filesystem::path& file, Progress& progress);
// To the store of the node, where anyone reads it.
Status publish_sample(Session& session, const market::Dataset& dataset, const SampleFile& file);
// Whatever of the pool the node has.
Result<SampleFile> collect_sample(Session& session, const market::Dataset& dataset);

}  // namespace jangbu::client
