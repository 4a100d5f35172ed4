// The certificate of originality as one A4 page in Korean and English, with the credential
// attached.
//
// Everything on the page follows from the credential, so that the same credential gives the same
// bytes with the same fonts and libraries. What counts is the attachment: whoever checks reads
// that, and says whether the page is the one drawn from it. Threads: one. Errors: those of
// pdf_page.h; usage (a name with characters that the fonts lack).
#pragma once

#include "client/credential.h"

namespace jangbu::client {

inline constexpr const char* certificate_attachment = "certificate.vc.json";

Result<Bytes> certificate_page(const Credential& credential);
// What the QR code holds: "JANGBU:<first 8 hex digits of the chain id>:<dataset id in hex>".
std::string certificate_reference(const Claim& claim);
// The number for people: the first 16 digits of the dataset's id, in fours.
std::string certificate_number(const Claim& claim);

}  // namespace jangbu::client
