#include "market/types.h"

#include "crypto/secrets.h"

namespace jangbu::market {
namespace {

template <class Id>
Id created(std::string_view kind, const ChainId& chain, const OrgId& org, const Nonce& nonce) {
    return Id(ledger::created_id(kind, chain, org, nonce));
}

}  // namespace

DatasetId dataset_id(const OrgId& registrant, const Hash& data_root) {
    static const crypto::Tag tag("jangbu/dataset/v1");
    return DatasetId(tag({registrant.view(), data_root}));
}

FamilyId family_id(std::string_view name) {
    static const crypto::Tag tag("jangbu/family/v1");
    return FamilyId(tag(as_bytes(name)));
}

ListingId listing_id(const ChainId& chain, const OrgId& seller, const Nonce& nonce) {
    return created<ListingId>("listing", chain, seller, nonce);
}
OrderId order_id(const ChainId& chain, const OrgId& buyer, const Nonce& nonce) {
    return created<OrderId>("order", chain, buyer, nonce);
}
ProgrammeId programme_id(const ChainId& chain, const OrgId& owner, const Nonce& nonce) {
    return created<ProgrammeId>("programme", chain, owner, nonce);
}
VoucherId voucher_id(const ChainId& chain, const OrgId& issuer, const Nonce& nonce) {
    return created<VoucherId>("voucher", chain, issuer, nonce);
}

Hash licence_hash(const Licence& licence) {
    static const crypto::Tag tag("jangbu/licence/v1");
    return tag(bcs::encode(licence));
}

Hash quote_hash(const Quote& quote) {
    static const crypto::Tag tag("jangbu/quote/v1");
    return tag(bcs::encode(quote));
}

Hash ticket_hash(const Ticket& ticket) {
    static const crypto::Tag tag("jangbu/ticket/v1");
    return tag(bcs::encode(ticket));
}
SignedTicket sign(const Ticket& ticket, const crypto::SigningKey& key) {
    return {ticket, key.public_key(), key.sign(crypto::domain::ticket, ticket_hash(ticket))};
}

Hash read_pass_hash(const ReadPass& pass) {
    static const crypto::Tag tag("jangbu/readpass/v1");
    return tag(bcs::encode(pass));
}
SignedReadPass sign(const ReadPass& pass, const crypto::SigningKey& key) {
    return {pass, key.public_key(), key.sign(crypto::domain::ticket, read_pass_hash(pass))};
}

Hash promise_hash(const Promise& promise) {
    static const crypto::Tag tag("jangbu/promise/v1");
    return tag(bcs::encode(promise));
}

}  // namespace jangbu::market
