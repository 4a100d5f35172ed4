#include "client/credential.h"

#include <utf8proc.h>

#include <cstdlib>
#include <memory>

#include "client/did_key.h"
#include "client/jcs.h"
#include "client/members.h"
#include "client/plain_text.h"
#include "client/witnesses.h"
#include "crypto/credential_signature.h"

namespace jangbu::client {
namespace {

namespace jbproof = ledger::jbproof;

const Json contexts = {"https://www.w3.org/ns/credentials/v2",
                       "https://www.w3.org/ns/credentials/undefined-terms/v2"};

std::unexpected<Error> no_credential(const std::string& why) {
    return fail(ErrorCode::verification_failed, "the credential does not hold: " + why);
}

struct Evidence {
    std::string dataset_proof;
    std::string key_proof;
};

Json subject_of(const Claim& claim, const IssuerWords& words) {
    const market::Dataset& dataset = *claim.dataset;
    Json subject{{"id", "urn:jangbu:dataset:" + dataset.id.hex()},
                 {"type", "RegisteredDataset"},
                 {"ledger", claim.proof.header.chain_id.hex()},
                 {"ledgerName", claim.proof.genesis.name},
                 {"registrant", dataset.registrant.hex()},
                 {"dataRoot", to_hex(dataset.data_root)},
                 {"byteLength", std::to_string(dataset.byte_len)},
                 {"chunkSize", dataset.chunk_size},
                 {"origin", origin_word(dataset.origin)},
                 {"registeredAt", iso_time(dataset.registered_ms)},
                 {"registeredHeight", std::to_string(dataset.registered_height)},
                 {"proves", claim.proves},
                 {"doesNotProve", claim.not_proven}};
    if (!words.name.empty()) subject["registrantName"] = words.name;
    if (!words.title.empty()) subject["title"] = words.title;
    return subject;
}

Json evidence_of(const char* of, const std::string& proof) {
    return {{"type", "JangbuProof"}, {"of", of}, {"jbproof", proof}};
}

// Everything but the proof; a function of the two jbproofs, the issuer and its words.
Json unsigned_credential(const Claim& claim, const crypto::PublicKey& issuer,
                         const IssuerWords& words, const Evidence& evidence) {
    return {{"@context", contexts},
            {"type", {"VerifiableCredential", "JangbuOriginalityCertificate"}},
            {"issuer", did_of(issuer)},
            {"validFrom", iso_time(claim.proof.header.time_ms)},
            {"credentialSubject", subject_of(claim, words)},
            {"evidence",
             {evidence_of("dataset", evidence.dataset_proof),
              evidence_of("issuer key", evidence.key_proof)}}};
}

Json proof_options(const Json& document, const crypto::PublicKey& issuer) {
    return {{"@context", document.at("@context")},
            {"type", "DataIntegrityProof"},
            {"cryptosuite", "eddsa-jcs-2022"},
            {"created", document.at("validFrom")},
            {"verificationMethod", verification_method_of(issuer)},
            {"proofPurpose", "assertionMethod"}};
}

Result<crypto::CredentialHashes> hashes_of(const Json& options, const Json& document) {
    const std::string canonical_options = TRY(canonical_json(options));
    const std::string canonical_document = TRY(canonical_json(document));
    return crypto::credential_hashes(canonical_options, canonical_document);
}

Result<Claim> dataset_claim(const std::string& proof, const jbproof::Trusted& trusted) {
    Claim claim = TRY(read_claim(proof, trusted));
    if (!claim.dataset) return no_credential("its first proof is not of a dataset");
    return claim;
}

// The issuer is a certify key of the registrant, in force in the block behind the head of its proof
// (a key that was added in a block may sign from the next one on).
Status check_issuer(const std::string& proof, const crypto::PublicKey& issuer,
                    const ledger::OrgId& registrant, const jbproof::Trusted& trusted) {
    using crypto::KeyKind;
    using crypto::Purpose;
    const Result<jbproof::Verified> verified = jbproof::verify(proof, trusted);
    if (!verified) return no_credential("the proof of its key: " + verified.error().detail);
    const KeyId id = ledger::key_id(registrant, KeyKind::ed25519, Purpose::certify, issuer.bytes);
    if (verified->kind != jbproof::Kind::state ||
        verified->state_key != ledger::state_key(ledger::Table::key, id.view()))
        return no_credential("its issuer is not a certify key of the registrant");
    const auto key = bcs::decode<ledger::Key>(verified->value);
    if (!key || key->org != registrant || key->bytes != issuer.bytes ||
        key->purpose != static_cast<u8>(Purpose::certify) ||
        !key->live_at(verified->header.height + 1, verified->header.time_ms))
        return no_credential("its issuer is not a certify key of the registrant in force");
    return {};
}

const std::string* text_at(const Json& json, const Json::json_pointer& at) {
    return json.contains(at) && json.at(at).is_string() ? &json.at(at).get_ref<const std::string&>()
                                                        : nullptr;
}

Result<IssuerWords> read_words(const Json& json) {
    IssuerWords words;
    using Pointer = Json::json_pointer;
    for (const auto& [at, word] :
         {std::pair(Pointer("/credentialSubject/registrantName"), &words.name),
          std::pair(Pointer("/credentialSubject/title"), &words.title)}) {
        const std::string* text = text_at(json, at);
        if (!text) continue;
        const auto sound = issuer_words(*text, "a name");
        if (!sound || *sound != *text || text->empty())
            return no_credential("its names are not one line of plain text");
        *word = *text;
    }
    return words;
}

// The first member that the proofs do not give.
std::string difference(const Json& said, const Json& proven) {
    const Json patch = Json::diff(proven, said);
    return patch.empty() ? std::string() : patch[0].at("path").get<std::string>();
}

}  // namespace

Result<std::string> issuer_words(std::string_view text, std::string_view what) {
    if (text.size() > credential_words_bytes_max || !is_utf8(as_bytes(text)))
        return fail(ErrorCode::usage, std::string(what) + " is UTF-8 of at most " +
                                          std::to_string(credential_words_bytes_max) + " bytes");
    utf8proc_uint8_t* composed = nullptr;
    const auto options = static_cast<utf8proc_option_t>(UTF8PROC_COMPOSE | UTF8PROC_STABLE);
    const utf8proc_ssize_t length =
        utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                     static_cast<utf8proc_ssize_t>(text.size()), &composed, options);
    const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(composed, &std::free);
    if (length < 0) return fail(ErrorCode::usage, std::string(what) + " is not Unicode text");
    std::string out(reinterpret_cast<const char*>(composed), static_cast<std::size_t>(length));
    utf8proc_int32_t point = 0;
    for (utf8proc_ssize_t at = 0; at < length;) {
        at += utf8proc_iterate(composed + at, length - at, &point);
        const utf8proc_category_t category = utf8proc_category(point);
        if (category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_CF ||
            category == UTF8PROC_CATEGORY_ZL || category == UTF8PROC_CATEGORY_ZP)
            return fail(ErrorCode::usage, std::string(what) + " is one line of plain text");
    }
    return out;
}

