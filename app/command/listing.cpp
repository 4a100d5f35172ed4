#include "client/listing.h"

#include "app/command/commands.h"
#include "app/command/record_json.h"
#include "client/dataset.h"
#include "client/json_fields.h"
#include "client/plain_text.h"
#include "crypto/unicode.h"
#include "market/settlement.h"

namespace jangbu::app {
namespace {

constexpr std::string_view languages[] = {"ko", "en"};

// "en=Spindle log", or plain text for Korean.
std::pair<std::string, std::string> by_language(const std::string& text) {
    for (const std::string_view language : languages)
        if (text.starts_with(std::string(language) + "="))
            return {std::string(language), text.substr(language.size() + 1)};
    return {"ko", text};
}

// Words that the catalogue counts (docs/formats.md section 9), at most 8 of a kind.
Result<std::vector<std::string>> read_facet(const char* option,
                                            const std::vector<std::string>& texts) {
    std::vector<std::string> out;
    for (const std::string& text : texts) {
        const std::string value = crypto::composed(text).value_or("");
        if (value.empty() || value.size() > 64 || value.find(',') != std::string::npos ||
            value.front() == ' ' || value.back() == ' ')
            return fail(ErrorCode::usage,
                        std::string(option) + " takes UTF-8 text of 1 to 64 bytes without a comma");
        out.push_back(value);
    }
    if (out.size() > 8)
        return fail(ErrorCode::usage, std::string(option) + " may be given 8 times");
    return out;
}

Result<client::Description> read_description(const ListingPublish& options) {
    client::Description description;
    for (const auto* texts : {&options.titles, &options.summaries, &options.keywords})
        for (const std::string& text : *texts)
            if (!is_utf8(as_bytes(text)))
                return fail(ErrorCode::usage, "titles, summaries and keywords are UTF-8 text");
    if (options.titles.empty()) return fail(ErrorCode::usage, "a listing needs a --title");
    for (const std::string& text : options.titles) {
        const auto [language, words] = by_language(text);
        if (words.empty()) return fail(ErrorCode::usage, "a title is empty");
        description.title[language] = words;
    }
    for (const std::string& text : options.summaries) {
        const auto [language, words] = by_language(text);
        description.summary[language] = words;
    }
    for (const std::string& text : options.keywords) {
        const auto [language, words] = by_language(text);
        description.keywords[language].push_back(words);
    }
    description.process = TRY(read_facet("--process", options.process));
    description.equipment = TRY(read_facet("--equipment", options.equipment));
    description.industry = TRY(read_facet("--industry", options.industry));
    if (!options.format.empty())
        description.format = TRY(read_facet("--format", {options.format})).front();
    return description;
}

Result<u8> read_tax_rule(const std::string& text) {
    if (text == "exempt") return u8{market::tax_exempt};
    if (text == "standard") return u8{market::tax_standard};
    if (text == "zero") return u8{market::tax_zero_rate};
    return fail(ErrorCode::usage, "a tax rule is standard, exempt or zero");
}

Result<market::Licence> read_licence(const ListingPublish& options) {
    struct Bit {
        std::string_view name;
        u16 bit;
    };
    static constexpr Bit bits[] = {{"use", market::licence_use},
                                   {"derive", market::licence_derive},
                                   {"distribute", market::licence_distribute},
                                   {"resell", market::licence_resell},
                                   {"commercial", market::licence_commercial},
                                   {"train", market::licence_train}};
    market::Licence licence;
    for (const std::string& name : options.licence) {
        const Bit* found = nullptr;
        for (const Bit& bit : bits)
            if (bit.name == name) found = &bit;
        if (!found)
            return fail(ErrorCode::usage,
                        "a licence has use, derive, distribute, resell, "
                        "commercial or train, not " +
                            name);
        licence.bits = static_cast<u16>(licence.bits | found->bit);
    }
    if (options.licence_until)
        licence.expires_ms = TRY(client::read_time(*options.licence_until, client::now_ms()));
    licence.attribution = options.attribution ? 1 : 0;
    return licence;
}

Result<u64> read_window(const Said& text) {
    if (!text) return 0;
    return client::read_duration(*text);
}

Result<client::PublishRequest> read_request(const ListingPublish& options) {
    client::PublishRequest request;
    request.dataset = TRY(read_id<client::DatasetId>(options.dataset, "DATASET"));
    if (options.kind == "algorithm")
        request.kind = market::ListingKind::algorithm;
    else if (options.kind != "dataset")
        return fail(ErrorCode::usage, "a kind is dataset or algorithm");
    if (options.price)
        request.pricing = market::FixedPrice{TRY(client::read_amount(*options.price)),
                                             TRY(read_tax_rule(options.tax))};
    else
        request.pricing = market::FreePrice{};
    request.licence = TRY(read_licence(options));
    if (options.licence_until && options.licence_until->starts_with('+'))
        request.licence_until = *options.licence_until;
    request.category = options.category;
    request.lock_min_ms = TRY(read_window(options.lock_min));
    request.dispute_min_ms = TRY(read_window(options.dispute_min));
    request.sample = options.sample;
    request.description = TRY(read_description(options));
    return request;
}

}  // namespace

Result<Answer> listing_publish(const Globals& globals, const ListingPublish& options) {
    const client::PublishRequest request = TRY(read_request(options));
    client::Session session = TRY(globals.connect_signer());
    const market::Dataset dataset = TRY(client::proven_dataset(session, request.dataset));
    const client::Published published = TRY(client::publish_listing(session, request));
    Json json{{"schema", "jangbu-listing-published/1"},
              {"id", published.id.hex()},
              {"dataset", options.dataset},
              {"txid", published.txid.hex()},
              {"height", std::to_string(published.height)},
              {"repeated", published.repeated},
              {"simulated", dataset.origin == market::Origin::simulated}};
    return Answer{json, simulated_note(dataset.origin) + "Listing " + published.id.hex() +
                            (published.repeated ? " was published by an earlier run.\n"
                                                : " is published.\n")};
}

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

}  // namespace jangbu::app
