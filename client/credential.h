// A certificate of originality as a W3C Verifiable Credential 2.0, secured by Data Integrity with
// eddsa-jcs-2022 (docs/certificates.md).
//
// The issuer is a certify key of the registrant, named as did:key. Two jbproofs stand inside: of
// the dataset's record, and of the issuer's key. Whoever checks makes the whole credential again
// from them: no member can say anything else than the ledger does, but for name and title, which
// are the issuer's own words and signed as such. Threads: one. Errors: verification_failed (with
// the first reason), not_allowed (another's dataset, no certify key), usage (a name that cannot
// stand on a page), those of the session.
#pragma once

#include "client/claim.h"
#include "client/session.h"

namespace jangbu::client {

inline constexpr std::size_t credential_bytes_max = 3 << 20;
inline constexpr std::size_t credential_words_bytes_max = 120;

// What the issuer adds of its own.
struct IssuerWords {
    std::string name;   // of the registrant; "" = none
    std::string title;  // of the data; "" = none
};
// One line without control characters, in Unicode's composed form. Errors: usage.
Result<std::string> issuer_words(std::string_view text, std::string_view what);

struct Credential {
    Claim claim;  // of the dataset
    crypto::PublicKey issuer;
    IssuerWords words;
    u64 issued_ms = 0;  // time of the head behind the dataset's proof
    std::string text;   // canonical
};
// `witnesses`: that cosigned the heads of its proofs (client/witnesses.h).
Result<Credential> make_credential(Session& session, const market::Dataset& dataset,
                                   const IssuerWords& words, std::size_t witnesses = 0);
// Offline: no node, no keys. Any layout of the JSON text.
Result<Credential> read_credential(std::string_view text, const ledger::jbproof::Trusted& trusted);
// Has this text the shape of a credential, rather than of a jbproof?
bool looks_like_credential(std::string_view text);

}  // namespace jangbu::client
