#include "ledger/executor.h"

#include <algorithm>
#include <set>

#include "crypto/merkle.h"

namespace jangbu::ledger {
namespace {

std::unexpected<Error> refused(const std::string& what) {
    return fail(ErrorCode::verification_failed, "block input refused: " + what);
}
std::unexpected<Error> refused(std::size_t index, Rejection rejection) {
    return refused("transaction " + std::to_string(index) + ": " + name(rejection));
}

bool is_operation(ByteView bytes, const OperationCodec& codec) {
    bcs::Decoder decoder(bytes);
    codec.read_operation(decoder);
    return !decoder.fault() && decoder.left() == 0;
}

Status check_place(const Header& parent, const HeaderHash& parent_hash, const BlockInput& input) {
    if (input.height != parent.height + 1)
        return refused("height " + std::to_string(input.height) + " on top of " +
                       std::to_string(parent.height));
    if (input.parent != parent_hash) return refused("another parent");
    // A new epoch starts with OpenEpoch, which this version does not have yet.
    if (input.epoch != parent.epoch) return refused("another epoch");
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

Status check_signatures(std::span<const Transaction> transactions, std::span<const TxId> ids,
                        SignatureChecker& signatures) {
    TransactionClaims claims(ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i) claims.add(ids[i], transactions[i]);
    if (const auto bad = first_bad(signatures, claims))
        return refused(*bad, Rejection::bad_signature);
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
    const Body& body = transaction.body;
    if (!std::ranges::equal(body.chain, ByteView(chain.bytes).first(body.chain.size())))
        return Rejection::wrong_chain;
    if (encode(transaction).size() > limits::transaction_bytes_max) return Rejection::too_large;
    if (!is_operation(body.operation, application)) return Rejection::malformed;
    if (!application.is_active(body.operation, protocol_version)) return Rejection::not_yet_active;
    for (const DocumentRef& ref : application.documents(body.operation))
        if (ref.length == 0 || ref.length > limits::document_bytes_max)
            return Rejection::document_mismatch;
    return std::nullopt;
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

Result<std::vector<TxId>> Executor::check(const Snapshot& parent, const BlockInput& input,
                                          const UsedIds& used, SignatureChecker* signatures) const {
    TRY(check_place(parent.header, parent.hash, input));
    const Header& header = parent.header;
    std::vector<TxId> ids = txids(header.chain_id, input.transactions);
    std::set<TxId> distinct;
    for (std::size_t i = 0; i < input.transactions.size(); ++i) {
        const Transaction& transaction = input.transactions[i];
        if (const auto rejection = check_unsigned_form(transaction, header.chain_id,
                                                       header.protocol_version, application_))
            return refused(i, *rejection);
        const auto refs = application_.documents(transaction.body.operation);
        if (!documents_match(refs, documents_)) return refused(i, Rejection::document_mismatch);
        if (used.contains(ids[i]) || !distinct.insert(ids[i]).second)
            return refused(i, Rejection::id_used);
    }
    if (signatures) TRY(check_signatures(input.transactions, ids, *signatures));
    return ids;
}

Result<Execution> Executor::execute(const Snapshot& parent, BlockInput input, const UsedIds& used,
                                    SignatureChecker* signatures) const {
    Execution done;
    done.ids = TRY(check(parent, input, used, signatures));
    done.input = std::move(input);
    const BlockContext block = parent.next_block(done.input.time_ms);

    Overlay state(parent.state);
    done.receipts = application_.expire(block, state);
    for (const Receipt& receipt : done.receipts)
        JANGBU_ASSERT(std::holds_alternative<SystemSubject>(receipt.subject));
    for (std::size_t i = 0; i < done.ids.size(); ++i)
        done.receipts.push_back(run(done.input.transactions[i], done.ids[i], block, state));
    done.changes = state.changes();
    done.state = parent.state.updated(done.changes);

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
    header.tx_root = tx_root(done.ids, done.input.transactions);
    header.receipt_root = receipt_root(encoded(done.receipts));
    header.state_root = done.state.root();
    header.history_root = parent.history->root(block.height);
    header.validators_hash = parent.header.next_validators_hash;
    header.next_validators_hash = parent.header.next_validators_hash;
    done.hash = header_hash(header);
    return done;
}

std::optional<Rejection> Executor::guard(const Transaction& transaction, const BlockContext& block,
                                         const StateReader& state, Key& author) const {
    const Body& body = transaction.body;
    const u64 window_max = number(state, parameters::window_max_ms, block.height);
    if (!window_is_valid(body.valid_from_ms, body.valid_for_ms, block.time_ms, window_max))
        return Rejection::outside_window;
    const std::optional<Key> key = find_key_by_bytes(state, body.author.bytes);
    if (!key) return Rejection::unknown_key;
    if (!key->live_at(block.height, block.time_ms)) return Rejection::key_not_valid;
    // A registered key has a purpose from 1 to 6.
    const u8 allowed = application_.purposes(body.operation);
    if ((allowed >> (key->purpose - 1) & 1) == 0) return Rejection::wrong_purpose;
    author = *key;
    return std::nullopt;
}

Receipt Executor::run(const Transaction& transaction, const TxId& id, const BlockContext& block,
                      Overlay& state) const {
    Receipt receipt{id, accepted, {}};
    Key author;
    if (const auto rejection = guard(transaction, block, state, author)) {
        receipt.code = code(*rejection);
        return receipt;
    }
    Overlay attempt(state);
    Outcome outcome =
        application_.apply(transaction.body.operation, id, block, author, documents_, attempt);
    receipt.code = outcome.code;
    if (outcome.code == accepted) {
        attempt.apply_to(state);
        receipt.events = std::move(outcome.events);
    }
    return receipt;
}

}  // namespace jangbu::ledger
