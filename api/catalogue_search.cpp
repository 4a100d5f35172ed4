// One search: what the words leave, then one pass that filters, counts and ranks.
#include <algorithm>
#include <bitset>
#include <memory>

#include "api/catalogue.h"
#include "api/search_text.h"

namespace jangbu::api {
namespace {

constexpr u64 day_ms = 86'400'000;

// A rank: words in the title, the words as one run in the title, how much of the title they are.
constexpr u64 in_title_score = 8;
constexpr u64 in_text_score = 2;
constexpr u64 run_in_title_score = 16;
constexpr u64 starts_title_score = 8;
constexpr u64 whole_title_score = 32;
constexpr u64 share_of_title_score = 7;  // at most

u64 title_score(const std::string& title, const std::string& wanted) {
    const std::size_t at = wanted.empty() ? std::string::npos : title.find(wanted);
    if (at == std::string::npos) return 0;
    return run_in_title_score + (at == 0 ? starts_title_score : 0) +
           (title.size() == wanted.size() ? whole_title_score : 0) +
           share_of_title_score * wanted.size() / title.size();
}

// The first value of Facet::updated that holds.
std::size_t age_band(u64 now_ms, u64 published_ms) {
    const u64 age_ms = now_ms > published_ms ? now_ms - published_ms : 0;
    std::size_t band = 0;
    while (band + 1 < updated_days.size() && age_ms > updated_days[band] * day_ms) ++band;
    return band;
}

}  // namespace

// What one search looks at: filters as numbers, counts, and the best positions so far.
class Catalogue::Pass {
    // Of the positions that come by, the first `most` in order.
    class FirstPositions {
    public:
        explicit FirstPositions(std::size_t most) : most_(most) {}

        void offer(const Position& position, u32 number) {
            if (kept_.size() == most_ && !stands_before(position, kept_.front().first)) return;
            if (kept_.size() == most_) {
                std::ranges::pop_heap(kept_, before);
                kept_.pop_back();
            }
            kept_.emplace_back(position, number);
            std::ranges::push_heap(kept_, before);
        }
        std::vector<std::pair<Position, u32>> sorted() {
            std::ranges::sort_heap(kept_, before);
            return std::move(kept_);
        }

    private:
        static bool before(const std::pair<Position, u32>& a, const std::pair<Position, u32>& b) {
            return stands_before(a.first, b.first);
        }
        std::size_t most_;
        std::vector<std::pair<Position, u32>> kept_;  // a heap with the last one on top
    };

public:
    Pass(const Catalogue& catalogue, const ListingQuery& query, const VoucherTerms& vouchers)
        : catalogue_(catalogue), query_(query), first_(query.limit + 1) {
        for (std::size_t f = 0; f < facet_count; ++f) {
            is_wanted_[f].resize(catalogue.value_names_[f].size());
            counts_[f].resize(catalogue.value_names_[f].size());
            for (const std::string& value : query.wanted[f]) {
                const auto found = catalogue.value_numbers_[f].find(value);
                if (found != catalogue.value_numbers_[f].end()) is_wanted_[f][found->second] = true;
            }
            // Alternatives need one hit, rights all of them; a value that nobody has is never hit.
            needed_[f] = query.wanted[f].empty()                         ? 0
                         : f == static_cast<std::size_t>(Facet::licence) ? query.wanted[f].size()
                                                                         : 1;
        }
        for (const u16 category : vouchers.categories) pays_for_.set(category);
        if (vouchers.any_category) pays_for_.set();
        for (const std::string& value : query.wanted[index(Facet::voucher)])
            wanted_voucher_[value == "yes" ? 1 : 0] = true;
        for (const std::string& value : query.wanted[index(Facet::updated)]) {
            const auto bands = facet_values(Facet::updated);
            const auto at = std::ranges::find(bands, value);
            oldest_band_ = std::max(oldest_band_, static_cast<std::size_t>(at - bands.begin()));
        }
    }

    void look(u32 number, u64 score) {
        const Entry& entry = catalogue_.entries_[number];
        if (!entry.live || (query_.seller && entry.seller != *query_.seller)) return;
        std::array<u16, facet_count> hits{};
        for (u32 i = entry.marks_from; i < entry.marks_to; ++i) {
            const Mark& mark = catalogue_.marks_[i];
            if (is_wanted_[index(mark.facet)][mark.value]) ++hits[index(mark.facet)];
        }
        const bool pays = entry.fixed_price && pays_for_.test(entry.category);
        const std::size_t band = age_band(query_.now_ms, entry.published_ms);
        hits[index(Facet::voucher)] = wanted_voucher_[pays ? 1 : 0] ? 1 : 0;
        hits[index(Facet::updated)] = band <= oldest_band_ ? 1 : 0;
        std::size_t failures = 0;
        std::size_t failed = 0;
        for (std::size_t f = 0; f < facet_count; ++f)
            if (hits[f] < needed_[f]) {
                ++failures;
                failed = f;
            }
        if (query_.count_facets && failures <= 1)
            count(entry, pays, band, failures == 1 ? std::optional(failed) : std::nullopt);
        if (failures > 0) return;
        ++total_;
        const Position position = position_of(entry, score);
        if (query_.after && !stands_before(*query_.after, position)) return;
        first_.offer(position, number);
    }

    ListingPage finish() {
        ListingPage page;
        page.total = total_;
        auto found = first_.sorted();
        const bool more = found.size() > query_.limit;
        if (more) found.pop_back();
        for (const auto& [position, number] : found) {
            const Entry& entry = catalogue_.entries_[number];
            page.items.push_back({entry.id, entry.title, entry.summary});
        }
        if (more) page.next = found.back().first;
        if (query_.count_facets) set_facets(page);
        return page;
    }

private:
    static std::size_t index(Facet facet) { return static_cast<std::size_t>(facet); }

