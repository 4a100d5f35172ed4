#include "ledger/executor.h"

#include <algorithm>
#include <cstring>

#include "crypto/merkle.h"

namespace jangbu::ledger {
namespace {

// Transactions whose records are looked up together: what they find stays in the nearer caches
// until they run.
constexpr std::size_t fetched_together = 64;

std::unexpected<Error> refused(const std::string& what) {
    return fail(ErrorCode::verification_failed, "block input refused: " + what);
}
std::unexpected<Error> refused(std::size_t index, Rejection rejection) {
    return refused("transaction " + std::to_string(index) + ": " + name(rejection));
}

Status check_heights(const Header& parent, const HeaderHash& parent_hash, const BlockInput& input) {
    if (input.height != parent.height + 1)
        return refused("height " + std::to_string(input.height) + " on top of " +
                       std::to_string(parent.height));
    if (input.parent != parent_hash) return refused("another parent");
    if (input.epoch < parent.epoch)
        return refused("another epoch: " + std::to_string(input.epoch) + " after " +
                       std::to_string(parent.epoch));
    if (input.time_ms <= parent.time_ms) return refused("time does not advance");
    if (input.transactions.size() > limits::block_transactions_max)
        return refused("too many transactions");
    return {};
}

// Only a document that is there can contradict its reference: it may have been pruned since.
bool documents_match(std::span<const DocumentRef> refs, const DocumentReader& documents) {
    return std::ranges::all_of(refs, [&](const DocumentRef& ref) {
        const std::optional<Document> document = documents.find(ref.hash);
        return !document || bcs::encode(*document).size() == ref.length;
    });
}

// Nobody who chose a key of this block's state knew the hash of its parent.
u64 table_seed(const HeaderHash& parent) {
    u64 seed = 0;
    std::memcpy(&seed, parent.bytes.data(), sizeof seed);
    return seed;
}

std::optional<Rejection> form_refusal(const Transaction& transaction, const PreparedBlock& prepared,
                                      std::size_t index, const ChainId& chain) {
    const Body& body = transaction.body;
    if (!std::ranges::equal(body.chain, ByteView(chain.bytes).first(body.chain.size())))
        return Rejection::wrong_chain;
    if (encoded_size(transaction) > limits::transaction_bytes_max) return Rejection::too_large;
    if (const auto rejection = prepared.form(index)) return rejection;
    for (const DocumentRef& ref : prepared.documents(index))
        if (ref.length == 0 || ref.length > limits::document_bytes_max)
            return Rejection::document_mismatch;
    return std::nullopt;
}

Status check_signatures(std::span<const Transaction> transactions, std::span<const TxId> ids,
                        SignatureChecker& signatures) {
    TransactionClaims claims(ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i) claims.add(ids[i], transactions[i]);
    if (const auto bad = first_bad(signatures, claims))
        return refused(*bad, Rejection::bad_signature);
    return {};
}

// Where what opens an epoch may stand: first in the first block of a greater epoch, nowhere else.
Status check_epoch_place(const Header& parent, const BlockInput& input,
                         const PreparedBlock& prepared) {
    const bool is_new = input.epoch > parent.epoch;
    for (std::size_t i = 0; i < input.transactions.size(); ++i) {
        if (!prepared.opens_epoch(i)) continue;
        const std::string which = "transaction " + std::to_string(i) + ": OpenEpoch ";
        if (!is_new) return refused(which + "inside an epoch");
        if (i > 0)
            return refused(which +
                           (prepared.opens_epoch(0) ? "a second time" : "not in the first place"));
    }
    if (is_new && (input.transactions.empty() || !prepared.opens_epoch(0)))
        return refused("another epoch, which no OpenEpoch opens");
    return {};
}

}  // namespace

BlockContext Snapshot::next_block(u64 time_ms) const {
    const u64 height = header.height + 1;
    const u64 halt_gap = number(state, parameters::halt_gap_ms, height);
    return {header.chain_id, header.protocol_version, height, time_ms,
            market_time_after(header, time_ms, halt_gap)};
}

u64 market_time_after(const Header& previous, u64 time_ms, u64 halt_gap_ms) {
    JANGBU_ASSERT(time_ms >= previous.time_ms);
    return previous.market_time_ms + std::min(time_ms - previous.time_ms, halt_gap_ms);
}

std::optional<Rejection> check_unsigned_form(const Transaction& transaction, const ChainId& chain,
                                             u16 protocol_version, const Application& application) {
    const auto prepared = application.prepare({&transaction, 1}, protocol_version);
    return form_refusal(transaction, *prepared, 0, chain);
}

Hash tx_root(std::span<const TxId> ids, std::span<const Transaction> transactions) {
    return crypto::merkle::root(transaction_leaves(ids, transactions));
}

Hash receipt_root(std::span<const Bytes> encoded_receipts) {
    std::vector<crypto::merkle::Entry> entries;
    entries.reserve(encoded_receipts.size());
    for (const Bytes& receipt : encoded_receipts) entries.push_back({receipt, {}});
    std::vector<Hash> leaves(entries.size());
    crypto::merkle::leaves(entries, leaves);
    return crypto::merkle::root(leaves);
}

std::vector<Bytes> encoded(std::span<const Receipt> receipts) {
    std::vector<Bytes> out;
    out.reserve(receipts.size());
    for (const Receipt& receipt : receipts) out.push_back(bcs::encode(receipt));
    return out;
}

Result<CheckedBlock> Executor::check(const Snapshot& parent, BlockInput input, const UsedIds& used,
                                     SignatureChecker* signatures) const {
    TRY(check_heights(parent.header, parent.hash, input));
    CheckedBlock checked = TRY(check_form(parent.header, std::move(input)));
    TRY(check_place(parent, checked, used));
    if (signatures) TRY(check_signatures(checked.input.transactions, checked.ids, *signatures));
    return checked;
}

Result<CheckedBlock> Executor::check_ahead(const Snapshot& earlier, BlockInput input,
                                           SignatureChecker* signatures) const {
    if (input.transactions.size() > limits::block_transactions_max)
        return refused("too many transactions");
    CheckedBlock checked = TRY(check_form(earlier.header, std::move(input)));
    if (signatures) TRY(check_signatures(checked.input.transactions, checked.ids, *signatures));
    checked.prepared->judge_ahead(earlier.state);
    checked.is_judged = true;
    return checked;
}

Result<CheckedBlock> Executor::check_form(const Header& earlier, BlockInput input) const {
    CheckedBlock checked{std::move(input), {}, nullptr, earlier.protocol_version};
    const std::vector<Transaction>& transactions = checked.input.transactions;
    checked.ids = txids(earlier.chain_id, transactions);
    checked.prepared = application_.prepare(transactions, earlier.protocol_version);
    IdSet distinct;
    for (std::size_t i = 0; i < transactions.size(); ++i) {
        if (const auto rejection =
                form_refusal(transactions[i], *checked.prepared, i, earlier.chain_id))
            return refused(i, *rejection);
        if (!distinct.insert(checked.ids[i])) return refused(i, Rejection::id_used);
    }
    return checked;
}

Status Executor::check_place(const Snapshot& parent, const CheckedBlock& checked,
                             const UsedIds& used) const {
    TRY(check_heights(parent.header, parent.hash, checked.input));
    JANGBU_ASSERT(checked.protocol_version == parent.header.protocol_version);
    for (std::size_t i = 0; i < checked.ids.size(); ++i) {
        if (!documents_match(checked.prepared->documents(i), documents_))
            return refused(i, Rejection::document_mismatch);
        if (used.contains(checked.ids[i])) return refused(i, Rejection::id_used);
    }
    return check_epoch(parent, checked);
}

// Whatever a receipt would reject of it spoils the block, or an epoch could begin with a refusal.
Status Executor::check_epoch(const Snapshot& parent, const CheckedBlock& checked) const {
    TRY(check_epoch_place(parent.header, checked.input, *checked.prepared));
    if (checked.input.epoch == parent.header.epoch) return {};
    const EpochOpening opening = *checked.prepared->opens_epoch(0);
    if (opening.head != parent.hash) return refused("OpenEpoch on another head");
    if (opening.height != parent.header.height)
        return refused("OpenEpoch at height " + std::to_string(opening.height) + ", on top of " +
                       std::to_string(parent.header.height));
    if (opening.reason < static_cast<u8>(EpochReason::restore) ||
        opening.reason > static_cast<u8>(EpochReason::engine_change))
        return refused("OpenEpoch for reason " + std::to_string(opening.reason));
    const PublicKey& author = checked.input.transactions[0].body.author;
    if (std::ranges::find(validators_.validators, author, &Validator::key) ==
        validators_.validators.end())
        return refused("OpenEpoch by a key that is no validator");
    Key key;
    const BlockContext block = parent.next_block(checked.input.time_ms);
    if (const auto rejection = guard(checked, 0, block, parent.state, key))
        return refused(0, *rejection);
    return {};
}

Result<Execution> Executor::execute(const Snapshot& parent, BlockInput input, const UsedIds& used,
                                    SignatureChecker* signatures) const {
    CheckedBlock checked = TRY(check(parent, std::move(input), used, signatures));
    return execute(parent, std::move(checked));
}

Execution Executor::execute(const Snapshot& parent, CheckedBlock checked) const {
    Execution done;
    const BlockContext block = parent.next_block(checked.input.time_ms);
    if (!checked.is_judged) checked.prepared->judge_ahead(parent.state);

    Overlay state(parent.state, table_seed(parent.hash));
    done.receipts = application_.expire(block, state);
    for (const Receipt& receipt : done.receipts)
        JANGBU_ASSERT(std::holds_alternative<SystemSubject>(receipt.subject));
    done.receipts.reserve(done.receipts.size() + checked.ids.size());
    for (std::size_t i = 0; i < checked.ids.size(); ++i) {
        if (i % fetched_together == 0) fetch_ahead(checked, i, block, state);
        done.receipts.push_back(run(checked, i, block, state));
    }
    done.ids = std::move(checked.ids);
    done.input = std::move(checked.input);
    finish(parent, state, done);

    Header& header = done.header;
    header.chain_id = block.chain_id;
    header.protocol_version = block.protocol_version;
    header.epoch = done.input.epoch;
    header.height = block.height;
    header.time_ms = block.time_ms;
    header.market_time_ms = block.market_time_ms;
    header.parent = parent.hash;
    header.tx_count = static_cast<u32>(done.ids.size());
    header.receipt_count = static_cast<u32>(done.receipts.size());
    header.state_root = done.state.root();
    header.history_root = parent.history->root(block.height);
    header.validators_hash = parent.header.next_validators_hash;
    header.next_validators_hash = parent.header.next_validators_hash;
    done.hash = header_hash(header);
    return done;
}

// The state and the two lists, which do not wait for each other.
void Executor::finish(const Snapshot& parent, Overlay& state, Execution& done) const {
    const auto half = [&](std::size_t which) {
        if (which == 0) {
            done.changes = state.take_changes();
            done.state = parent.state.updated(done.changes);
        } else {
            done.header.tx_root = tx_root(done.ids, done.input.transactions);
            done.encoded_receipts = encoded(done.receipts);
            done.header.receipt_root = receipt_root(done.encoded_receipts);
        }
    };
    if (pool_) {
        pool_->run(2, half);
    } else {
        half(0);
        half(1);
    }
}

std::optional<Rejection> Executor::guard(const CheckedBlock& checked, std::size_t index,
                                         const BlockContext& block, const StateReader& state,
                                         Key& author) const {
    const Body& body = checked.input.transactions[index].body;
    const u64 window_max = number(state, parameters::window_max_ms, block.height);
    if (!window_is_valid(body.valid_from_ms, body.valid_for_ms, block.time_ms, window_max))
        return Rejection::outside_window;
    const std::optional<Key> key = find_key_by_bytes(state, body.author.bytes);
    if (!key) return Rejection::unknown_key;
    if (!key->live_at(block.height, block.time_ms)) return Rejection::key_not_valid;
    // A registered key has a purpose from 1 to 6.
    const u8 allowed = checked.prepared->purposes(index);
    if ((allowed >> (key->purpose - 1) & 1) == 0) return Rejection::wrong_purpose;
    author = *key;
    return std::nullopt;
}

// Every record of a large state is far away in memory. Asked for one after another, as rules do, a
// transaction would wait for each.
void Executor::fetch_ahead(const CheckedBlock& checked, std::size_t first,
                           const BlockContext& block, Overlay& state) const {
    const std::span<const Transaction> soon =
        std::span(checked.input.transactions)
            .subspan(first)
            .first(std::min(fetched_together, checked.ids.size() - first));
    std::vector<StateKey> keys;
    for (const Transaction& one : soon)
        keys.push_back(state_key(Table::key_by_bytes, one.body.author.bytes));
    state.fetch(keys);
    std::vector<StateKey> ids;
    for (const StateKey& key : keys)
        if (const auto known = read_record<KeyByBytes>(state, key))
            ids.push_back(state_key(Table::key, known->key_id.view()));
    state.fetch(std::move(ids));
    keys.clear();
    for (std::size_t i = 0; i < soon.size(); ++i) {
        const std::optional<Key> author = find_key_by_bytes(state, soon[i].body.author.bytes);
        if (!author) continue;
        for (StateKey& key : checked.prepared->keys_ahead(first + i, block, author->org))
            keys.push_back(std::move(key));
    }
    state.fetch(std::move(keys));
}

Receipt Executor::run(const CheckedBlock& checked, std::size_t index, const BlockContext& block,
                      Overlay& state) const {
    const TxId& id = checked.ids[index];
    Receipt receipt{id, accepted, {}};
    Key author;
    if (const auto rejection = guard(checked, index, block, state, author)) {
        receipt.code = code(*rejection);
        return receipt;
    }
    Overlay attempt(state);
    Outcome outcome = checked.prepared->apply(index, id, block, author, documents_, attempt);
    receipt.code = outcome.code;
    if (outcome.code == accepted) {
        std::move(attempt).apply_to(state);
        receipt.events = std::move(outcome.events);
    }
    return receipt;
}

}  // namespace jangbu::ledger
