// TlsIdentity: the key and certificate by which a node shows itself over TLS.
//
// One PEM text holds both, so that they can be replaced in one step and never differ. The key is on
// P-256, which every TLS library and browser takes. The certificate is signed by its own key and
// never runs out: clients trust the key alone, by its pin, the SHA-256 of SubjectPublicKeyInfo as
// libcurl writes it, "sha256//" and base64 (RFC 7469 section 2.4). Threads: pure, but for the
// random numbers of make(). Errors: malformed (no key or certificate, or they do not belong
// together), io (the library fails).
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace jangbu::crypto {

// The name in the certificate, for readers that insist on one.
inline constexpr const char* tls_certificate_name = "jangbu-node";

struct TlsIdentity {
    std::string pem;  // private key, then certificate: secret
    std::string pin;

    static Result<TlsIdentity> make();
    static Result<TlsIdentity> read(std::string_view pem);
};

// "sha256//" and the base64 of 32 bytes, as pins are written.
bool is_tls_pin(std::string_view text);

}  // namespace jangbu::crypto
