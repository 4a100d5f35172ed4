#include "client/certificate_file.h"

#include <algorithm>

#include "client/pdf_page.h"

namespace jangbu::client {

Result<CertificateFile> read_certificate(ByteView file, const ledger::jbproof::Trusted& trusted) {
    if (as_text(file).starts_with("%PDF-")) {
        const Bytes attached = TRY(attached_file(file));
        Credential credential = TRY(read_credential(as_text(attached), trusted));
        const Result<Bytes> drawn = certificate_page(credential);
        std::optional<bool> same;
        if (drawn) same = std::ranges::equal(*drawn, file);
        Claim claim = credential.claim;
        return CertificateFile{std::move(claim), std::move(credential), same,
                               drawn ? std::string() : drawn.error().detail};
    }
    if (looks_like_credential(as_text(file))) {
        Credential credential = TRY(read_credential(as_text(file), trusted));
        Claim claim = credential.claim;
        return CertificateFile{std::move(claim), std::move(credential), std::nullopt, {}};
    }
    return CertificateFile{TRY(read_claim(as_text(file), trusted)), std::nullopt, std::nullopt, {}};
}

}  // namespace jangbu::client
