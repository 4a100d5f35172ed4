#include "crypto/ed25519/batch.h"

#include <algorithm>
#include <cstring>

#include "base/assert.h"

namespace jangbu::crypto::ed25519 {
namespace {

constexpr std::size_t chains = 16;
// Below this many, tables are faster than a sum of all. Measured, by lanes.
std::size_t alone_below(std::size_t lanes) {
    return lanes == 8 ? 64 : lanes == 4 ? 32 : 48;
}
// Cutting stops when more than this share of the batch was found bad.
constexpr std::size_t bad_share = 64;
constexpr std::size_t alone_at_once = 64;

// Bits 0 to 126 and 127 to 253.
HalfScalar low_half(const Scalar& s) {
    return {s.words[0], s.words[1] & ~u64{0} >> 1};
}
HalfScalar high_half(const Scalar& s) {
    return {s.words[1] >> 63 | s.words[2] << 1, s.words[2] >> 63 | s.words[3] << 1};
}

}  // namespace

Batch::Batch(KeyTable& keys)
    : keys_(keys), kernels_(keys.kernels()), base_(base_point(keys.kernels())) {}

void Batch::verify(std::span<const Claim> claims, std::span<bool> verdicts) {
    JANGBU_ASSERT(claims.size() == verdicts.size() && claims.size() <= claims_max);
    claims_ = claims;
    verdicts_ = verdicts;
    bad_found_ = 0;
    std::ranges::fill(verdicts_, false);
    undecided_.clear();
    read_scalars();
    find_authors();
    decompress();
    hash_messages();
    if (undecided_.size() < alone_below(kernels_.width)) return verify_alone(0, undecided_.size());
    draw_coefficients();
    const PointRow sum = sum_of(0, undecided_.size());
    if (is_good(sum))
        for (const u32 claim : undecided_) verdicts_[claim] = true;
    else
        settle(0, undecided_.size(), sum);
}

// ---- What each claim stands for. What cannot be good leaves `undecided_`.

void Batch::read_scalars() {
    s_.resize(claims_.size());
    for (u32 i = 0; i < claims_.size(); ++i) {
        const auto s = read_canonical(std::span(claims_[i].signature).last<32>());
        if (!s) continue;
        s_[i] = *s;
        undecided_.push_back(i);
    }
}

void Batch::hash_messages() {
    k_.resize(claims_.size());
    messages_.clear();
    for (const u32 i : undecided_)
        messages_.push_back(
            {ByteView(claims_[i].signature).first(32), claims_[i].key.bytes, claims_[i].message});
    digests_.resize(undecided_.size());
    sha512_many(messages_, digests_);
    for (std::size_t i = 0; i < undecided_.size(); ++i) k_[undecided_[i]] = digests_[i];
}

u32 Batch::author_of(const Encoding& key) {
    const std::size_t mask = author_slots_.size() - 1;
    std::size_t slot = key_hash(key) & mask;
    while (author_slots_[slot] != 0) {
        const u32 author = author_slots_[slot] - 1;
        if (*authors_[author].encoding == key) return author;
        slot = (slot + 1) & mask;
    }
    authors_.push_back({&key, nullptr, nullptr, false, false, {}});
    author_slots_[slot] = static_cast<u32>(authors_.size());
    return author_slots_[slot] - 1;
}

void Batch::find_authors() {
    std::size_t slots = 64;
    while (slots < 2 * undecided_.size()) slots *= 2;
    author_slots_.assign(slots, 0);
    authors_.clear();
    author_.resize(claims_.size());
    for (const u32 i : undecided_) author_[i] = author_of(claims_[i].key.bytes);

    wanted_keys_.clear();
    for (const Author& author : authors_) wanted_keys_.push_back(author.encoding);
    found_keys_.resize(authors_.size());
    keys_.find(wanted_keys_, found_keys_);
}

void Batch::decompress() {
    encodings_.clear();
    for (std::size_t i = 0; i < authors_.size(); ++i)
        if (found_keys_[i] == nullptr) encodings_.push_back(authors_[i].encoding->data());
    const std::size_t unknown = encodings_.size();
    for (const u32 i : undecided_) encodings_.push_back(claims_[i].signature.data());
    r_.resize(encodings_.size());
    flags_.resize(encodings_.size());
    kernels_.decompress(encodings_.data(), encodings_.size(), r_.data(), flags_.data());

    author_points_.assign(r_.begin(), r_.begin() + static_cast<std::ptrdiff_t>(unknown));
    for (std::size_t i = 0, next = 0; i < authors_.size(); ++i) {
        Author& author = authors_[i];
        author.entry = found_keys_[i];
        author.a = author.entry != nullptr ? author.entry->split : &author_points_[next];
        author.on_curve = author.entry != nullptr ? author.entry->on_curve : flags_[next] != 0;
        if (author.entry == nullptr) ++next;
    }
    r_of_.resize(claims_.size());
    std::size_t kept = 0;
    for (std::size_t i = 0; i < undecided_.size(); ++i) {
        const u32 claim = undecided_[i];
        r_of_[claim] = &r_[unknown + i];
        if (flags_[unknown + i] != 0 && authors_[author_[claim]].on_curve)
            undecided_[kept++] = claim;
    }
    undecided_.resize(kept);
}

// 128 bits of k name the batch as well as all 512: the first 32 of its bytes, and S, go in.
void Batch::draw_coefficients() {
    const std::size_t n = undecided_.size();
    const std::size_t per_chain = (n + chains - 1) / chains;
    chains_.assign(chains * per_chain * 64, 0);
    for (std::size_t i = 0; i < n; ++i) {
        const u32 claim = undecided_[i];
        u8* const to = &chains_[(i % chains * per_chain + i / chains) * 64];
        std::memcpy(to, k_[claim].data(), 32);
        std::memcpy(to + 32, claims_[claim].signature.data() + 32, 32);
    }
    messages_.clear();
    for (std::size_t c = 0; c < chains; ++c)
        messages_.push_back(
            {ByteView(chains_).subspan(c * per_chain * 64, per_chain * 64), {}, {}});
    std::array<Hash512, chains> ends;
    sha512_many(messages_, ends);
    const ByteView all_ends(ends[0].data(), sizeof ends);
    const Hash512 seed = sha512({all_ends, le64(n)});

    const std::size_t digests = (n + 3) / 4;
    counters_.resize(digests);
    messages_.clear();
    for (std::size_t i = 0; i < digests; ++i) {
        counters_[i] = le64(i);
        messages_.push_back({seed, counters_[i], {}});
    }
    digests_.resize(digests);
    sha512_many(messages_, digests_);
    coefficient_.resize(claims_.size());
    for (std::size_t i = 0; i < n; ++i) {
        HalfScalar& z = coefficient_[undecided_[i]];
        std::memcpy(z.data(), digests_[i / 4].data() + 16 * (i % 4), 16);
        z[1] &= ~u64{0} >> 1;
    }
}

// ---- Sums.

void Batch::merge_authors(std::size_t begin, std::size_t end) {
    for (const u32 author : summed_authors_) authors_[author].summed = false;
    summed_authors_.clear();
    base_sum_ = {};
    for (std::size_t i = begin; i < end; ++i) {
        const u32 claim = undecided_[i];
        Author& author = authors_[author_[claim]];
        if (!author.summed) {
            author.summed = true;
            author.sum = {};
            summed_authors_.push_back(author_[claim]);
        }
        author.sum.add(k_[claim], coefficient_[claim]);
        base_sum_.add(s_[claim], coefficient_[claim]);
    }
}

// A point that has its 2^127 multiple beside it.
void Batch::add_terms(const AffineRow* split, const Scalar& scalar) {
    rows_.push_back(split);
    scalars_.push_back(low_half(scalar));
    rows_.push_back(split + 1);
    scalars_.push_back(high_half(scalar));
}

PointRow Batch::sum_of(std::size_t begin, std::size_t end) {
    merge_authors(begin, end);
    for (auto* scalars : {&scalars_, &high_scalars_}) scalars->clear();
    for (auto* rows : {&rows_, &high_rows_}) rows->clear();
    for (std::size_t i = begin; i < end; ++i) {
        rows_.push_back(r_of_[undecided_[i]]);
        scalars_.push_back(coefficient_[undecided_[i]]);
    }
    add_terms(base_.split, negated(base_sum_.reduced()));
    for (const u32 index : summed_authors_) {
        const Author& author = authors_[index];
        const Scalar scalar = author.sum.reduced();
        if (author.entry != nullptr) {
            add_terms(author.a, scalar);
        } else {
            rows_.push_back(author.a);
            scalars_.push_back(low_half(scalar));
            high_rows_.push_back(author.a);
            high_scalars_.push_back(high_half(scalar));
        }
    }
    const PointRow low = sum_terms(scalars_, rows_);
    if (high_rows_.empty()) return low;
    // The upper halves of keys that are not remembered: a second sum, 2^127 times.
    const PointRow halves[] = {low, sum_terms(high_scalars_, high_rows_)};
    PointRow whole;
    kernels_.sum_windows(halves, 2, 1, half_scalar_bits, &whole);
    return whole;
}

PointRow Batch::sum_terms(std::span<const HalfScalar> scalars,
                          std::span<const AffineRow* const> rows) {
    plan_.make(scalars, kernels_.width);
    buckets_.resize(plan_.windows() * plan_.per_window());
    kernels_.sum_runs(plan_.runs().data(), plan_.runs().size(), plan_.entries(), rows.data(),
                      buckets_.data());
    PointRow sum;
    kernels_.sum_windows(buckets_.data(), plan_.windows(), plan_.per_window(), plan_.window_bits(),
                         &sum);
    return sum;
}

// ---- Attribution.

// `sum` is that of undecided_[begin, end), and not good.
void Batch::settle(std::size_t begin, std::size_t end, const PointRow& sum) {
    const std::size_t size = end - begin;
    if (size <= alone_below(kernels_.width) || bad_found_ * bad_share > undecided_.size())
        return verify_alone(begin, end);
    const std::size_t middle = begin + size / 2;
    const PointRow left = sum_of(begin, middle);
    PointRow right;
    kernels_.subtract(sum, left, &right);
    const auto settle_half = [this](std::size_t from, std::size_t to, const PointRow& half) {
        if (!is_good(half)) return settle(from, to, half);
        for (std::size_t i = from; i < to; ++i) verdicts_[undecided_[i]] = true;
    };
    settle_half(begin, middle, left);
    settle_half(middle, end, right);
}

void Batch::verify_alone(std::size_t begin, std::size_t end) {
    for (; begin < end; begin += alone_at_once)
        verify_group(std::span(undecided_).subspan(begin, std::min(end - begin, alone_at_once)));
}

// The table of each author, from the key table or made here for the moment.
void Batch::give_tables(std::span<const u32> group) {
    found_keys_.clear();
    for (const u32 claim : group)
        if (KeyEntry* entry = authors_[author_[claim]].entry) found_keys_.push_back(entry);
    std::ranges::sort(found_keys_);
    const auto repeated = std::ranges::unique(found_keys_);
    found_keys_.erase(repeated.begin(), repeated.end());
    keys_.make_tables(found_keys_);

    std::vector<const AffineRow*>& from = rows_;
    from.clear();
    scratch_of_.clear();
    scratch_tables_.resize(alone_at_once * key_shape.size());
    for (std::size_t i = 0; i < group.size(); ++i) {
        const Author& author = authors_[author_[group[i]]];
        const AffineRow* table = author.entry != nullptr ? author.entry->table.load() : nullptr;
        if (table == nullptr) {
            AffineRow* const scratch = &scratch_tables_[from.size() * key_shape.size()];
            from.push_back(author.a);
            scratch_of_.push_back(scratch);
            table = scratch;
        }
        equations_[i].key_table = table;
    }
    kernels_.make_tables(from.data(), from.size(), key_shape, scratch_of_.data());
}

void Batch::verify_group(std::span<const u32> group) {
    equations_.resize(alone_at_once);
    give_tables(group);
    for (std::size_t i = 0; i < group.size(); ++i) {
        SingleEquation& equation = equations_[i];
        equation.r = r_of_[group[i]];
        fixed_digits(reduce(k_[group[i]]), std::span(equation.k_digits));
        fixed_digits(s_[group[i]], std::span(equation.s_digits));
    }
    flags_.resize(std::max(flags_.size(), group.size()));
    kernels_.verify_singles(equations_.data(), group.size(), base_.table, flags_.data());
    for (std::size_t i = 0; i < group.size(); ++i) {
        verdicts_[group[i]] = flags_[i] != 0;
        if (flags_[i] == 0) ++bad_found_;
    }
}

}  // namespace jangbu::crypto::ed25519
