// MarketWorld: a small market for tests. Members with keys, a family, attestations and a treasury
// from genesis; every operation runs in a block of its own on the real application over the real
// state tree.
//
// run() also checks that execution touched only its access set; what it found stands in `faults`.
#pragma once

#include <deque>
#include <map>
#include <set>

#include "crypto/secrets.h"
#include "ledger/executor.h"
#include "market/market_rules.h"
#include "market/rules.h"

namespace jangbu::test {

using namespace market;  // NOLINT: tests of the market
using crypto::Purpose;
using ledger::StateTree;
using market::Rejection;

inline Hash named_hash(std::string_view name) {
    return crypto::sha256(as_bytes(name));
}

struct Member {
    explicit Member(std::string_view named)
        : name(named),
          secret(named_hash(name)),
          transact(secret.signing_key(Purpose::transact, 0)),
          deliver(secret.signing_key(Purpose::deliver, 0)),
          prekey(secret.prekey(0)),
          id(ledger::org_id(transact.public_key())),
          transact_id(ledger::key_id(id, crypto::KeyKind::ed25519, Purpose::transact,
                                     transact.public_key().bytes)),
          deliver_id(ledger::key_id(id, crypto::KeyKind::ed25519, Purpose::deliver,
                                    deliver.public_key().bytes)),
          prekey_id(ledger::key_id(id, crypto::KeyKind::x25519, Purpose::encrypt,
                                   crypto::exchange_public(prekey).bytes)) {}

    std::string name;
    crypto::OrganisationSecret secret;
    crypto::SigningKey transact;
    crypto::SigningKey deliver;
    crypto::ExchangeSecret prekey;
    OrgId id;
    KeyId transact_id;
    KeyId deliver_id;
    KeyId prekey_id;
};

class Documents final : public ledger::DocumentReader {
public:
    std::optional<Document> find(const ledger::DocumentHash& hash) const override {
        const auto found = documents_.find(hash);
        if (found == documents_.end()) return std::nullopt;
        return found->second;
    }
    DocumentRef add(const Document& document, ledger::DocumentClass access) {
        const DocumentRef ref = ledger::document_ref(document, access);
        documents_[ref.hash] = document;
        return ref;
    }
    DocumentRef text(std::string_view content,
                     ledger::DocumentClass access = ledger::DocumentClass::public_) {
        return add({named_hash(content), "text/plain", to_bytes(as_bytes(content))}, access);
    }

private:
    std::map<ledger::DocumentHash, Document> documents_;
};

class MarketWorld {
public:
    static constexpr u64 genesis_ms = 1'800'000'000'000;
    static constexpr u64 year_ms = 365ull * 86'400'000;

    MarketWorld();

    // The members. `sibling` is in the buyer's group; `outsider` has no attestation.
    Member node{"operator"};    // validator, store, treasury
    Member agent{"agent"};      // settlement agent
    Member agency{"agency"};    // programme owner, funder, officer, attestor, tag authority
    Member seller{"seller"};    // class small
    Member buyer{"buyer"};      // class micro
    Member rival{"rival"};      // another seller, class medium
    Member sibling{"sibling"};  // class micro, the buyer's group
    Member outsider{"outsider"};
    std::vector<const Member*> members() const {
        return {&node, &agent, &agency, &seller, &buyer, &rival, &sibling, &outsider};
    }

    FamilyId family = family_id("test family");
    ChainId chain{named_hash("test chain")};
    StateTree state;
    MarketRules rules;
    Documents documents;
    ledger::BlockContext block;  // the last block
    std::vector<std::string> faults;
    std::size_t expired = 0;    // orders in the last block
    std::vector<Event> events;  // of the last block, expiries first
    u64 minted = 0;             // credits that run() saw minted
    Hash receipts{};            // a running hash over every receipt

    // One block, `after_ms` later: due deadlines, then the operation signed with the member's key
    // of that purpose. Returns the Rejection's number, 0 if accepted.
    ledger::RejectionCode run(const Member& by, const Operation& operation,
                              Purpose purpose = Purpose::transact, u64 after_ms = 1);
    // An empty block: only due deadlines. Returns how many expired.
    std::size_t wait(u64 ms);

    Nonce nonce() {
        Nonce out{};
        const Hash hash = named_hash("nonce " + std::to_string(nonces_++));
        std::copy_n(hash.begin(), out.size(), out.begin());
        return out;
    }
    // Writes a record past the rules, to bring about what no operation of this stage can.
    template <class Record>
    void put(const StateKey& key, const Record& record) {
        put_bytes(key, bcs::encode(record));
    }
    void put_bytes(const StateKey& key, Bytes value) { change({{key, std::move(value)}}); }
    void set_parameter(const ledger::NumberParameter& parameter, u64 value) {
        put(ledger::state_key(ledger::Table::parameter, as_bytes(parameter.name)),
            ledger::Parameter{value, std::nullopt});
    }

