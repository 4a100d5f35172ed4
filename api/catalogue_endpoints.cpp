// The catalogue over HTTP: words, facets, an order, a page.
#include <algorithm>

#include "api/answers.h"
#include "api/service.h"
#include "market/state_keys.h"

namespace jangbu::api {
namespace {

constexpr std::size_t text_bytes_max = 200;
constexpr std::size_t wanted_values_max = 16;  // of one facet

// "a,b": each a value that this facet can have.
Result<std::vector<std::string>> read_values(Facet facet, const std::string& text) {
    const std::string name(facet_names[static_cast<std::size_t>(facet)]);
    const auto known = facet_values(facet);
    std::vector<std::string> out;
    for (std::size_t from = 0; from <= text.size();) {
        const std::size_t end = std::min(text.find(',', from), text.size());
        const auto value = facet_value(std::string_view(text).substr(from, end - from));
        from = end + 1;
        if (!value) return fail(ErrorCode::malformed, name + " takes values parted by commas");
        if (!known.empty() && std::ranges::find(known, *value) == known.end())
            return fail(ErrorCode::malformed, name + " has no value " + *value);
        if (std::ranges::find(out, *value) == out.end()) out.push_back(*value);
    }
    if (out.size() > wanted_values_max)
        return fail(ErrorCode::malformed, name + " takes at most 16 values");
    return out;
}

Result<SortOrder> read_order(const Request& request, bool has_words) {
    constexpr std::array<std::pair<std::string_view, SortOrder>, 6> orders{
        {{"relevance", SortOrder::relevance},
         {"newest", SortOrder::newest},
         {"price_low", SortOrder::price_low},
         {"price_high", SortOrder::price_high},
         {"size_small", SortOrder::size_small},
         {"size_large", SortOrder::size_large}}};
    if (!request.query.contains("sort"))
        return has_words ? SortOrder::relevance : SortOrder::newest;
    const std::string text = request.parameter("sort");
    for (const auto& [name, order] : orders)
        if (name == text) return order;
    return fail(ErrorCode::malformed,
                "sort is relevance, newest, price_low, price_high, size_small or size_large");
}

Result<ListingQuery> read_listing_query(const Request& request, const PageRequest& page) {
    ListingQuery query;
    query.text = request.parameter("q");
    if (query.text.size() > text_bytes_max)
        return fail(ErrorCode::malformed, "q is at most 200 bytes");
    if (request.query.contains("seller"))
        query.seller = TRY(read_id<ledger::OrgId>(request.parameter("seller"), "seller"));
    for (std::size_t f = 0; f < facet_count; ++f) {
        const std::string name(facet_names[f]);
        if (!request.query.contains(name)) continue;
        query.wanted[f] = TRY(read_values(static_cast<Facet>(f), request.parameter(name)));
    }
    query.order = TRY(read_order(request, !query.text.empty()));
    query.count_facets = TRY(read_number_or(request, "facets", 0, 0, 1)) == 1;
    query.limit = page.limit;
    query.after = page.after;
    return query;
}

Json facets_json(const ListingPage& page) {
    Json out = Json::object();
    for (std::size_t f = 0; f < facet_count; ++f) {
        Json values = Json::array();
        for (const FacetCount& one : page.facets[f])
            values.push_back({{"value", one.value}, {"count", std::to_string(one.count)}});
        out[std::string(facet_names[f])] = std::move(values);
    }
    return out;
}

}  // namespace

Response Service::get_listings(const Request& request) {
    const ledger::SnapshotPtr at = node_.head();
    const PageRequest wanted = TRY_HTTP(page_request(request, {}));
    ListingQuery query = TRY_HTTP(read_listing_query(request, wanted));
    query.now_ms = at->header.time_ms;
    const ListingPage page = TRY_HTTP(index_.listings(query));
    Json items = Json::array();
    for (const ListingHit& hit : page.items) {
        const auto record = market::find_listing(at->state, hit.id);
        if (!record) continue;
        Json item = record_json("jangbu/listing/1", *record, *at);
        item["title"] = hit.title;
        item["summary"] = hit.summary;
        item["origin"] = Json();
        if (record->dataset)
            if (const auto dataset = market::find_dataset(at->state, *record->dataset))
                item["origin"] = static_cast<int>(dataset->origin);
        items.push_back(std::move(item));
    }
    return json_response({{"schema", "jangbu/listings/1"},
                          {"items", std::move(items)},
                          {"next", next_of(page.next, wanted)},
                          {"total", std::to_string(page.total)},
                          {"facets", query.count_facets ? facets_json(page) : Json()}});
}

}  // namespace jangbu::api
