// Which format is asked for, and what all of them are made from.
#include "api/metadata.h"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "api/answers.h"
#include "api/description.h"
#include "market/state_keys.h"

namespace jangbu::api {
namespace {

constexpr std::size_t listings_looked_at = 100;
constexpr int depth_max = 16;

struct FormatName {
    MetadataFormat format;
    const char* name;
    const char* media_type;
};
constexpr FormatName formats[] = {
    {MetadataFormat::dcat, "dcat", "application/ld+json; profile=\"http://www.w3.org/ns/dcat#\""},
    {MetadataFormat::croissant, "croissant",
     "application/ld+json; profile=\"http://mlcommons.org/croissant/1.1\""},
    {MetadataFormat::csvw, "csvw", "application/csvm+json"},
    {MetadataFormat::prov, "prov", "application/json; profile=\"http://www.w3.org/ns/prov#\""},
    {MetadataFormat::odrl, "odrl", "application/ld+json; profile=\"http://www.w3.org/ns/odrl/2/\""},
};

// One entry of an Accept header, by its media type and profile.
std::optional<MetadataFormat> of_media_type(std::string_view entry) {
    const std::string_view type = entry.substr(0, entry.find_first_of("; \t"));
    const bool is_json = type == "application/json";
    if (type == "application/csvm+json") return MetadataFormat::csvw;
    if (type == "application/ld+json") {
        if (entry.contains("croissant")) return MetadataFormat::croissant;
        if (entry.contains("odrl")) return MetadataFormat::odrl;
        return MetadataFormat::dcat;
    }
    if (type == "application/prov+json" || (is_json && entry.contains("ns/prov")))
        return MetadataFormat::prov;
    if (is_json || type == "*/*" || type == "application/*") return MetadataFormat::record;
    return std::nullopt;
}

double quality(std::string_view entry) {
    const std::size_t at = entry.find("q=");
    if (at == std::string_view::npos || entry.substr(0, at).contains('"')) return 1;
    double value = 0;
    const std::string_view text = entry.substr(at + 2);
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

// The best entry wins; of equal ones the first.
MetadataFormat accepted(std::string_view accept) {
    MetadataFormat best = MetadataFormat::record;
    double best_quality = 0;
    while (!accept.empty()) {
        const std::size_t comma = accept.find(',');
        std::string_view entry = accept.substr(0, comma);
        entry.remove_prefix(std::min(entry.find_first_not_of(" \t"), entry.size()));
        if (const auto format = of_media_type(entry); format && quality(entry) > best_quality) {
            best = *format;
            best_quality = quality(entry);
        }
        accept.remove_prefix(comma == std::string_view::npos ? accept.size() : comma + 1);
    }
    return best;
}

// JSON of a document that everybody may read, else null.
Json public_json(const ledger::Chain& chain, const ReadIndex& index,
                 const std::optional<ledger::DocumentRef>& ref) {
    if (!ref) return {};
    const auto readers = index.document_access(ref->hash);
    if (!readers || !readers->is_public) return {};
    const auto document = chain.documents().find(ref->hash);
    if (!document) return {};
    bool too_deep = false;
    const auto bounded = [&](int depth, Json::parse_event_t, Json&) {
        too_deep |= depth > depth_max;
        return !too_deep;
    };
    const auto& bytes = document->bytes;
    Json json = Json::parse(bytes.begin(), bytes.end(), bounded, false);
    return json.is_object() && !too_deep ? json : Json();
}

// Who reads us under which name; only what can stand in a host.
std::string base_url(const Request& request) {
    const std::string host = request.header("host");
    const bool sound = !host.empty() && host.size() <= 255 && std::ranges::all_of(host, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '.' || c == '-' || c == ':' || c == '[' || c == ']';
    });
    if (!sound) return {};
    return (request.is_encrypted ? "https://" : "http://") + host;
}

Result<std::optional<market::Listing>> open_listing(const ReadIndex& index,
                                                    const ledger::Snapshot& at,
                                                    const market::Dataset& dataset) {
    ListingQuery query;
    query.seller = dataset.registrant;
    query.limit = listings_looked_at;
    const auto page = TRY(index.listings(query));
    for (const ListingHit& hit : page.items) {
        auto listing = market::find_listing(at.state, hit.id);
        if (listing && listing->dataset == dataset.id &&
            listing->state == market::ListingState::open)
            return listing;
    }
    return std::optional<market::Listing>();
}

Json member(const Json& object, const char* name) {
    return object.is_object() && object.contains(name) ? object.at(name) : Json();
}

}  // namespace

Result<MetadataFormat> metadata_format(const Request& request) {
    if (!request.query.contains("format")) return accepted(request.header("accept"));
    const std::string said = request.parameter("format");
    for (const FormatName& known : formats)
        if (said == known.name) return known.format;
    return fail(ErrorCode::malformed, "format is dcat, croissant, csvw, prov or odrl");
}

Result<MetadataSource> metadata_source(const ledger::Chain& chain, const ReadIndex& index,
                                       const ledger::Snapshot& at, const market::Dataset& dataset,
                                       const Request& request) {
    MetadataSource source;
    source.dataset = dataset;
    source.chain_id = at.header.chain_id;
    source.ledger_name = chain.genesis().name;
    source.base_url = base_url(request);
    source.listing = TRY(open_listing(index, at, dataset));
    if (const auto lineage = market::find_lineage(at.state, dataset.id))
        source.parents = lineage->parents;
    source.description = public_json(chain, index, dataset.description);
    if (source.description.is_null() && source.listing)
        source.description = public_json(chain, index, source.listing->description);
    const Json document = public_json(chain, index, dataset.profile);
    source.dictionary = member(document, "dictionary");
    source.profile = member(document, "profile");
    source.lineage = public_json(chain, index, dataset.process);
    return source;
}

Response metadata_response(const MetadataSource& source, MetadataFormat format) {
    Json json;
    if (format == MetadataFormat::dcat) json = dcat(source);
    if (format == MetadataFormat::croissant) json = croissant(source);
    if (format == MetadataFormat::csvw) json = csvw(source);
    if (format == MetadataFormat::prov) json = prov(source);
    if (format == MetadataFormat::odrl) json = odrl(source);
    if (json.is_null())
        return problem(404, "not_found",
                       format == MetadataFormat::csvw
                           ? "this dataset has no public dictionary or profile"
                           : "this dataset has no open listing, so nothing is offered");
    Response response = json_response(json);
    for (const FormatName& known : formats)
        if (known.format == format) response.content_type = known.media_type;
    response.headers.emplace_back("Vary", "Accept");
    return response;
}

std::string urn(std::string_view kind, ByteView id) {
    return "urn:jangbu:" + std::string(kind) + ":" + to_hex(id);
}

std::string utc_time(u64 ms) {
    using namespace std::chrono;
    constexpr u64 year_9999_ms = 253'402'300'799'000;
    const sys_time<milliseconds> time{milliseconds(std::min(ms, year_9999_ms))};
    const sys_days day = floor<days>(time);
    const year_month_day date{day};
    const hh_mm_ss clock{floor<seconds>(time - day)};
    char text[32];
    std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02dZ",
                  static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                  static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()));
    return text;
}