Result<Credential> make_credential(Session& session, const market::Dataset& dataset,
                                   const IssuerWords& words, std::size_t witnesses) {
    if (dataset.registrant != session.org())
        return fail(ErrorCode::not_allowed, "only the registrant issues a credential of a dataset");
    const std::vector<KeyLine> keys = TRY(list_keys(session));
    const KeyLine* own = nullptr;
    for (const KeyLine& line : keys)
        if (!own && line.live && line.number &&
            line.key.purpose == static_cast<u8>(crypto::Purpose::certify))
            own = &line;
    if (!own)
        return fail(
            ErrorCode::not_allowed,
            "a credential is signed by a certify key; make one with: jangbu keys add certify");
    const crypto::PublicKey issuer(own->key.bytes);
    Evidence evidence;
    evidence.dataset_proof = TRY(state_proof(session, market::dataset_key(dataset.id), witnesses));
    evidence.key_proof =
        TRY(state_proof(session, ledger::state_key(ledger::Table::key, own->id.view()), witnesses));
    const Claim claim = TRY(dataset_claim(evidence.dataset_proof, session.trusted()));
    Json document = unsigned_credential(claim, issuer, words, evidence);
    Json proof = proof_options(document, issuer);
    const crypto::CredentialHashes hashes = TRY(hashes_of(proof, document));
    proof["proofValue"] =
        multibase(crypto::sign_credential(session.secret(), *own->number, hashes));
    document["proof"] = proof;
    const std::string text = TRY(canonical_json(document));
    return read_credential(text, session.trusted());
}

Result<Credential> read_credential(std::string_view text, const jbproof::Trusted& trusted) {
    if (text.size() > credential_bytes_max) return no_credential("it is longer than 3 MiB");
    const Result<Json> json = parse_json_once(as_bytes(text), "it");
    if (!json) return no_credential(json.error().detail);
    using Pointer = Json::json_pointer;
    const std::string* did = json->is_object() ? text_at(*json, Pointer("/issuer")) : nullptr;
    const auto issuer = did ? key_of_did(*did) : std::nullopt;
    if (!issuer) return no_credential("its issuer is no did:key of an Ed25519 key");
    const std::string* dataset_proof = text_at(*json, Pointer("/evidence/0/jbproof"));
    const std::string* key_proof = text_at(*json, Pointer("/evidence/1/jbproof"));
    if (!dataset_proof || !key_proof) return no_credential("its two jbproofs are not there");

    Credential out{
        TRY(dataset_claim(*dataset_proof, trusted)), *issuer, TRY(read_words(*json)), 0, {}};
    TRY(check_issuer(*key_proof, *issuer, out.claim.dataset->registrant, trusted));
    out.issued_ms = out.claim.proof.header.time_ms;
    const Json proven =
        unsigned_credential(out.claim, *issuer, out.words, {*dataset_proof, *key_proof});
    Json document = *json;
    document.erase("proof");
    if (const std::string at = difference(document, proven); !at.empty() || document != proven)
        return no_credential(at + " is not what its proofs say");
    const Json options = proof_options(proven, *issuer);
    Json said = json->value("proof", Json::object());
    const std::string* value = text_at(said, Pointer("/proofValue"));
    const auto signature = value ? from_multibase(*value) : std::nullopt;
    if (!signature || signature->size() != 64 || multibase(*signature) != *value)
        return no_credential("it has no signature of 64 bytes");
    said.erase("proofValue");
    if (said != options) return no_credential("its proof is not eddsa-jcs-2022 by its issuer");
    const crypto::CredentialHashes hashes = TRY(hashes_of(options, proven));
    crypto::Signature bytes;
    std::copy(signature->begin(), signature->end(), bytes.begin());
    if (!crypto::verify(*issuer, hashes, bytes)) return no_credential("its signature is wrong");
    out.text = TRY(canonical_json(*json));
    return out;
}

bool looks_like_credential(std::string_view text) {
    const Result<Json> json = parse_json(as_bytes(text), "file");
    return json && json->is_object() && json->contains("@context");
}

}  // namespace jangbu::client
