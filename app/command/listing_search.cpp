#include "client/listing.h"

#include "app/command/commands.h"
#include "app/command/record_json.h"
#include "client/json_fields.h"
#include "client/plain_text.h"

namespace jangbu::app {
namespace {

struct ListingSearch {
    std::string text;
    Said seller;
    std::map<std::string, std::string> facets;  // name -> values parted by commas
    std::string sort;
    bool count = false;  // what each value of each facet would leave
    u32 limit = 20;
    std::string cursor;
};

Result<Answer> listing_show(const Globals& globals, const std::string& listing) {
    const auto id = TRY(read_id<client::ListingId>(listing, "LISTING"));
    client::Session session = TRY(globals.connect());
    const market::Listing record = TRY(client::proven_listing(session, id));
    const std::string description = TRY(client::description_of(session, record));
    Json json = to_json(record);
    json["schema"] = "jangbu-listing/1";
    json["description"] = Json();
    if (client::parse_json(as_bytes(description), "description"))
        json["description"] = Json::parse(description, nullptr, false);
    std::string text = text_of(record);
    if (record.dataset) {
        const market::Dataset dataset = TRY(client::proven_dataset(session, *record.dataset));
        json["dataset_record"] = to_json(dataset);
        text += text_of(dataset);
    }
    if (!description.empty()) text += description + "\n";
    return Answer{json, text};
}

Result<Answer> listing_search(const Globals& globals, const ListingSearch& options) {
    client::SearchQuery query;
    query.text = options.text;
    query.limit = options.limit;
    query.cursor = options.cursor;
    query.facets.assign(options.facets.begin(), options.facets.end());
    query.sort = options.sort;
    query.count_facets = options.count;
    if (options.seller) query.seller = TRY(read_id<client::OrgId>(*options.seller, "--seller"));
    client::Session session = TRY(globals.connect());
    const auto page = TRY(session.node().search(query));
    Json items = Json::array();
    std::string text;
    for (const client::ListingHit& hit : page.items) {
        Json item = to_json(hit.record);
        const auto origin = static_cast<market::Origin>(hit.origin);
        item["title"] = hit.title;
        item["summary"] = hit.summary;
        item["simulated"] = origin == market::Origin::simulated;
        items.push_back(item);
        text += hit.record.id.hex() + "\n  " + hit.title +
                (origin == market::Origin::simulated ? " [SIMULATED]" : "") + ", " +
                price_text(hit.record) + "\n" +
                (hit.summary.empty() ? "" : "  " + hit.summary + "\n");
    }
    if (text.empty()) text = "Nothing found.\n";
    Json facets;
    for (const client::FacetAnswer& facet : page.facets) {
        text += facet.name + ":";
        facets[facet.name] = Json::array();
        for (const auto& [value, count] : facet.counts) {
            text += " " + value + " (" + std::to_string(count) + ")";
            facets[facet.name].push_back({{"value", value}, {"count", std::to_string(count)}});
        }
        text += "\n";
    }
    if (!page.next.empty())
        text += std::to_string(page.total) + " in all. More: --cursor " + page.next + "\n";
    return Answer{{{"schema", "jangbu-listings/1"},
                   {"items", items},
                   {"total", std::to_string(page.total)},
                   {"facets", facets},
                   {"next", page.next.empty() ? Json() : Json(page.next)}},
                  text};
}

}  // namespace

void declare_offers(Line& line, CLI::App* listing) {
    const auto question = std::make_shared<ListingSearch>();
    const auto id = std::make_shared<std::string>();
    CLI::App* show = line.command(listing, "show", "one offer", [=](const Globals& globals) {
        return listing_show(globals, *id);
    });
    show->add_option("LISTING", *id)->required();
    CLI::App* search = line.command(
        listing, "search", "find offers by Korean or other words",
        [=](const Globals& globals) { return listing_search(globals, *question); },
        "jangbu listing search 밀링");
    search->add_option("TEXT", question->text);
    search->add_option("--seller", question->seller);
    for (const char* facet : {"process", "equipment", "industry", "format", "category", "size",
                              "price", "licence", "origin", "voucher", "updated"})
        search->add_option_function<std::string>(
            std::string("--") + facet,
            [=](const std::string& values) { question->facets[facet] = values; },
            "values parted by commas; --facets shows which there are");
    search->add_option("--sort", question->sort, "default: relevance with TEXT, else newest")
        ->check(CLI::IsMember(
            {"relevance", "newest", "price_low", "price_high", "size_small", "size_large"}));
    search->add_flag("--facets", question->count, "how many listings each value would leave");
    search->add_option("--limit", question->limit)->check(CLI::Range(1, 100));
    search->add_option("--cursor", question->cursor, "continue a list");
}

}  // namespace jangbu::app
