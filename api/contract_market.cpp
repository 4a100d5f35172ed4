// Contracts of what the market answers to readers.
#include "api/contract.h"
#include "api/facets.h"

namespace jangbu::api {
namespace {

const Parameter limit_parameter{"limit", "1..100", "items of a page, 20 if absent"};
const Parameter cursor_parameter{"cursor", "text<=100",
                                 "next of the page before, with the same question"};

std::vector<Parameter> catalogue_parameters() {
    std::vector<Parameter> out{
        {"q", "text<=200", "words that must all be there, at most 200 bytes"},
        {"seller", "hash", "listings of this organisation"},
        {"sort", "relevance|newest|price_low|price_high|size_small|size_large",
         "relevance with q and newest without, if absent"},
        {"facets", "0..1", "1 counts what each facet value would leave"},
        limit_parameter,
        cursor_parameter};
    for (const std::string_view name : facet_names)
        out.push_back({name.data(), "text", "facet: at most 16 values, parted by commas"});
    return out;
}

}  // namespace

std::vector<Contract> market_contracts() {
    return {
        {.method = "GET",
         .path = "/v1/accounts/{org}",
         .summary = "An account, for its own organisation",
         .tier = Tier::pass,
         .answers = {{.type = "Account"}}},
        {.method = "GET",
         .path = "/v1/datasets",
         .summary = "Datasets of a registrant, newest first",
         .freshness = Freshness::asked_again,
         .parameters = {{"registrant", "hash", "the organisation", true},
                        limit_parameter,
                        cursor_parameter},
         .answers = {{.type = "Datasets"}}},
        {.method = "GET",
         .path = "/v1/datasets/{id}",
         .summary = "A dataset: its record, or metadata that others read (docs/metadata.md)",
         .freshness = Freshness::asked_again,
         .parameters = {{"format", "dcat|croissant|csvw|prov|odrl",
                         "instead of the Accept header; without either the record"}},
         .answers = {{200, "application/json", "DatasetOrProv", "the record, or PROV-JSON"},
                     {200, "application/ld+json", "JsonLd", "DCAT, Croissant or ODRL"},
                     {200, "application/csvm+json", "Csvw", "CSVW"}},
         .problems = {404}},
        {.method = "GET",
         .path = "/v1/listings",
         .summary = "The catalogue: words, facets, an order, a page",
         .freshness = Freshness::asked_again,
         .parameters = catalogue_parameters(),
         .answers = {{.type = "Listings"}}},
        {.method = "GET",
         .path = "/v1/listings/{id}",
         .summary = "A listing with its description",
         .freshness = Freshness::asked_again,
         .answers = {{.type = "Listing"}},
         .problems = {404}},
        {.method = "GET",
         .path = "/v1/orders",
         .summary = "Orders of the pass's organisation in one role",
         .tier = Tier::pass,
         .parameters = {{"role", "buyer|seller", "which side", true},
                        limit_parameter,
                        cursor_parameter},
         .answers = {{.type = "Orders"}}},
        {.method = "GET",
         .path = "/v1/orders/{id}",
         .summary = "An order, for its buyer and its seller",
         .tier = Tier::pass,
         .answers = {{.type = "Order"}},
         .problems = {404}},
        {.method = "GET",
         .path = "/v1/programmes/{id}",
         .summary = "A purchase-support programme",
         .freshness = Freshness::asked_again,
         .answers = {{.type = "Programme"}},
         .problems = {404}},
        {.method = "GET",
         .path = "/v1/vouchers",
         .summary = "Vouchers that the pass's organisation holds",
         .tier = Tier::pass,
         .answers = {{.type = "Vouchers"}}},
        {.method = "GET",
         .path = "/v1/vouchers/{id}",
         .summary = "A voucher, for its holder and the programme's owner",
         .tier = Tier::pass,
         .answers = {{.type = "Voucher"}},
         .problems = {404}},
        {.method = "GET",
         .path = "/v1/attestations/{org}/{family}",
         .summary = "The class of a company in a family of programmes",
         .freshness = Freshness::asked_again,
         .answers = {{.type = "Attestation"}},
         .problems = {404}},
    };
}

}  // namespace jangbu::api
