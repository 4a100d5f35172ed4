#include "crypto/ed25519/coefficients.h"

#include <cstring>

namespace jangbu::crypto::ed25519 {

void Coefficients::start(std::size_t count, std::size_t entry_bytes) {
    count_ = count;
    entry_bytes_ = entry_bytes;
    chain_entries_ = (count + chains - 1) / chains;
    entries_.assign(chains * chain_entries_ * entry_bytes, 0);
}

std::span<u8> Coefficients::entry(std::size_t i) {
    const std::size_t place = i % chains * chain_entries_ + i / chains;
    return std::span(entries_).subspan(place * entry_bytes_, entry_bytes_);
}

std::span<const HalfScalar> Coefficients::draw() {
    const std::size_t chain_bytes = chain_entries_ * entry_bytes_;
    messages_.clear();
    for (std::size_t c = 0; c < chains; ++c)
        messages_.push_back({ByteView(entries_).subspan(c * chain_bytes, chain_bytes), {}, {}});
    std::array<Hash512, chains> ends;
    sha512_many(messages_, ends);
    const Hash512 seed = sha512({ByteView(ends[0].data(), sizeof ends), le64(count_)});

    constexpr std::size_t per_digest = sizeof(Hash512) / sizeof(HalfScalar);
    const std::size_t digests = (count_ + per_digest - 1) / per_digest;
    counters_.resize(digests);
    digests_.resize(digests);
    messages_.clear();
    for (std::size_t i = 0; i < digests; ++i) {
        counters_[i] = le64(i);
        messages_.push_back({seed, counters_[i], {}});
    }
    sha512_many(messages_, digests_);
    drawn_.resize(count_);
    for (std::size_t i = 0; i < count_; ++i) {
        const u8* const from = digests_[i / per_digest].data() + 16 * (i % per_digest);
        std::memcpy(drawn_[i].data(), from, 16);
        drawn_[i][1] &= ~u64{0} >> 1;
    }
    return drawn_;
}

}  // namespace jangbu::crypto::ed25519
