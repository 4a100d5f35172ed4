#include "client/listing.h"

namespace jangbu::client {
namespace {

// Everything that makes an offer this one and no other, but not its random parts.
std::string publish_label(const PublishRequest& request, const std::string& description) {
    static const crypto::Tag tag("jangbu/client/listing/v1");
    market::PublishListing shape;
    shape.kind = static_cast<u8>(request.kind);
    shape.dataset = request.dataset;
    shape.pricing = request.pricing;
    shape.licence = request.licence;
    shape.category = request.category;
    shape.lock_min_ms = request.lock_min_ms;
    shape.dispute_min_ms = request.dispute_min_ms;
    shape.sample = request.sample ? 1 : 0;
    if (!request.licence_until.empty()) shape.licence.expires_ms = 0;
    const Hash hash =
        tag({bcs::encode(shape), as_bytes(request.licence_until), as_bytes(description)});
    return "listing-" + to_hex(ByteView(hash).first(16));
}

}  // namespace

Result<Published> publish_listing(Session& session, const PublishRequest& request) {
    for (const auto& [language, title] : request.description.title)
        if (title.empty()) return fail(ErrorCode::usage, "the title is empty");
    const std::string label = publish_label(request, description_text(request.description));
    const auto draft = [&]() -> Result<Draft> {
        const ledger::Document document = TRY(description_document(request.description));
        market::PublishListing operation;
        operation.nonce = crypto::random_array<16>();
        operation.kind = static_cast<u8>(request.kind);
        operation.dataset = request.dataset;
        operation.pricing = request.pricing;
        operation.licence = request.licence;
        operation.mode = 1;
        operation.category = request.category;
        operation.lock_min_ms = request.lock_min_ms;
        operation.dispute_min_ms = request.dispute_min_ms;
        operation.sample = request.sample ? 1 : 0;
        operation.description = ledger::document_ref(document, ledger::DocumentClass::public_);
        return Draft{operation, {document}};
    };
    const Posted posted = TRY(post(session, label, draft));
    const auto& operation = std::get<market::PublishListing>(posted.operation);
    return Published{market::listing_id(session.chain_id(), session.org(), operation.nonce),
                     posted.id, posted.height, posted.repeated, posted.to_sign};
}

Result<market::Listing> proven_listing(Session& session, const ListingId& id) {
    const auto head =
        TRY(session.proven_record<market::ListingHead>(market::listing_key(id), "listing"));
    auto listing = TRY(session.proven_record<market::Listing>(
        market::listing_version_key(id, head.listing_version), "listing version"));
    if (listing.id != id || listing.listing_version != head.listing_version)
        return fail(ErrorCode::verification_failed, "the listing's record contradicts its key");
    return listing;
}

Result<std::string> description_of(Session& session, const market::Listing& listing) {
    const Result<ledger::Document> document = session.node().document(listing.description.hash);
    if (!document && document.error().code == ErrorCode::not_found) return std::string();
    if (!document) return std::unexpected(document.error());
    return std::string(as_text(document->bytes));
}

Result<Price> price_of(const market::Listing& listing) {
    if (const auto* fixed = std::get_if<market::FixedPrice>(&listing.pricing))
        return Price{fixed->supply, fixed->tax_rule};
    if (std::holds_alternative<market::FreePrice>(listing.pricing)) return Price{};
    return fail(ErrorCode::usage, "this listing is priced by quote or by period");
}

}  // namespace jangbu::client
