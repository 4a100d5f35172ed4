#include "ledger/jbproof.h"

#include "ledger/jbproof_reader.h"

namespace jangbu::ledger::jbproof {
namespace {

namespace merkle = crypto::merkle;

constexpr std::size_t chain_steps_max = 256;

struct KindName {
    Kind kind;
    const char* name;
};
constexpr KindName kind_names[] = {{Kind::transaction, "transaction"},
                                   {Kind::receipt, "receipt"},
                                   {Kind::state, "state"},
                                   {Kind::absence, "absence"},
                                   {Kind::history, "history"},
                                   {Kind::consistency, "consistency"}};

Result<Kind> read_kind(const Json& value) {
    for (const KindName& known : kind_names)
        if (value == known.name) return known.kind;
    return refused("kind");
}

Status need_number(const Json& value, u64 expected, const char* reason) {
    const u64 number = TRY(read_number(value));
    return need(number == expected, reason);
}

// Size, and index where the claim fixes it, come from a header: a path does not fix them by itself.
Status check_list_path(const Json& path, const Hash& leaf, const Hash& root, u64 size,
                       std::optional<u64> index) {
    TRY(need_fields(path, {"index", "size", "nodes"}));
    const u64 at = TRY(read_number(path["index"]));
    TRY(need_number(path["size"], size, "size"));
    TRY(need(!index || at == *index, "index"));
    const std::vector<Hash> nodes = TRY(read_nodes(path["nodes"]));
    return need(merkle::verify_inclusion(leaf, at, size, nodes, root), "path");
}

// A header of this chain; height 0 only as Genesis makes it.
Result<Header> read_header(const Json& value, const Genesis& genesis, const char* what) {
    const Header header = TRY(read_record_text<Header>(value, what));
    const Header zero = header_zero(genesis);
    TRY(need(header.chain_id == zero.chain_id, "chain"));
    TRY(need(header.height > 0 || header == zero, "header 0"));
    return header;
}

Status check_past_header(const Json& path, const Header& past, const Header& head) {
    const Hash leaf = merkle::leaf(header_hash(past).bytes);
    return check_list_path(path, leaf, head.history_root, head.height, past.height);
}

// By the one validator of a solo set, which must be the set that the header names.
Result<PublicKey> check_signature(const Header& header, const ValidatorSet& set,
                                  const Json& signature_text) {
    TRY(need(header.validators_hash == validators_hash(set), "validators"));
    TRY(need(set.validators.size() == 1, "solo key"));
    const PublicKey& key = set.validators[0].key;
    TRY(need(crypto::admissible_ed25519(key), "solo key"));
    const Signature signature = TRY(read_signature(signature_text));
    const Hash hash = header_hash(header).bytes;
    TRY(need(crypto::verify(key, crypto::domain::header, hash, signature), "signature"));
    return key;
}

// From the set of Genesis, over every header that handed over to another, to the set in force at
// the head.
Result<ValidatorSet> follow(const Json& chain, const Header& head, const Genesis& genesis) {
    TRY(need(chain.is_array() && chain.size() <= chain_steps_max, "chain"));
    ValidatorSet set = genesis.validators;
    std::optional<u64> height;
    for (const Json& step : chain) {
        TRY(need_fields(step, {"header", "signature", "path", "next"}));
        const Header header = TRY(read_header(step["header"], genesis, "header"));
        ValidatorSet next = TRY(read_record_text<ValidatorSet>(step["next"], "next"));
        TRY(need((!height || *height < header.height) && header.height < head.height,
                 "step height"));
        TRY(check_signature(header, set, step["signature"]));
        TRY(check_past_header(step["path"], header, head));
        TRY(need(next != set && header.next_validators_hash == validators_hash(next), "next"));
        set = std::move(next);
        height = header.height;
    }
    return set;
}

Status check_transaction(const Json& subject, const Json& paths, Verified& claim) {
    TRY(need_fields(subject, {"txid", "signature"}));
    claim.txid = TxId(TRY(read_hex(subject["txid"])));
    claim.signature = TRY(read_signature(subject["signature"]));
    const Hash leaf = merkle::leaf(leaf_entry(claim.txid, claim.signature));
    return check_list_path(paths[0], leaf, claim.header.tx_root, claim.header.tx_count, {});
}

Status check_receipt(const Json& subject, const Json& paths, Verified& claim) {
    TRY(need_fields(subject, {"receipt"}));
    claim.receipt = TRY(read_record_text<Receipt>(subject["receipt"], "receipt"));
    const Hash leaf = merkle::leaf(bcs::encode(claim.receipt));
    return check_list_path(paths[0], leaf, claim.header.receipt_root, claim.header.receipt_count,
                           {});
}

Status check_state(const Json& subject, const Json& paths, Verified& claim) {
    const bool present = claim.kind == Kind::state;
    if (present)
        TRY(need_fields(subject, {"state_key", "value"}));
    else
        TRY(need_fields(subject, {"state_key"}));
    claim.state_key = TRY(read_base64url(subject["state_key"]));
    if (present) claim.value = TRY(read_base64url(subject["value"]));
    TRY(need_fields(paths[0], {"state"}));
    const auto proof = TRY(read_record_text<StateProof>(paths[0]["state"], "state"));
    std::optional<ByteView> value;
    if (present) value = claim.value;
    return need(verify_state(claim.header.state_root, claim.state_key, value, proof), "state");
}

Status check_older(const Json& subject, const Json& paths, Verified& claim) {
    TRY(need_fields(subject, {"header"}));
    const Header& head = claim.header;
    claim.older_header = TRY(read_header(subject["header"], claim.genesis, "older header"));
    const Header& older = claim.older_header;
    TRY(need(older.height < head.height, "older header"));
    if (claim.kind == Kind::consistency) {
        const Json& growth = paths[0];
        TRY(need_fields(growth, {"first", "second", "nodes"}));
        TRY(need_number(growth["first"], older.height, "sizes"));
        TRY(need_number(growth["second"], head.height, "sizes"));
        const std::vector<Hash> nodes = TRY(read_nodes(growth["nodes"]));
        TRY(need(merkle::verify_consistency(older.height, head.height, older.history_root,
                                            head.history_root, nodes),
                 "consistency"));
    }
    return check_past_header(paths.back(), older, head);
}

Status check_subject(const Json& subject, const Json& paths, Verified& claim) {
    const std::size_t paths_needed = claim.kind == Kind::consistency ? 2 : 1;
    TRY(need(paths.is_array() && paths.size() == paths_needed, "paths"));
    switch (claim.kind) {
        case Kind::transaction:
            return check_transaction(subject, paths, claim);
        case Kind::receipt:
            return check_receipt(subject, paths, claim);
        case Kind::state:
        case Kind::absence:
            return check_state(subject, paths, claim);
        case Kind::history:
        case Kind::consistency:
            return check_older(subject, paths, claim);
    }
    return refused("kind");
}

// An invalid or repeated cosignature refuses the proof: it would be a false statement in it.
Status check_cosignatures(const Json& cosignatures, Verified& claim) {
    TRY(need(cosignatures.is_array(), "cosignatures"));
    std::set<PublicKey> seen;
    for (const Json& entry : cosignatures) {
        TRY(need_fields(entry, {"key", "signature"}));
        const PublicKey key(TRY(read_hex(entry["key"])));
        const Signature signature = TRY(read_signature(entry["signature"]));
        TRY(need(seen.insert(key).second && crypto::admissible_ed25519(key), "witness"));
        TRY(need(
            crypto::verify(key, crypto::domain::cosignature, claim.header_hash.bytes, signature),
            "cosignature"));
        claim.witnesses.push_back(key);
    }
    return {};
}

}  // namespace

Result<Verified> verify(std::string_view file, const Trusted& trusted) {
    const Json proof = TRY(parse(file));
    TRY(need_fields(proof, {"format", "kind", "subject", "paths", "header", "finality",
                            "cosignatures", "anchors", "genesis"}));
    TRY(need(proof["format"] == "jbproof/1", "format"));
    Verified claim;
    claim.kind = TRY(read_kind(proof["kind"]));
    claim.genesis = TRY(read_record_text<Genesis>(proof["genesis"], "genesis"));
    TRY(need(chain_id(claim.genesis) == trusted.chain_id, "genesis"));
    claim.header = TRY(read_header(proof["header"], claim.genesis, "header"));
    claim.header_hash = header_hash(claim.header);

    const Json& finality = proof["finality"];
    TRY(need_fields(finality, {"kind", "chain", "key", "signature"}));
    TRY(need(finality["kind"] == "solo", "finality"));
    const ValidatorSet set = TRY(follow(finality["chain"], claim.header, claim.genesis));
    claim.validator = TRY(check_signature(claim.header, set, finality["signature"]));
    const PublicKey named(TRY(read_hex(finality["key"])));
    TRY(need(named == claim.validator, "key"));

    TRY(check_subject(proof["subject"], proof["paths"], claim));
    TRY(check_cosignatures(proof["cosignatures"], claim));
    TRY(need(proof["anchors"].is_array() && proof["anchors"].empty(), "anchors"));
    claim.witnesses_pinned = static_cast<std::size_t>(std::ranges::count_if(
        claim.witnesses, [&](const PublicKey& key) { return trusted.witnesses.contains(key); }));
    const std::size_t needed = std::max(trusted.witnesses_needed, std::size_t{1});
    claim.level = claim.witnesses_pinned >= needed ? "E1" : "E0";
    return claim;
}

}  // namespace jangbu::ledger::jbproof
