// DCAT 3 as JSON-LD: the description that open data catalogues harvest.
#include "api/metadata.h"

namespace jangbu::api {
namespace {

Json typed(const char* type, const std::string& value) {
    return {{"@type", type}, {"@value", value}};
}

// [{"@language", "@value"}] of a text that the description has by language.
Json language_values(const MetadataSource& source, const char* name, const std::string& fallback) {
    Json out = Json::array();
    if (source.description.is_object() && source.description.contains(name)) {
        const Json& by_language = source.description.at(name);
        for (const auto& [language, text] : by_language.items()) {
            if (text.is_string()) out.push_back({{"@language", language}, {"@value", text}});
            if (!text.is_array()) continue;
            for (const Json& one : text)
                if (one.is_string()) out.push_back({{"@language", language}, {"@value", one}});
        }
    }
    if (out.empty() && !fallback.empty())
        out.push_back({{"@language", "en"}, {"@value", fallback}});
    return out;
}

// The root is over salted chunks: a name of our own keeps it from being taken for a plain digest.
Json checksum(const market::Dataset& dataset) {
    return {{"@type", "spdx:Checksum"},
            {"spdx:algorithm", {{"@id", "urn:jangbu:algorithm:dataset-root-v1"}}},
            {"spdx:checksumValue", to_hex(dataset.data_root)}};
}

Json distribution(const MetadataSource& source) {
    const market::Dataset& dataset = source.dataset;
    const std::string at = source.listing ? "/v1/listings/" + source.listing->id.hex()
                                          : "/v1/datasets/" + dataset.id.hex();
    Json out{{"@type", "dcat:Distribution"},
             {"dct:title", "Encrypted delivery over the exchange"},
             {"dcat:accessURL", {{"@id", source.base_url + at}}},
             {"dcat:byteSize", typed("xsd:nonNegativeInteger", std::to_string(dataset.byte_len))},
             {"spdx:checksum", checksum(dataset)}};
    if (!columns_of(source).empty())
        out["dcat:mediaType"] = {{"@id", "https://www.iana.org/assignments/media-types/text/csv"}};
    if (const Json offered = policy(source); !offered.is_null()) out["odrl:hasPolicy"] = offered;
    return out;
}

}  // namespace

Json dcat(const MetadataSource& source) {
    const market::Dataset& dataset = source.dataset;
    const std::string short_name = "Dataset " + dataset.id.hex().substr(0, 16);
    Json out{{"@context",
              {{"dcat", "http://www.w3.org/ns/dcat#"},
               {"dct", "http://purl.org/dc/terms/"},
               {"foaf", "http://xmlns.com/foaf/0.1/"},
               {"rdfs", "http://www.w3.org/2000/01/rdf-schema#"},
               {"odrl", "http://www.w3.org/ns/odrl/2/"},
               {"prov", "http://www.w3.org/ns/prov#"},
               {"adms", "http://www.w3.org/ns/adms#"},
               {"spdx", "http://spdx.org/rdf/terms#"},
               {"xsd", "http://www.w3.org/2001/XMLSchema#"}}},
             {"@id", urn("dataset", dataset.id.view())},
             {"@type", "dcat:Dataset"},
             {"dct:identifier", dataset.id.hex()},
             {"dct:title", language_values(source, "title", short_name)},
             {"dct:description", language_values(source, "summary", origin_sentence(dataset))},
             {"dct:issued", typed("xsd:dateTime", utc_time(dataset.registered_ms))},
             {"dct:publisher",
              {{"@id", urn("org", dataset.registrant.view())},
               {"@type", "foaf:Agent"},
               {"foaf:name", member_name(dataset.registrant)}}},
             {"dct:provenance",
              {{"@type", "dct:ProvenanceStatement"}, {"rdfs:label", origin_sentence(dataset)}}},
             {"dct:isPartOf",
              {{"@id", urn("ledger", source.chain_id.view())}, {"dct:title", source.ledger_name}}},
             {"dcat:distribution", Json::array({distribution(source)})}};
    if (const Json keywords = language_values(source, "keywords", ""); !keywords.empty())
        out["dcat:keyword"] = keywords;
    if (dataset.previous)
        out["dcat:previousVersion"] = {{"@id", urn("dataset", ByteView(dataset.previous->bytes))}};
    for (const market::Parent& parent : source.parents)
        out["prov:wasDerivedFrom"].push_back({{"@id", urn("dataset", parent.dataset.view())}});
    if (source.listing && source.listing->sample == 1)
        out["adms:sample"] = {
            {"@type", "dcat:Distribution"},
            {"dcat:accessURL", {{"@id", source.base_url + "/v1/samples/" + dataset.id.hex()}}}};
    return out;
}

}  // namespace jangbu::api