std::string plain_words(const MetadataSource& source, const char* name,
                        const std::string& fallback) {
    const Json by_language = member(source.description, name);
    for (const char* language : {"ko", "en"})
        if (const Json text = member(by_language, language); text.is_string() && !text.empty())
            return text.get<std::string>();
    return fallback;
}

std::string text_member(const Json& object, const char* name) {
    return object.contains(name) && object.at(name).is_string() ? object.at(name).get<std::string>()
                                                                : std::string();
}

std::string origin_sentence(const market::Dataset& dataset) {
    switch (dataset.origin) {
        case market::Origin::simulated:
            return "SIMULATED data: made by a program, not measured.";
        case market::Origin::derived:
            return "Derived data: made from the parents that it names.";
        default:
            return "Collected data, as the registrant states.";
    }
}

std::string member_name(const ledger::OrgId& org) {
    return "Jangbu member " + org.hex().substr(0, 16);
}

std::vector<Json> columns_of(const MetadataSource& source) {
    for (const Json* from : {&source.dictionary, &source.profile}) {
        const Json columns = member(*from, "columns");
        if (!columns.is_array() || columns.empty()) continue;
        std::vector<Json> out;
        for (const Json& column : columns)
            if (member(column, "name").is_string()) out.push_back(column);
        return out;
    }
    return {};
}

}  // namespace jangbu::api
