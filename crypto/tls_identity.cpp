#include "crypto/tls_identity.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <memory>

#include "crypto/hash.h"

namespace jangbu::crypto {
namespace {

template <auto release>
struct Release {
    void operator()(auto* owned) const { release(owned); }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;
using CertificatePtr = std::unique_ptr<X509, Release<X509_free>>;
using BioPtr = std::unique_ptr<BIO, Release<BIO_free_all>>;

constexpr std::string_view pin_scheme = "sha256//";
constexpr std::size_t pin_base64_size = 44;

std::unexpected<Error> library_failed() {
    return fail(ErrorCode::io, "OpenSSL does not make a TLS key");
}

bool add_extension(X509* certificate, int id, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str());
    const bool added = extension && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return added;
}

bool name_it(X509* certificate) {
    u8 serial[16];
    if (RAND_bytes(serial, sizeof serial) != 1) return false;
    serial[0] &= 0x7f;  // positive
    serial[0] |= 0x40;  // and of one length
    BIGNUM* number = BN_bin2bn(serial, sizeof serial, nullptr);
    const bool numbered =
        number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nullptr;
    BN_free(number);
    X509_NAME* name = X509_get_subject_name(certificate);
    const auto* text = reinterpret_cast<const u8*>(tls_certificate_name);
    return numbered &&
           X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, text, -1, -1, 0) == 1 &&
           X509_set_issuer_name(certificate, name) == 1 &&
           add_extension(certificate, NID_subject_alt_name,
                         std::string("DNS:") + tls_certificate_name);
}

CertificatePtr self_signed(EVP_PKEY* key) {
    CertificatePtr certificate(X509_new());
    if (!certificate) return nullptr;
    X509* x = certificate.get();
    // Without an end (RFC 5280 section 4.1.2.5), and begun before any clock that is a bit behind.
    const bool made = X509_set_version(x, X509_VERSION_3) == 1 &&
                      ASN1_TIME_set_string(X509_getm_notBefore(x), "20200101000000Z") == 1 &&
                      ASN1_TIME_set_string(X509_getm_notAfter(x), "99991231235959Z") == 1 &&
                      X509_set_pubkey(x, key) == 1 && name_it(x) &&
                      X509_sign(x, key, EVP_sha256()) > 0;
    return made ? std::move(certificate) : nullptr;
}

Result<std::string> pin_of(X509* certificate) {
    u8* der = nullptr;
    const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
    if (size <= 0) return library_failed();
    const Hash hash = sha256(ByteView(der, static_cast<std::size_t>(size)));
    OPENSSL_free(der);
    u8 base64[pin_base64_size + 1];
    EVP_EncodeBlock(base64, hash.data(), static_cast<int>(hash.size()));
    return std::string(pin_scheme) + reinterpret_cast<const char*>(base64);
}

}  // namespace

Result<TlsIdentity> TlsIdentity::make() {
    const KeyPtr key(EVP_EC_gen("P-256"));
    if (!key) return library_failed();
    const CertificatePtr certificate = self_signed(key.get());
    const BioPtr out(BIO_new(BIO_s_secmem()));
    if (!certificate || !out ||
        PEM_write_bio_PKCS8PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr,
                                      nullptr) != 1 ||
        PEM_write_bio_X509(out.get(), certificate.get()) != 1)
        return library_failed();
    char* text = nullptr;
    const long size = BIO_get_mem_data(out.get(), &text);
    return read(std::string_view(text, static_cast<std::size_t>(size)));
}

Result<TlsIdentity> TlsIdentity::read(std::string_view pem) {
    const auto open = [&] {
        return BioPtr(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    };
    // A key under a password is refused and never asked for.
    const auto no_password = [](char*, int, int, void*) { return -1; };
    const KeyPtr key(PEM_read_bio_PrivateKey(open().get(), nullptr, no_password, nullptr));
    if (!key) return fail(ErrorCode::malformed, "there is no private key in it");
    const CertificatePtr certificate(
        PEM_read_bio_X509(open().get(), nullptr, no_password, nullptr));
    if (!certificate) return fail(ErrorCode::malformed, "there is no certificate in it");
    if (X509_check_private_key(certificate.get(), key.get()) != 1)
        return fail(ErrorCode::malformed, "its certificate is not of its key");
    return TlsIdentity{std::string(pem), TRY(pin_of(certificate.get()))};
}

bool is_tls_pin(std::string_view text) {
    if (!text.starts_with(pin_scheme)) return false;
    text.remove_prefix(pin_scheme.size());
    if (text.size() != pin_base64_size || text.back() != '=') return false;
    u8 bytes[pin_base64_size];
    const auto* from = reinterpret_cast<const u8*>(text.data());
    return text.find_first_of(" \t\r\n=") == pin_base64_size - 1 &&
           EVP_DecodeBlock(bytes, from, static_cast<int>(text.size())) == 33;
}

}  // namespace jangbu::crypto
