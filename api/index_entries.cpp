// From rows back to what the catalogue holds in memory.
#include "api/index_rows.h"

namespace jangbu::api {
namespace {

constexpr const char* select_open_listings =
    "SELECT record, published_ms, byte_len, origin, title, summary, title_tokens, body_tokens, "
    "process, equipment, industry, format FROM listing WHERE open = 1";

void add_words(CatalogueEntry& entry, Facet facet, const std::string& words) {
    std::size_t from = 0;
    while (from < words.size()) {
        const std::size_t end = std::min(words.find(',', from), words.size());
        entry.values.emplace_back(facet, words.substr(from, end - from));
        from = end + 1;
    }
}

CatalogueEntry entry_of(const Statement& row) {
    const Result<market::Listing> listing = bcs::decode<market::Listing>(row.blob(0));
    JANGBU_ASSERT(listing.has_value());  // written by write_listing
    CatalogueEntry entry;
    entry.id = listing->id;
    entry.seller = listing->seller;
    entry.height = listing->published_height;
    entry.category = listing->category;
    entry.supply = supply_of(listing->pricing);
    entry.fixed_price = std::holds_alternative<market::FixedPrice>(listing->pricing) &&
                        entry.supply.value_or(0) > 0;
    entry.published_ms = row.number(1);
    std::optional<market::Origin> origin;
    if (row.number(3) > 0) {
        entry.byte_len = row.number(2);
        origin = static_cast<market::Origin>(row.number(3));
    }
    entry.title = row.text(4);
    entry.summary = row.text(5);
    entry.title_tokens = row.text(6);
    entry.body_tokens = row.text(7);
    add_words(entry, Facet::process, row.text(8));
    add_words(entry, Facet::equipment, row.text(9));
    add_words(entry, Facet::industry, row.text(10));
    add_words(entry, Facet::format, row.text(11));
    entry.values.emplace_back(Facet::category, std::to_string(entry.category));
    entry.values.emplace_back(Facet::size, size_band(entry.byte_len));
    entry.values.emplace_back(Facet::price, price_band(listing->pricing));
    for (const std::string_view right : licence_rights(listing->licence.bits))
        entry.values.emplace_back(Facet::licence, right);
    entry.values.emplace_back(Facet::origin, origin_name(origin));
    return entry;
}

}  // namespace

Status IndexRows::for_each_entry(const std::function<void(const CatalogueEntry&)>& visit) const {
    Statement rows(database_, select_open_listings);
    while (true) {
        const bool row = TRY(rows.step());
        if (!row) return {};
        visit(entry_of(rows));
    }
}

Result<std::optional<CatalogueEntry>> IndexRows::entry(const market::ListingId& id) const {
    Statement row(database_, std::string(select_open_listings) + " AND id = ?");
    const bool found = TRY(row.bind(id.view()).step());
    if (!found) return std::nullopt;
    return entry_of(row);
}

Result<VoucherTerms> IndexRows::voucher_terms(u64 now_ms) const {
    Statement rows(database_,
                   "SELECT categories FROM programme WHERE open = 1 AND valid_from_ms <= ? AND "
                   "valid_to_ms >= ?");
    rows.bind(now_ms).bind(now_ms);
    VoucherTerms out;
    while (true) {
        const bool row = TRY(rows.step());
        if (!row) return out;
        const ByteView categories = rows.blob(0);
        out.any_category |= categories.empty();
        for (std::size_t i = 0; i + 1 < categories.size(); i += 2)
            out.categories.push_back(
                static_cast<u16>(categories[i] | static_cast<u16>(categories[i + 1] << 8)));
    }
}

}  // namespace jangbu::api
