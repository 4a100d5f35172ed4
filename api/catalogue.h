// Catalogue: the open listings in memory, made for one question: which of them match these words
// and these facets, in this order, and how many there are of each value.
//
// Words are found through an inverted list of the tokens of api/search_text.h; facets are columns
// of small numbers. One pass over what the words leave counts everything, so the cost follows the
// number of matches and nothing is cached. It is a function of the set of listings put in, never of
// their order. A rank depends on the listing and the query alone (no corpus statistics): new
// listings never change the order of old ones, and a page goes on where the last one ended.
// Threads: none of its own; the owner (ReadIndex) locks. Memory: about 1 KB a listing.
#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "api/facets.h"
#include "api/page.h"

namespace jangbu::api {

// One open listing, as the read index holds it.
struct CatalogueEntry {
    market::ListingId id;
    ledger::OrgId seller;
    u64 height = 0;        // published
    u64 published_ms = 0;  // block time of that height
    u16 category = 0;
    std::optional<u64> byte_len;
    std::optional<u64> supply;
    std::string title;
    std::string summary;
    // Tokens of the title and of all else, parted by spaces.
    std::string title_tokens;
    std::string body_tokens;
    // Of the facets that are stored; voucher and updated are not.
    std::vector<std::pair<Facet, std::string>> values;
    bool fixed_price = false;  // a price that a voucher can be held against
};

// Listings that a voucher of some open programme could pay in part, as of one time.
struct VoucherTerms {
    bool any_category = false;
    std::vector<u16> categories;
};

enum class SortOrder : u8 { relevance, newest, price_low, price_high, size_small, size_large };

struct ListingQuery {
    std::string text;  // "" = all
    std::optional<ledger::OrgId> seller;
    // Values of one facet are alternatives; the rights of a licence must all be there.
    std::array<std::vector<std::string>, facet_count> wanted;
    SortOrder order = SortOrder::relevance;
    std::size_t limit = 20;
    std::optional<Position> after;
    bool count_facets = false;
    u64 now_ms = 0;  // for voucher and updated
};
struct ListingHit {
    market::ListingId id;
    std::string title;
    std::string summary;
};
struct FacetCount {
    std::string value;
    u64 count = 0;
};
struct ListingPage {
    std::vector<ListingHit> items;
    std::optional<Position> next;
    u64 total = 0;  // of all pages
    // When asked for: how many listings each value would leave, the other facets as they are. At
    // most 50 values a facet, the most frequent first.
    std::array<std::vector<FacetCount>, facet_count> facets;
};

class Catalogue {
public:
    static constexpr std::size_t facet_counts_max = 50;

    void clear();
    // Replaces what stands under this id.
    void put(const CatalogueEntry& entry);
    void remove(const market::ListingId& id);
    std::size_t size() const { return by_id_.size(); }

    ListingPage search(const ListingQuery& query, const VoucherTerms& vouchers) const;

private:
    struct Mark {
        Facet facet;
        u32 value;
    };
    struct Entry {
        market::ListingId id;
        ledger::OrgId seller;
        u64 height = 0;
        u64 published_ms = 0;
        u64 supply = 0;
        u64 byte_len = 0;
        u16 category = 0;
        bool live = true;
        bool has_price = false;
        bool fixed_price = false;
        u32 marks_from = 0;
        u32 marks_to = 0;
        std::string compact_title;  // folded, without what is no word
        std::string title;
        std::string summary;
    };
    struct Posting {
        u32 entry;
        bool in_title;
    };
    class Pass;

    u32 value_number(Facet facet, const std::string& value);
    void add_tokens(std::string_view tokens, u32 number, bool in_title);
    void compact();
    const std::vector<Posting>* postings(const std::string& token) const;
    std::vector<std::pair<u32, u64>> matches(const std::string& text) const;

    std::vector<Entry> entries_;
    std::vector<Mark> marks_;
    std::map<market::ListingId, u32> by_id_;
    std::unordered_map<std::string, u32> tokens_;
    std::vector<std::vector<Posting>> postings_;
    std::array<std::unordered_map<std::string, u32>, facet_count> value_numbers_;
    std::array<std::vector<std::string>, facet_count> value_names_;
};

}  // namespace jangbu::api
