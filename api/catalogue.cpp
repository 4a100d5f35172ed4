// What the catalogue holds, and how it changes.
#include "api/catalogue.h"

#include <algorithm>

#include "api/search_text.h"

namespace jangbu::api {
namespace {

// What was replaced stays as a dead entry until there are this many and as many as live ones.
constexpr std::size_t dead_least = 1'000;

template <class Visit>
void for_each_token(std::string_view tokens, Visit visit) {
    while (!tokens.empty()) {
        const std::size_t end = std::min(tokens.find(' '), tokens.size());
        if (end > 0) visit(std::string(tokens.substr(0, end)));
        tokens.remove_prefix(std::min(end + 1, tokens.size()));
    }
}

}  // namespace

void Catalogue::clear() {
    *this = Catalogue();
}

u32 Catalogue::value_number(Facet facet, const std::string& value) {
    const auto index = static_cast<std::size_t>(facet);
    std::vector<std::string>& names = value_names_[index];
    const auto [at, is_new] = value_numbers_[index].emplace(value, static_cast<u32>(names.size()));
    if (is_new) names.push_back(value);
    return at->second;
}

void Catalogue::add_tokens(std::string_view tokens, u32 number, bool in_title) {
    for_each_token(tokens, [&](const std::string& token) {
        const auto [at, is_new] = tokens_.emplace(token, static_cast<u32>(postings_.size()));
        if (is_new) postings_.emplace_back();
        std::vector<Posting>& list = postings_[at->second];
        // Titles come first, so a word that is in both keeps its place in the title.
        if (list.empty() || list.back().entry != number) list.push_back({number, in_title});
    });
}

void Catalogue::put(const CatalogueEntry& entry) {
    remove(entry.id);
    const auto number = static_cast<u32>(entries_.size());
    Entry& held = entries_.emplace_back();
    held.id = entry.id;
    held.seller = entry.seller;
    held.height = entry.height;
    held.published_ms = entry.published_ms;
    held.supply = entry.supply.value_or(0);
    held.has_price = entry.supply.has_value();
    held.byte_len = entry.byte_len.value_or(0);
    held.category = entry.category;
    held.fixed_price = entry.fixed_price;
    held.title = entry.title;
    held.summary = entry.summary;
    held.compact_title = compact_text(entry.title);
    held.marks_from = static_cast<u32>(marks_.size());
    for (const auto& [facet, value] : entry.values)
        marks_.push_back({facet, value_number(facet, value)});
    held.marks_to = static_cast<u32>(marks_.size());
    add_tokens(entry.title_tokens, number, true);
    add_tokens(entry.body_tokens, number, false);
    by_id_[entry.id] = number;
}

void Catalogue::remove(const market::ListingId& id) {
    const auto found = by_id_.find(id);
    if (found == by_id_.end()) return;
    entries_[found->second].live = false;
    by_id_.erase(found);
    const std::size_t dead = entries_.size() - by_id_.size();
    if (dead > dead_least && dead > by_id_.size()) compact();
}

// Entries keep their order, so that postings stay sorted.
void Catalogue::compact() {
    constexpr u32 gone = ~u32{0};
    std::vector<u32> numbers(entries_.size(), gone);
    std::vector<Entry> entries;
    std::vector<Mark> marks;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        if (!entries_[i].live) continue;
        numbers[i] = static_cast<u32>(entries.size());
        Entry& kept = entries.emplace_back(std::move(entries_[i]));
        const u32 from = kept.marks_from;
        const u32 to = kept.marks_to;
        kept.marks_from = static_cast<u32>(marks.size());
        marks.insert(marks.end(), marks_.begin() + from, marks_.begin() + to);
        kept.marks_to = static_cast<u32>(marks.size());
    }
    entries_ = std::move(entries);
    marks_ = std::move(marks);
    for (auto& [id, number] : by_id_) number = numbers[number];
    for (std::vector<Posting>& list : postings_) {
        std::erase_if(list, [&](const Posting& one) { return numbers[one.entry] == gone; });
        for (Posting& one : list) one.entry = numbers[one.entry];
        list.shrink_to_fit();
    }
}

}  // namespace jangbu::api
