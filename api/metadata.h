// What other catalogues and tools read of a dataset: DCAT 3, Croissant 1.1, CSVW, PROV-JSON,
// ODRL 2.2 (docs/metadata.md: what each says, and what it cannot).
//
// Chosen by ?format=, else by the Accept header; without either the answer is the record. All of it
// follows from committed state and the public documents that are still kept, and is this node's
// word: what is proven are the records behind it. Threads: pure functions over a source. Errors:
// malformed (an unknown format).
#pragma once

#include "api/http.h"
#include "api/json_records.h"
#include "api/read_index.h"
#include "ledger/chain.h"

namespace jangbu::api {

enum class MetadataFormat { record, dcat, croissant, csvw, prov, odrl };
Result<MetadataFormat> metadata_format(const Request& request);

struct MetadataSource {
    market::Dataset dataset;
    ledger::ChainId chain_id;
    std::string ledger_name;
    std::string base_url;                    // of this node, as the reader wrote it; "" = unknown
    std::optional<market::Listing> listing;  // an open one of this dataset
    std::vector<market::Parent> parents;
    // Texts of public documents, or null: title, summary, keywords by language; dictionary and
    // profile.
    Json description;
    Json dictionary;
    Json profile;
    Json lineage;
};
Result<MetadataSource> metadata_source(const ledger::Chain& chain, const ReadIndex& index,
                                       const ledger::Snapshot& at, const market::Dataset& dataset,
                                       const Request& request);
Response metadata_response(const MetadataSource& source, MetadataFormat format);

Json dcat(const MetadataSource& source);
Json croissant(const MetadataSource& source);
Json csvw(const MetadataSource& source);
Json prov(const MetadataSource& source);
Json odrl(const MetadataSource& source);

// Shared by the formats.
std::string urn(std::string_view kind, ByteView id);
std::string utc_time(u64 ms);
// One text of the description in the best language, or the fallback.
std::string plain_words(const MetadataSource& source, const char* name,
                        const std::string& fallback);
std::string origin_sentence(const market::Dataset& dataset);
std::string member_name(const ledger::OrgId& org);
// A text of an object, or "".
std::string text_member(const Json& object, const char* name);
// The policy of the listing, or of the dataset's ceiling; null where nothing is offered.
Json policy(const MetadataSource& source);
// Columns: name, meaning, type, unit, min, max; from the dictionary, else from the profile.
std::vector<Json> columns_of(const MetadataSource& source);

}  // namespace jangbu::api
