#include "client/head_pin.h"

#include "base/file.h"
#include "client/saved_json.h"
#include "ledger/evidence.h"

namespace jangbu::client {
namespace {

namespace jbproof = ledger::jbproof;

std::unexpected<Error> not_verified(std::string detail) {
    return fail(ErrorCode::verification_failed, std::move(detail));
}

Json head_json(const SignedHead& head) {
    return {{"header", to_base64url(bcs::encode(head.header))},
            {"key", head.finality.key.hex()},
            {"signature", to_base64url(head.finality.signature)}};
}

Result<SignedHead> read_head_json(const Json& json) {
    JsonFields fields(json, "head");
    SignedHead head;
    head.header = fields.record<ledger::Header>("header");
    head.hash = ledger::header_hash(head.header);
    head.finality.key = fields.id<ledger::PublicKey>("key");
    const Bytes signature = fields.bytes("signature");
    if (signature.size() != head.finality.signature.size())
        fields.set_fault("signature", "is not a signature");
    TRY(fields.status());
    std::copy(signature.begin(), signature.end(), head.finality.signature.begin());
    return head;
}

}  // namespace

Status check_signed_head(const SignedHead& head, const ledger::Genesis& genesis) {
    const ledger::Header zero = ledger::header_zero(genesis);
    if (head.header.chain_id != zero.chain_id) return not_verified("a head of another ledger");
    if (head.header.height == 0 && head.header != zero)
        return not_verified("a header 0 that its genesis does not make");
    const auto& validators = genesis.validators.validators;
    if (validators.size() != 1 || head.header.validators_hash != zero.validators_hash ||
        head.finality.key != validators[0].key)
        return not_verified("a head of other validators than those of genesis");
    // Header 0 follows from genesis; nobody needs to sign it.
    if (head.header.height > 0 && !crypto::verify(head.finality.key, crypto::domain::header,
                                                  head.hash.bytes, head.finality.signature))
        return not_verified("a head without its validator's signature");
    return {};
}

Result<Extension> judge_extension(const SignedHead& pinned, const SignedHead& head,
                                  std::string_view proof, const jbproof::Trusted& trusted) {
    if (head.header.height == pinned.header.height)
        return head.hash == pinned.hash ? Extension::same : Extension::contradicts;
    if (head.header.height < pinned.header.height)
        return not_verified("the node shows height " + std::to_string(head.header.height) +
                            ", but height " + std::to_string(pinned.header.height) +
                            " was seen before: blocks were lost or are withheld");
    const Result<jbproof::Verified> verified = jbproof::verify(proof, trusted);
    if (!verified)
        return not_verified("the node does not prove that its head extends the last one seen: " +
                            verified.error().detail);
    if (verified->kind != jbproof::Kind::consistency ||
        verified->older_header.height != pinned.header.height)
        return not_verified("the node proved something else than what was asked");
    if (ledger::header_hash(verified->older_header) != pinned.hash) return Extension::contradicts;
    if (verified->header_hash != head.hash && verified->header.height <= head.header.height)
        return not_verified("the node proved another head than the one it shows");
    return Extension::extends;
}

Result<std::filesystem::path> save_fraud(const Home& home, const ledger::Genesis& genesis,
                                         const SignedHead& pinned, const SignedHead& head,
                                         std::string_view proof) {
    const std::string text = ledger::two_heads_file(genesis, {pinned.header, pinned.finality},
                                                    {head.header, head.finality}, proof);
    const std::filesystem::path file = home.fraud(pinned.header.height);
    const Status written =
        write_file_atomically(file, as_bytes(text), FileMode::world_readable, IfExists::refuse);
    if (!written && written.error().code != ErrorCode::already_exists)
        return std::unexpected(written.error());
    return file;
}

Result<Fraud> read_fraud(std::string_view file) {
    const Json json = TRY(parse_json(as_bytes(file), "fraud file"));
    JsonFields fields(json, "fraud file");
    Fraud fraud;
    if (fields.has("genesis")) fraud.genesis = fields.record<ledger::Genesis>("genesis");
    fraud.pinned = TRY(read_head_json(fields.member("pinned")));
    fraud.head = TRY(read_head_json(fields.member("head")));
    fraud.proof = fields.text("proof");
    TRY(fields.status());
    return fraud;
}

Status check_fraud(const Fraud& fraud, const ledger::Genesis& genesis) {
    TRY(check_signed_head(fraud.pinned, genesis));
    TRY(check_signed_head(fraud.head, genesis));
    const jbproof::Trusted trusted{ledger::chain_id(genesis), {}};
    const Extension extension =
        TRY(judge_extension(fraud.pinned, fraud.head, fraud.proof, trusted));
    if (extension != Extension::contradicts)
        return not_verified("the two heads do not contradict each other");
    return {};
}

Result<std::optional<SignedHead>> load_head(const Home& home) {
    const std::optional<Json> json = TRY(load_json(home.head()));
    if (!json) return std::optional<SignedHead>();
    SignedHead head = TRY(read_head_json(*json));
    return std::optional(std::move(head));
}

Status save_head(const Home& home, const SignedHead& head) {
    Json json = head_json(head);
    json["schema"] = "jangbu-head/1";
    return save_json(home.head(), json);
}

}  // namespace jangbu::client