    Account account(const Member& member) const { return account_of(state, member.id); }
    OrderPublic order(const OrderId& id) const { return find_order(state, id).value(); }
    OrderMoney order_money(const OrderId& id) const { return find_order_money(state, id).value(); }

    // Shortcuts for what most tests need first; each must be accepted (`faults` says if not).
    void mint(const Member& to, u64 amount);
    ProgrammeId open_programme(u64 budget);
    CreateProgramme programme_terms();
    VoucherId voucher(const ProgrammeId& programme, const Member& holder, u64 amount);

private:
    void add_member(const Member& member, u16 roles, StateTree::Changes& changes);
    void attest(const Member& member, CompanyClass size, std::string_view group,
                StateTree::Changes& changes);
    void change(const StateTree::Changes& changes);
    void begin_block(u64 after_ms, ledger::Overlay& overlay);
    void take(const ledger::Receipt& receipt);
    void check_access(const std::vector<StateKey>& allowed, const std::vector<StateKey>& touched,
                      const Operation& operation);
    void expect(bool condition, std::string what) {
        if (!condition) faults.push_back(std::move(what));
    }

    u64 nonces_ = 0;
};

inline void MarketWorld::add_member(const Member& member, u16 roles, StateTree::Changes& changes) {
    ledger::Organisation organisation;
    organisation.id = member.id;
    organisation.roles = roles;
    if (roles & ledger::role_store) organisation.endpoint = "https://store.example";
    changes[ledger::state_key(ledger::Table::organisation, member.id.view())] =
        bcs::encode(organisation);
    const auto add_key = [&](crypto::KeyKind kind, Purpose purpose, const ByteArray<32>& bytes) {
        const KeyId id = ledger::key_id(member.id, kind, purpose, bytes);
        const ledger::Key key{
            static_cast<u8>(kind), static_cast<u8>(purpose), bytes, member.id, 0, {}, {}};
        changes[ledger::state_key(ledger::Table::key, id.view())] = bcs::encode(key);
        changes[ledger::state_key(ledger::Table::key_by_bytes, bytes)] =
            bcs::encode(ledger::KeyByBytes{id});
    };
    add_key(crypto::KeyKind::ed25519, Purpose::transact, member.transact.public_key().bytes);
    add_key(crypto::KeyKind::ed25519, Purpose::deliver, member.deliver.public_key().bytes);
    add_key(crypto::KeyKind::x25519, Purpose::encrypt,
            crypto::exchange_public(member.prekey).bytes);
}

inline void MarketWorld::attest(const Member& member, CompanyClass size, std::string_view group,
                                StateTree::Changes& changes) {
    Attestation attestation;
    attestation.subject = member.id;
    attestation.family = family;
    attestation.class_ = size;
    attestation.group_tag = named_hash(group);
    attestation.tag_key = 1;
    attestation.issuer = agency.id;
    attestation.valid_from_ms = genesis_ms;
    attestation.valid_to_ms = genesis_ms + 2 * year_ms;
    changes[attestation_key(member.id, family)] = bcs::encode(attestation);
}

inline MarketWorld::MarketWorld() {
    StateTree::Changes changes;
    add_member(node, ledger::role_validator | ledger::role_store, changes);
    add_member(agent, ledger::role_settlement_agent, changes);
    add_member(agency,
               ledger::role_programme_owner | ledger::role_attestor | ledger::role_tag_authority,
               changes);
    for (const Member* member : {&seller, &buyer, &rival, &sibling, &outsider})
        add_member(*member, 0, changes);
    attest(seller, CompanyClass::small, "group of seller", changes);
    attest(buyer, CompanyClass::micro, "group of buyer", changes);
    attest(rival, CompanyClass::medium, "group of rival", changes);
    attest(sibling, CompanyClass::micro, "group of buyer", changes);
    changes[family_key(family)] = bcs::encode(Family{family, agency.id, 1});
    changes[ledger::state_key(ledger::Table::parameter, as_bytes(parameters::treasury))] =
        bcs::encode(ledger::Parameter{node.id, std::nullopt});
    change(changes);
    block = {chain, 1, 0, genesis_ms, genesis_ms};
}

inline void MarketWorld::change(const StateTree::Changes& changes) {
    const StateTree before = state;
    state = state.updated(changes);
    rules.committed(before, changes);
}

inline void MarketWorld::begin_block(u64 after_ms, ledger::Overlay& overlay) {
    ++block.height;
    block.time_ms += after_ms;
    block.market_time_ms += after_ms;
    events.clear();
    std::vector<ledger::Receipt> receipts_of_block = rules.expire(block, overlay);
    for (const ledger::Receipt& receipt : receipts_of_block) take(receipt);
    expired = receipts_of_block.size();
}

inline void MarketWorld::take(const ledger::Receipt& receipt) {
    receipts = crypto::sha256({receipts, bcs::encode(receipt)});
    for (const Bytes& bytes : receipt.events) {
        expect(bytes.size() <= ledger::limits::event_bytes_max, "an event is too long");
        const Result<Event> event = decode_event(bytes);
        expect(event.has_value(), "an event does not decode");
        if (event) events.push_back(*event);
    }
    expect(receipt.events.size() <= ledger::limits::receipt_events_max, "too many events");
}

inline void MarketWorld::check_access(const std::vector<StateKey>& allowed,
                                      const std::vector<StateKey>& touched,
                                      const Operation& operation) {
    const std::set<StateKey> set(allowed.begin(), allowed.end());
    const std::set<u8> members_and_parameters{1, 2, 4, 14};
    for (const StateKey& key : touched)
        if (!members_and_parameters.contains(key.front()) && !set.contains(key))
            faults.push_back(std::string(operation_name(operation)) + " touched " + to_hex(key) +
                             " outside keys()");
}

inline ledger::RejectionCode MarketWorld::run(const Member& by, const Operation& operation,
                                              Purpose purpose, u64 after_ms) {
    ledger::Overlay of_block(state);
    begin_block(after_ms, of_block);
    const Bytes bytes = encode(operation);
    expect(rules.is_active(bytes, block.protocol_version), "not active");
    const u8 bit = static_cast<u8>(1u << (static_cast<unsigned>(purpose) - 1));
    const KeyId key_id = purpose == Purpose::transact ? by.transact_id : by.deliver_id;
    const std::optional<ledger::Key> key = ledger::find_key(of_block, key_id);
    ledger::Outcome outcome;
    const TxId id(named_hash("tx " + std::to_string(block.height)));
    if (!key || !key->live_at(block.height, block.time_ms)) {
        outcome.code = ledger::code(ledger::Rejection::key_not_valid);
    } else if ((rules.purposes(bytes) & bit) == 0) {
        outcome.code = ledger::code(ledger::Rejection::wrong_purpose);
    } else {
        const std::vector<StateKey> allowed = rules.keys(bytes, block, by.id, of_block);
        ledger::Overlay of_transaction(of_block);
        std::vector<StateKey> touched;
        of_transaction.record_reads(&touched);
        outcome = rules.apply(bytes, id, block, *key, documents, of_transaction);
        of_transaction.record_reads(nullptr);
        for (const auto& [written, value] : of_transaction.changes()) touched.push_back(written);
        check_access(allowed, touched, operation);
        if (outcome.code == ledger::accepted) of_transaction.apply_to(of_block);
    }
    take(ledger::Receipt{id, outcome.code, outcome.events});
    if (outcome.code == ledger::accepted)
        if (const auto* mint = std::get_if<MintCredits>(&operation)) minted += mint->amount;
    change(of_block.changes());
    return outcome.code;
}

inline std::size_t MarketWorld::wait(u64 ms) {
    ledger::Overlay of_block(state);
    begin_block(ms, of_block);
    change(of_block.changes());
    return expired;
}

inline void MarketWorld::mint(const Member& to, u64 amount) {
    MintCredits operation;
    operation.depositor = to.id;
    operation.amount = amount;
    operation.bank_ref = named_hash("bank " + std::to_string(nonces_++));
    expect(run(agent, operation) == 0, "mint refused");
}

inline CreateProgramme MarketWorld::programme_terms() {
    CreateProgramme operation;
    operation.nonce = nonce();
    operation.terms.family = family;
    operation.terms.fiscal_year = 2027;
    operation.terms.kind = 1;
    operation.terms.officers = {agency.transact.public_key()};
    operation.terms.threshold = 1;
    operation.terms.budget_max = 1'000'000'000;
    operation.terms.share_bps = {7'000, 7'000, 5'000, 3'000};
    operation.terms.cap_order = 10'000'000;
    operation.terms.cap_company = 50'000'000;
    operation.terms.cap_group = 60'000'000;
    operation.terms.cap_pair = 40'000'000;
    operation.terms.valid_from_ms = genesis_ms;
    operation.terms.valid_to_ms = genesis_ms + year_ms;
    operation.terms.redeem_by_ms = genesis_ms + year_ms + year_ms / 2;
    operation.terms.rules = documents.text("rules of the programme");
    operation.funders = {agency.id};
    return operation;
}

inline ProgrammeId MarketWorld::open_programme(u64 budget) {
    const CreateProgramme create = programme_terms();
    const ProgrammeId id = programme_id(chain, agency.id, create.nonce);
    expect(run(agency, create) == 0, "programme refused");
    mint(agency, budget);
    expect(run(agency, FundProgramme{id, budget}) == 0, "funding refused");
    expect(run(agency, OpenProgramme{id}) == 0, "opening refused");
    return id;
}

inline VoucherId MarketWorld::voucher(const ProgrammeId& programme, const Member& holder,
                                      u64 amount) {
    IssueVoucher operation;
    operation.nonce = nonce();
    operation.programme = programme;
    operation.holder = holder.id;
    operation.amount = amount;
    operation.expiry_ms = genesis_ms + year_ms;
    operation.purpose_tag = named_hash("purpose " + std::to_string(nonces_++));
    expect(run(agency, operation) == 0, "voucher refused");
    return voucher_id(chain, agency.id, operation.nonce);
}

}  // namespace jangbu::test
