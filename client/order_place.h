// The buyer's first step: what an order would cost, and placing it.
//
// Tax, bond and the voucher's part are computed here from listing and parameters and shown before
// anything is signed; the ledger judges them again. Threads: one. Errors: usage, conflict,
// rejected, verification_failed.
#pragma once

#include "client/listing.h"

namespace jangbu::client {

struct PlaceRequest {
    ListingId listing;
    std::optional<VoucherId> voucher;
    std::optional<u64> voucher_amount;  // nothing: as much as the programme allows
};

struct PlacePlan {
    market::Listing listing;  // proven
    market::Dataset dataset;  // proven
    std::string title;
    u64 supply = 0;
    u64 tax = 0;
    u64 own = 0;
    u64 voucher = 0;
    std::optional<VoucherId> voucher_id;
    u64 seller_bond = 0;
    u64 accept_ms = 0;
    u64 lock_ms = 0;
    u64 key_ms = 0;
    u64 dispute_ms = 0;
    KeyId prekey_id;
    crypto::ExchangeKey prekey;  // of the seller, proven
};
Result<PlacePlan> plan_order(Session& session, const PlaceRequest& request);

struct Placed {
    OrderId order;
    market::PlaceOrder operation;
    TxId txid;
    u64 height = 0;
    bool repeated = false;
};
// Continues an order of this listing that was begun, whatever the plan would be now. Nothing: none
// was begun.
Result<std::optional<Placed>> continue_order(Session& session, const ListingId& listing);
Result<Placed> place_order(Session& session, const PlacePlan& plan);
// Lets a listing be ordered once more.
Status forget_order(Session& session, const ListingId& listing);

// t of an own order, with its point: the buyer's half of the key.
Result<crypto::Scalar> buyer_mask(Session& session, const OrderId& order,
                                  const crypto::ExchangeKey& seller_prekey);
// The seller's prekey, proven, and really the one of that id.
Result<crypto::ExchangeKey> proven_prekey(Session& session, const KeyId& id, const OrgId& seller);

}  // namespace jangbu::client
