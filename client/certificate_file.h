// A certificate as it lies in a file: a jbproof, a credential, or a page with the credential
// attached. Offline. Threads: pure functions. Errors: verification_failed.
#pragma once

#include "client/certificate_page.h"

namespace jangbu::client {

inline constexpr std::size_t certificate_bytes_max = 8 << 20;

struct CertificateFile {
    Claim claim;
    std::optional<Credential> credential;  // of a credential or a page
    // Of a page: drawn from its attachment, byte for byte. False also with other fonts or versions.
    std::optional<bool> page_as_drawn;
    std::string page_fault;  // why the page could not be drawn again, e.g. a font is missing
};
Result<CertificateFile> read_certificate(ByteView file, const ledger::jbproof::Trusted& trusted);

}  // namespace jangbu::client
