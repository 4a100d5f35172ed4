// Listings: offer a registered dataset, and read offers.
//
// Threads: one. Errors: usage, rejected, verification_failed, not_found.
#pragma once

#include <map>

#include "client/description.h"
#include "client/outbox.h"

namespace jangbu::client {

struct PublishRequest {
    DatasetId dataset;
    market::ListingKind kind = market::ListingKind::dataset;
    market::Pricing pricing;
    market::Licence licence;
    u16 category = 0;
    u64 lock_min_ms = 0;
    u64 dispute_min_ms = 0;
    bool sample = false;  // announces one
    Description description;
    std::string
        licence_until;  // as typed, when relative to now: names the act in place of the date
};
struct Published {
    ListingId id;
    TxId txid;
    u64 height = 0;
    bool repeated = false;
    std::optional<TransactionFile> to_sign = {};  // made only, for another home to sign
};
// The same offer of the same dataset is published once however often this runs.
Result<Published> publish_listing(Session& session, const PublishRequest& request);

// The version in force, proven.
Result<market::Listing> proven_listing(Session& session, const ListingId& id);

// The text of its description, as it was signed; "" where the document is no longer kept.
Result<std::string> description_of(Session& session, const market::Listing& listing);

// What a listing asks for, before tax. Errors: usage (a price by quote or period is of a later
// stage).
struct Price {
    u64 supply = 0;
    u8 tax_rule = 0;
};
Result<Price> price_of(const market::Listing& listing);

}  // namespace jangbu::client
