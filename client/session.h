// Session: one contact of an organisation with its ledger: pinned genesis, pinned head, keys,
// proven reads.
//
// connect() refuses a node of another ledger and demands that its head extends the last one seen
// (client/head_pin.h). unlock() opens the keystore; before that only public reads work. What money
// or data hang on is read with a proof. Owns its Home and connection. Threads: one. Errors:
// verification_failed (another ledger, a rewritten head, a false proof), unavailable,
// wrong_password, not_allowed, not_found, usage (no keys in this home).
#pragma once

#include <functional>

#include "client/head_pin.h"
#include "crypto/secrets.h"
#include "market/parameters.h"
#include "market/state_keys.h"

namespace jangbu::client {

// Receives what a person should know on the way, one sentence each.
using Talk = std::function<void(const std::string&)>;

struct ProvenValue {
    std::optional<Bytes> value;  // nothing: proven absent
    ledger::Header header;       // the head behind the proof
    std::string level;           // E0, E1
};

class Session {
public:
    static Result<Session> connect(Home home, const Talk& talk);

    Home& home() { return home_; }
    NodeClient& node() { return *node_; }
    const ledger::Genesis& genesis() const { return genesis_; }
    const ChainId& chain_id() const { return chain_id_; }
    const SignedHead& head() const { return head_; }
    ledger::jbproof::Trusted trusted() const;
    // Contact again: the newest head, with its consistency proof.
    Status refresh();

    Status unlock(std::string_view password);
    // For programs that hold the secret themselves.
    Status unlock_with(const crypto::OrganisationSecret& secret, const OrgId& org);
    bool is_unlocked() const { return secret_.has_value(); }
    // Without keys: acts of this organisation are made for another home to sign
    // (client/transaction_file.h).
    void make_for(const OrgId& org) {
        org_ = org;
        makes_only_ = true;
    }
    bool makes_only() const { return makes_only_; }
    // REQUIRES: is_unlocked().
    const crypto::OrganisationSecret& secret() const { return *secret_; }
    const OrgId& org() const { return org_; }

    // The own key of lowest number that is registered and live in the next block.
    Result<crypto::SigningKey> signing_key(crypto::Purpose purpose);
    // Whose signature an act will bear: the own key, or, where acts are only made, the first live
    // transact key that the ledger lists.
    Result<ledger::PublicKey> author();
    // n of a prekey of this organisation; not_found when its secret does not come from these words.
    Result<u32> prekey_number(const KeyId& id);
    Result<std::vector<ledger::Key>> own_keys();

    // State with its proof under a head that is not older than the pinned one.
    Result<ProvenValue> proven(const ledger::StateKey& key);
    template <class Record>
    Result<Record> proven_record(const ledger::StateKey& key, std::string_view what) {
        const ProvenValue proof = TRY(proven(key));
        if (!proof.value)
            return fail(ErrorCode::not_found, "the ledger has no such " + std::string(what));
        return bcs::decode<Record>(*proof.value);
    }
    // The value in force of a numeric parameter, proven.
    Result<u64> parameter(const ledger::NumberParameter& parameter);

    // "Jangbu-Ticket ..." for the content store.
    Result<std::string> ticket(market::TicketAction action, const Hash& subject,
                               const OrgId& store_org, const Hash& root);

private:
    Session() = default;
    Status take_pass();
    Status pin(const SignedHead& head);
    Status check_extension(const SignedHead& pinned, SignedHead head);

    Home home_;
    std::unique_ptr<NodeClient> node_;
    ledger::Genesis genesis_;
    ChainId chain_id_;
    SignedHead head_;
    std::optional<crypto::OrganisationSecret> secret_;
    OrgId org_;
    bool makes_only_ = false;
    std::vector<ledger::Key> keys_;
    u64 pass_until_ms_ = 0;
};

// Wall clock, ms since the epoch.
u64 now_ms();

}  // namespace jangbu::client
