// ODRL 2.2: the licence bits of an open listing as an offer.
#include "api/metadata.h"

namespace jangbu::api {
namespace {

struct BitAction {
    u16 bit;
    const char* action;
};
// docs/formats.md section 9. "resell" and "train" have no word of their own that means only that,
// so they are terms of Jangbu's.
constexpr BitAction actions[] = {{1, "odrl:use"},          {2, "odrl:derive"},
                                 {4, "odrl:distribute"},   {8, "odrl:sell"},
                                 {16, "cc:CommercialUse"}, {32, "urn:jangbu:action:train"}};

Json price_duty(const market::Listing& listing) {
    const auto* fixed = std::get_if<market::FixedPrice>(&listing.pricing);
    if (!fixed) return {};
    return {{"odrl:action", {{"@id", "odrl:compensate"}}},
            {"odrl:constraint",
             {{"odrl:leftOperand", {{"@id", "odrl:payAmount"}}},
              {"odrl:operator", {{"@id", "odrl:eq"}}},
              {"odrl:rightOperand",
               {{"@type", "xsd:decimal"}, {"@value", std::to_string(fixed->supply)}}},
              {"odrl:unit", {{"@id", "http://cvx.iptc.org/iso4217a/KRW"}}}}}};
}

}  // namespace

Json policy(const MetadataSource& source) {
    if (!source.listing) return {};
    const market::Listing& listing = *source.listing;
    const market::Licence& licence = listing.licence;
    const Json target{{"@id", urn("dataset", source.dataset.id.view())}};
    Json out{
        {"@id", urn("offer", listing.id.view()) + ":" + std::to_string(listing.listing_version)},
        {"@type", "odrl:Offer"},
        {"odrl:assigner", {{"@id", urn("org", listing.seller.view())}}},
        {"odrl:permission", Json::array()},
        {"odrl:prohibition", Json::array()}};
    for (const BitAction& known : actions) {
        const bool allowed = (licence.bits & known.bit) != 0;
        Json rule{{"odrl:target", target}, {"odrl:action", {{"@id", known.action}}}};
        if (allowed && licence.expires_ms)
            rule["odrl:constraint"] = {
                {"odrl:leftOperand", {{"@id", "odrl:dateTime"}}},
                {"odrl:operator", {{"@id", "odrl:lteq"}}},
                {"odrl:rightOperand",
                 {{"@type", "xsd:dateTime"}, {"@value", utc_time(*licence.expires_ms)}}}};
        if (allowed) {
            Json duties = Json::array();
            if (const Json price = price_duty(listing); !price.is_null()) duties.push_back(price);
            if (licence.attribution != 0)
                duties.push_back({{"odrl:action", {{"@id", "cc:Attribution"}}}});
            if (!duties.empty()) rule["odrl:duty"] = duties;
        }
        out[allowed ? "odrl:permission" : "odrl:prohibition"].push_back(rule);
    }
    if (out["odrl:prohibition"].empty()) out.erase("odrl:prohibition");
    return out;
}

Json odrl(const MetadataSource& source) {
    Json out = policy(source);
    if (out.is_null()) return out;
    out["@context"] = {{"odrl", "http://www.w3.org/ns/odrl/2/"},
                       {"cc", "http://creativecommons.org/ns#"},
                       {"xsd", "http://www.w3.org/2001/XMLSchema#"}};
    out["odrl:profile"] = {{"@id", "urn:jangbu:odrl-profile:v1"}};
    // What the offer is about, by its registered root.
    out["urn:jangbu:term:dataRoot"] = to_hex(source.dataset.data_root);
    return out;
}

}  // namespace jangbu::api
