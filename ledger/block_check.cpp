// Executor's checks of a block input: what needs no parent, and what does.
#include <algorithm>

#include "ledger/executor.h"

namespace jangbu::ledger {
namespace {

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

std::optional<Rejection> check_unsigned_form(const Transaction& transaction, const ChainId& chain,
                                             u16 protocol_version, const Application& application) {
    const auto prepared = application.prepare({&transaction, 1}, protocol_version);
    return form_refusal(transaction, *prepared, 0, chain);
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
    look_ahead(earlier, checked);
    return checked;
}

Result<CheckedBlock> Executor::check_form(const Header& earlier, BlockInput input) const {
    CheckedBlock checked;
    checked.input = std::move(input);
    checked.protocol_version = earlier.protocol_version;
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

}  // namespace jangbu::ledger