    // A listing that fails one facet alone is counted in that facet: choosing its value there
    // would bring it in.
    void count(const Entry& entry, bool pays, std::size_t band, std::optional<std::size_t> only) {
        for (u32 i = entry.marks_from; i < entry.marks_to; ++i) {
            const Mark& mark = catalogue_.marks_[i];
            if (!only || *only == index(mark.facet)) ++counts_[index(mark.facet)][mark.value];
        }
        if (!only || *only == index(Facet::voucher)) ++voucher_counts_[pays ? 1 : 0];
        if (!only || *only == index(Facet::updated)) ++age_counts_[band];
    }

    Position position_of(const Entry& entry, u64 score) const {
        Position position{0, entry.height, entry.id.bytes};
        switch (query_.order) {
            case SortOrder::relevance:
                position.first = score;
                break;
            case SortOrder::newest:
                break;
            case SortOrder::price_low:  // without a price: last
                position.first = entry.has_price ? ~entry.supply : 0;
                break;
            case SortOrder::price_high:
                position.first = entry.has_price ? entry.supply + 1 : 0;
                break;
            case SortOrder::size_small:
                position.first = ~entry.byte_len;
                break;
            case SortOrder::size_large:
                position.first = entry.byte_len;
                break;
        }
        return position;
    }

    void set_facets(ListingPage& page) const {
        for (std::size_t f = 0; f < facet_count; ++f) {
            std::vector<FacetCount>& out = page.facets[f];
            for (std::size_t v = 0; v < counts_[f].size(); ++v)
                if (counts_[f][v] > 0)
                    out.push_back({catalogue_.value_names_[f][v], counts_[f][v]});
            std::ranges::sort(out, [](const FacetCount& a, const FacetCount& b) {
                return a.count != b.count ? a.count > b.count : a.value < b.value;
            });
            if (out.size() > facet_counts_max) out.resize(facet_counts_max);
        }
        const auto answers = facet_values(Facet::voucher);
        for (std::size_t i = 0; i < 2; ++i)
            if (voucher_counts_[i] > 0)
                page.facets[index(Facet::voucher)].push_back(
                    {std::string(answers[i]), voucher_counts_[i]});
        // Within 30 days is also within 90.
        const auto bands = facet_values(Facet::updated);
        u64 sum = 0;
        for (std::size_t i = 0; i < bands.size(); ++i) {
            sum += age_counts_[i];
            if (sum > 0) page.facets[index(Facet::updated)].push_back({std::string(bands[i]), sum});
        }
    }

    const Catalogue& catalogue_;
    const ListingQuery& query_;
    FirstPositions first_;
    std::array<std::vector<bool>, facet_count> is_wanted_;
    std::array<std::vector<u64>, facet_count> counts_;
    std::array<std::size_t, facet_count> needed_{};
    std::bitset<65'536> pays_for_;
    std::array<bool, 2> wanted_voucher_{};
    std::size_t oldest_band_ = 0;
    std::array<u64, 2> voucher_counts_{};
    std::array<u64, updated_days.size()> age_counts_{};
    u64 total_ = 0;
};

const std::vector<Catalogue::Posting>* Catalogue::postings(const std::string& token) const {
    const auto found = tokens_.find(token);
    return found == tokens_.end() ? nullptr : &postings_[found->second];
}

// Entries that hold every token of the text, with their rank.
std::vector<std::pair<u32, u64>> Catalogue::matches(const std::string& text) const {
    std::vector<std::pair<u32, u64>> out;
    std::vector<std::string> tokens = query_tokens(text);
    std::ranges::sort(tokens);
    tokens.erase(std::ranges::unique(tokens).begin(), tokens.end());
    std::vector<const std::vector<Posting>*> lists;
    for (const std::string& token : tokens) {
        const std::vector<Posting>* list = postings(token);
        if (!list) return out;
        lists.push_back(list);
    }
    if (lists.empty()) return out;  // nothing but punctuation
    std::ranges::sort(lists, {}, [](const auto* list) { return list->size(); });
    const std::string wanted = compact_text(text);
    std::vector<std::size_t> at(lists.size());
    for (const Posting& rarest : *lists[0]) {
        u64 score = rarest.in_title ? in_title_score : in_text_score;
        bool in_all = true;
        for (std::size_t i = 1; i < lists.size() && in_all; ++i) {
            const std::vector<Posting>& list = *lists[i];
            at[i] = static_cast<std::size_t>(
                std::lower_bound(list.begin() + static_cast<std::ptrdiff_t>(at[i]), list.end(),
                                 rarest.entry,
                                 [](const Posting& a, u32 entry) { return a.entry < entry; }) -
                list.begin());
            in_all = at[i] < list.size() && list[at[i]].entry == rarest.entry;
            if (in_all) score += list[at[i]].in_title ? in_title_score : in_text_score;
        }
        if (!in_all) continue;
        const Entry& entry = entries_[rarest.entry];
        if (entry.live)
            out.emplace_back(rarest.entry, score + title_score(entry.compact_title, wanted));
    }
    return out;
}

ListingPage Catalogue::search(const ListingQuery& query, const VoucherTerms& vouchers) const {
    const auto pass = std::make_unique<Pass>(*this, query, vouchers);
    if (query.text.empty()) {
        for (std::size_t i = 0; i < entries_.size(); ++i) pass->look(static_cast<u32>(i), 0);
    } else {
        for (const auto& [number, score] : matches(query.text)) pass->look(number, score);
    }
    return pass->finish();
}

}  // namespace jangbu::api
