#include "client/transaction_file.h"

#include <algorithm>

#include "client/plain_text.h"
#include "market/market_rules.h"

namespace jangbu::client {
namespace {

// Without a ledger nobody knows how many keys were added; making one costs some microseconds.
constexpr u32 key_numbers_max = 1'024;

// Each document that the operation names is here once, and no other.
Status check_documents(const TransactionFile& file) {
    const market::MarketRules rules;
    std::vector<ledger::DocumentRef> named = rules.documents(file.transaction.body.operation);
    for (const ledger::Document& document : file.documents) {
        const Bytes bytes = bcs::encode(document);
        const ledger::DocumentHash hash = ledger::document_hash(bytes);
        const auto found = std::ranges::find_if(named, [&](const ledger::DocumentRef& ref) {
            return ref.hash == hash && ref.length == bytes.size();
        });
        if (found == named.end())
            return fail(ErrorCode::malformed,
                        "it carries a document that the transaction does not name");
        named.erase(found);
    }
    if (!named.empty())
        return fail(ErrorCode::malformed, "a document that the transaction names is not in it");
    return {};
}

Status check(const TransactionFile& file) {
    const ledger::Transaction& transaction = file.transaction;
    if (!std::ranges::equal(transaction.body.chain, ByteView(file.chain_id.bytes).first(4)))
        return fail(ErrorCode::malformed, "its transaction is of another ledger than it says");
    TRY(check_documents(file));
    if (!file.is_signed) {
        if (transaction.signature != ledger::Signature{})
            return fail(ErrorCode::malformed, "it says that it is not signed, and is");
        return {};
    }
    if (!crypto::verify(transaction.body.author, crypto::domain::transaction, file.id().bytes,
                        transaction.signature))
        return fail(ErrorCode::verification_failed, "its signature is not its author's");
    return {};
}

}  // namespace

u64 TransactionFile::ends_ms() const {
    const u64 from = transaction.body.valid_from_ms;
    const u64 length = transaction.body.valid_for_ms;
    return from > UINT64_MAX - length ? UINT64_MAX : from + length;
}

Bytes encode(const TransactionFile& file) {
    bcs::Encoder encoder;
    encoder.version();
    encoder(file.chain_id);
    encoder(file.is_signed);
    encoder.raw(ledger::encode(file.bundle()));
    return encoder.take();
}

Result<TransactionFile> decode_transaction_file(ByteView bytes) {
    const auto is_none = [](const std::string& why) {
        return fail(ErrorCode::malformed, "this is no transaction file: " + why);
    };
    if (bytes.size() > transaction_file_bytes_max) return is_none("it is too long");
    bcs::Decoder decoder(bytes);
    TransactionFile file;
    decoder.version();
    decoder(file.chain_id);
    decoder(file.is_signed);
    if (decoder.fault()) return is_none(decoder.fault());
    const market::MarketRules codec;
    Result<ledger::Bundle> bundle = ledger::decode_bundle(bytes.subspan(decoder.at()), codec);
    if (!bundle) return is_none(bundle.error().detail);
    if (bundle->transactions.size() != 1) return is_none("it does not hold one transaction");
    file.transaction = std::move(bundle->transactions[0]);
    file.documents = std::move(bundle->documents);
    TRY(check(file));
    return file;
}

Result<TransactionFile> sign(const TransactionFile& file, const crypto::OrganisationSecret& secret,
                             u64 now_ms) {
    if (file.is_signed) return fail(ErrorCode::already_exists, "it is signed already");
    if (now_ms > file.ends_ms())
        return fail(ErrorCode::conflict, "its window ended at " + iso_time(file.ends_ms()) +
                                             "; generate it again, it stays the same act");
    for (u32 n = 0; n < key_numbers_max; ++n) {
        const crypto::SigningKey key = secret.signing_key(crypto::Purpose::transact, n);
        if (key.public_key() != file.transaction.body.author) continue;
        TransactionFile out = file;
        out.transaction = ledger::sign(file.transaction.body, file.chain_id, key);
        out.is_signed = true;
        return out;
    }
    return fail(ErrorCode::not_allowed, "its author " + file.transaction.body.author.hex() +
                                            " is no transact key of this home");
}

}  // namespace jangbu::client
