#include "client/session.h"

#include <chrono>

#include "base/file.h"
#include "crypto/keystore.h"

namespace jangbu::client {
namespace {

namespace jbproof = ledger::jbproof;
using crypto::KeyKind;
using crypto::Purpose;

constexpr std::size_t genesis_bytes_max = 64 << 20;
constexpr u64 pass_life_ms = 10 * 60'000;
constexpr u64 ticket_life_ms = 12 * 3'600'000;
// Keys of one purpose are tried this far beyond those that the ledger lists.
constexpr u32 key_numbers_beyond = 16;

bool is_of(const ledger::Key& key, KeyKind kind, Purpose purpose) {
    return key.kind == static_cast<u8>(kind) && key.purpose == static_cast<u8>(purpose);
}

Result<ledger::Genesis> obtain_genesis(Home& home, NodeClient& node, const Talk& talk) {
    const Result<Bytes> saved = read_file(home.genesis(), genesis_bytes_max);
    if (!saved && saved.error().code != ErrorCode::not_found) return std::unexpected(saved.error());
    const ledger::GenesisFile file =
        saved ? TRY(ledger::decode_genesis_file(*saved)) : TRY(node.genesis());
    const ChainId chain = ledger::chain_id(file.genesis);
    if (home.config().chain_id && *home.config().chain_id != chain)
        return fail(ErrorCode::verification_failed,
                    "this is another ledger: its genesis hashes to " + chain.hex() +
                        ", pinned is " + home.config().chain_id->hex());
    if (!home.config().chain_id) {
        talk("First contact: pinning ledger \"" + file.genesis.name + "\", chain id " +
             chain.hex() + ". Compare it with what the operator published.");
        HomeConfig config = home.config();
        config.chain_id = chain;
        TRY(home.set_config(config));
    }
    if (!saved)
        TRY(write_file_atomically(home.genesis(), ledger::encode(file), FileMode::owner_only));
    return file.genesis;
}

}  // namespace

u64 now_ms() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<u64>(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

Result<Session> Session::connect(Home home, const Talk& talk) {
    Session session;
    session.node_ = std::make_unique<NodeClient>(home.config().node);
    session.home_ = std::move(home);
    session.genesis_ = TRY(obtain_genesis(session.home_, *session.node_, talk));
    session.chain_id_ = ledger::chain_id(session.genesis_);
    TRY(session.refresh());
    return session;
}

jbproof::Trusted Session::trusted() const {
    jbproof::Trusted trusted{chain_id_, {}};
    trusted.witnesses.insert(home_.config().witnesses.begin(), home_.config().witnesses.end());
    return trusted;
}

Status Session::refresh() {
    const SignedHead head = TRY(node_->head());
    TRY(check_signed_head(head, genesis_));
    if (secret_ && pass_until_ms_ < now_ms() + pass_life_ms / 2) TRY(take_pass());
    const std::optional<SignedHead> pinned = TRY(load_head(home_));
    if (!pinned) return pin(head);
    return check_extension(*pinned, head);
}

Status Session::check_extension(const SignedHead& pinned, SignedHead head) {
    std::string proof;
    if (head.header.height > pinned.header.height)
        proof = TRY(node_->consistency_proof(pinned.header.height));
    const Extension extension = TRY(judge_extension(pinned, head, proof, trusted()));
    if (extension == Extension::same) {
        head_ = head;
        return {};
    }
    if (extension == Extension::contradicts) {
        const auto file = TRY(save_fraud(home_, genesis_, pinned, head, proof));
        return fail(ErrorCode::verification_failed,
                    "TWO SIGNED HEADS CONTRADICT EACH OTHER at height " +
                        std::to_string(pinned.header.height) +
                        ": the ledger was rewritten. The evidence is saved in " + file.string() +
                        "; show it to the other members.");
    }
    // A block may have been made between the two answers: what was proven is what is pinned.
    const jbproof::Verified verified = TRY(jbproof::verify(proof, trusted()));
    if (verified.header_hash != head.hash) {
        head = TRY(node_->header(verified.header.height));
        TRY(check_signed_head(head, genesis_));
        if (head.hash != verified.header_hash)
            return fail(ErrorCode::verification_failed, "the node shows two heads of one height");
    }
    return pin(head);
}

Status Session::pin(const SignedHead& head) {
    TRY(save_head(home_, head));
    head_ = head;
    return {};
}

Status Session::unlock(std::string_view password) {
    if (!home_.has_keys())
        return fail(ErrorCode::usage, "there are no keys in " + home_.folder().string() +
                                          "; make them with: jangbu keys init");
    if (!home_.config().org_id)
        return fail(ErrorCode::usage, "config.json of the home names no organisation");
    const ByteArray<32> secret = TRY(crypto::read_keystore(home_.keystore(), password));
    return unlock_with(crypto::OrganisationSecret(secret), *home_.config().org_id);
}

Status Session::unlock_with(const crypto::OrganisationSecret& secret, const OrgId& org) {
    secret_ = secret;
    org_ = org;
    keys_.clear();
    return take_pass();
}

Status Session::take_pass() {
    const Result<crypto::SigningKey> key = signing_key(Purpose::transact);
    // Not a member yet: public reads still work, and say so where more is needed.
    if (!key && key.error().code == ErrorCode::not_found) return {};
    if (!key) return std::unexpected(key.error());
    pass_until_ms_ = now_ms() + pass_life_ms;
    const market::ReadPass pass{chain_id_, org_, pass_until_ms_};
    node_->use_pass("Jangbu-Pass " + to_base64url(bcs::encode(market::sign(pass, *key))));
    return {};
}

Result<std::vector<ledger::Key>> Session::own_keys() {
    if (keys_.empty()) keys_ = TRY(node_->organisation(org_)).keys;
    return keys_;
}

Result<crypto::SigningKey> Session::signing_key(Purpose purpose) {
    const Result<std::vector<ledger::Key>> keys = own_keys();
    if (!keys && keys.error().code == ErrorCode::not_found)
        return fail(ErrorCode::not_found,
                    "organisation " + org_.hex() + " is not a member of this ledger");
    if (!keys) return std::unexpected(keys.error());
    const u32 numbers = static_cast<u32>(keys->size()) + key_numbers_beyond;
    for (u32 n = 0; n < numbers; ++n) {
        crypto::SigningKey key = secret_->signing_key(purpose, n);
        for (const ledger::Key& known : *keys)
            if (is_of(known, KeyKind::ed25519, purpose) && known.bytes == key.public_key().bytes &&
                known.live_at(head_.header.height + 1, head_.header.time_ms))
                return key;
    }
    return fail(ErrorCode::not_allowed, "no live key of this purpose comes from these words");
}

Result<ledger::PublicKey> Session::author() {
    if (!makes_only_) return TRY(signing_key(Purpose::transact)).public_key();
    for (const ledger::Key& key : TRY(own_keys()))
        if (is_of(key, KeyKind::ed25519, Purpose::transact) &&
            key.live_at(head_.header.height + 1, head_.header.time_ms))
            return ledger::PublicKey(key.bytes);
    return fail(ErrorCode::not_found,
                "the ledger lists no live transact key of organisation " + org_.hex());
}

Result<u32> Session::prekey_number(const KeyId& id) {
    const u32 numbers = static_cast<u32>(TRY(own_keys()).size()) + key_numbers_beyond;
    for (u32 n = 0; n < numbers; ++n) {
        const crypto::ExchangeKey key = crypto::exchange_public(secret_->prekey(n));
        if (ledger::key_id(org_, KeyKind::x25519, Purpose::encrypt, key.bytes) == id) return n;
    }
    return fail(ErrorCode::not_found, "the secret of prekey " + id.hex() + " is not in this home");
}

Result<ProvenValue> Session::proven(const ledger::StateKey& key) {
    const std::string file = TRY(node_->state_proof(key));
    const Result<jbproof::Verified> proof = jbproof::verify(file, trusted());
    if (!proof)
        return fail(ErrorCode::verification_failed,
                    "the node's proof does not hold: " + proof.error().detail);
    const bool present = proof->kind == jbproof::Kind::state;
    if ((!present && proof->kind != jbproof::Kind::absence) || proof->state_key != key)
        return fail(ErrorCode::verification_failed, "the node proved something else");
    if (proof->header.height < head_.header.height)
        return fail(ErrorCode::verification_failed, "the node proved an older state");
    ProvenValue out;
    if (present) out.value = proof->value;
    out.header = proof->header;
    out.level = proof->level;
    return out;
}

Result<u64> Session::parameter(const ledger::NumberParameter& parameter) {
    const ledger::StateKey key =
        ledger::state_key(ledger::Table::parameter, as_bytes(parameter.name));
    const ProvenValue proof = TRY(proven(key));
    if (!proof.value) return parameter.initial;
    const auto record = TRY(bcs::decode<ledger::Parameter>(*proof.value));
    const bool next = record.next && record.next->second <= proof.header.height + 1;
    const ledger::ParameterValue& value = next ? record.next->first : record.value;
    if (const u64* number = std::get_if<u64>(&value)) return *number;
    return fail(ErrorCode::malformed, std::string(parameter.name) + " is not a number");
}

Result<std::string> Session::ticket(market::TicketAction action, const Hash& subject,
                                    const OrgId& store_org, const Hash& root) {
    market::Ticket ticket;
    ticket.chain_id = chain_id_;
    ticket.order = subject;
    ticket.store_org = store_org;
    ticket.action = static_cast<u8>(action);
    ticket.ct_root = root;
    ticket.expires_ms = now_ms() + ticket_life_ms;
    const crypto::SigningKey key = TRY(signing_key(Purpose::transact));
    return "Jangbu-Ticket " + to_base64url(bcs::encode(market::sign(ticket, key)));
}

}  // namespace jangbu::client
