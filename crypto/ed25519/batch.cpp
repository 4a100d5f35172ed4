#include "crypto/ed25519/batch.h"

#include <algorithm>
#include <cstring>

#include "base/assert.h"
#include "crypto/ed25519/bisection.h"

namespace jangbu::crypto::ed25519 {
namespace {

// Below this many, tables are faster than a sum of all. Measured, by lanes.
std::size_t alone_below(std::size_t lanes) {
    return lanes == 8 ? 64 : lanes == 4 ? 32 : 48;
}
constexpr std::size_t alone_at_once = 64;

}  // namespace

Batch::Batch(KeyTable& keys)
    : keys_(keys),
      kernels_(keys.kernels()),
      base_(base_point(keys.kernels())),
      terms_(keys.kernels()) {}

void Batch::verify(std::span<const Claim> claims, std::span<bool> verdicts) {
    JANGBU_ASSERT(claims.size() == verdicts.size() && claims.size() <= claims_max);
    claims_ = claims;
    verdicts_ = verdicts;
    std::ranges::fill(verdicts_, false);
    undecided_.clear();
    read_scalars();
    find_authors();
    decompress();
    hash_messages();
    const std::size_t alone_max = alone_below(kernels_.width);
    if (undecided_.size() < alone_max) {
        judge(0, undecided_.size());
        return;
    }
    draw_coefficients();
    Bisection<Batch>(*this, kernels_, undecided_.size(), alone_max).settle_all();
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

// The first 32 bytes of k name (R, A, message) as well as all 64 do; S is not in k.
void Batch::draw_coefficients() {
    coefficients_.start(undecided_.size(), 64);
    for (std::size_t i = 0; i < undecided_.size(); ++i) {
        const u32 claim = undecided_[i];
        u8* const to = coefficients_.entry(i).data();
        std::memcpy(to, k_[claim].data(), 32);
        std::memcpy(to + 32, claims_[claim].signature.data() + 32, 32);
    }
    z_ = coefficients_.draw();
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
        author.sum.add(k_[claim], z_[i]);
        base_sum_.add(s_[claim], z_[i]);
    }
}

PointRow Batch::sum_of(std::size_t begin, std::size_t end) {
    merge_authors(begin, end);
    terms_.clear();
    for (std::size_t i = begin; i < end; ++i) terms_.add(r_of_[undecided_[i]], z_[i]);
    terms_.add_split(base_.split, negated(base_sum_.reduced()));
    for (const u32 index : summed_authors_) {
        const Author& author = authors_[index];
        if (author.entry != nullptr)
            terms_.add_split(author.a, author.sum.reduced());
        else
            terms_.add_whole(author.a, author.sum.reduced());
    }
    return terms_.total();
}

// ---- Verdicts.

void Batch::accept(std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) verdicts_[undecided_[i]] = true;
}

std::size_t Batch::judge(std::size_t begin, std::size_t end) {
    std::size_t bad = 0;
    for (; begin < end; begin += alone_at_once)
        bad +=
            judge_group(std::span(undecided_).subspan(begin, std::min(end - begin, alone_at_once)));
    return bad;
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

    scratch_points_.clear();
    scratch_of_.clear();
    scratch_tables_.resize(alone_at_once * key_shape.size());
    for (std::size_t i = 0; i < group.size(); ++i) {
        const Author& author = authors_[author_[group[i]]];
        const AffineRow* table = author.entry != nullptr ? author.entry->table.load() : nullptr;
        if (table == nullptr) {
            AffineRow* const scratch = &scratch_tables_[scratch_of_.size() * key_shape.size()];
            scratch_points_.push_back(author.a);
            scratch_of_.push_back(scratch);
            table = scratch;
        }
        equations_[i].key_table = table;
    }
    kernels_.make_tables(scratch_points_.data(), scratch_points_.size(), key_shape,
                         scratch_of_.data());
}

std::size_t Batch::judge_group(std::span<const u32> group) {
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
    std::size_t bad = 0;
    for (std::size_t i = 0; i < group.size(); ++i) {
        verdicts_[group[i]] = flags_[i] != 0;
        bad += flags_[i] == 0 ? 1 : 0;
    }
    return bad;
}

}  // namespace jangbu::crypto::ed25519
