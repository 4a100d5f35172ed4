#include "client/outbox.h"

#include "base/file.h"
#include "client/plain_text.h"
#include "market/market_rules.h"

namespace jangbu::client {
namespace {

using Answer = TransactionAnswer::Status;

constexpr u64 valid_for_usual_ms = 10 * 60'000;
constexpr u64 wait_ms = 20'000;
constexpr int waits_max = 6;
// An idle ledger makes a block at each heartbeat, so its head lags behind the clock by less than
// this.
constexpr u64 head_lag_ms = 5 * 60'000;

std::filesystem::path file_of(const std::filesystem::path& folder, const std::string& label) {
    return folder / (label + ".bundle");
}

Result<std::optional<ledger::Bundle>> load(const Home& home, const std::string& label) {
    const auto folder = TRY(home.transactions());
    const Result<Bytes> bytes = read_file(file_of(folder, label), ledger::limits::bundle_bytes_max);
    if (!bytes && bytes.error().code == ErrorCode::not_found)
        return std::optional<ledger::Bundle>();
    if (!bytes) return std::unexpected(bytes.error());
    const market::MarketRules codec;
    ledger::Bundle bundle = TRY(ledger::decode_bundle(*bytes, codec));
    if (bundle.transactions.size() != 1)
        return fail(ErrorCode::malformed, "the saved transaction " + label + " is damaged");
    return std::optional(std::move(bundle));
}

// A home without keys may make acts for several organisations.
Result<std::filesystem::path> made_file(Session& session, const std::string& label) {
    const auto folder = TRY(session.home().transactions());
    return folder /
           (label + "-for-" + to_hex(ByteView(session.org().bytes).first(8)) + ".unsigned");
}

// What was made here for another home to sign.
Result<std::optional<TransactionFile>> load_made(Session& session, const std::string& label) {
    const auto name = TRY(made_file(session, label));
    const Result<Bytes> bytes = read_file(name, transaction_file_bytes_max);
    if (!bytes && bytes.error().code == ErrorCode::not_found)
        return std::optional<TransactionFile>();
    if (!bytes) return std::unexpected(bytes.error());
    TransactionFile file = TRY(decode_transaction_file(*bytes));
    return std::optional(std::move(file));
}

Status drop(Session& session, const std::string& label) {
    const auto folder = TRY(session.home().transactions());
    const auto made = TRY(made_file(session, label));
    for (const auto& file : {file_of(folder, label), made}) {
        std::error_code error;
        std::filesystem::remove(file, error);
        if (error) return fail(ErrorCode::io, "cannot forget " + label + ": " + error.message());
    }
    return sync_folder(folder);
}

// Not later than any clock that orders blocks, so that it is valid at once.
u64 valid_from(const ledger::Header& head) {
    const u64 now = now_ms();
    return now > head.time_ms + head_lag_ms ? now - head_lag_ms : head.time_ms;
}

ledger::Body body_of(const Session& session, const Draft& draft, const ledger::PublicKey& author,
                     u64 valid_for_ms) {
    ledger::Body body;
    std::copy_n(session.chain_id().bytes.begin(), body.chain.size(), body.chain.begin());
    body.author = author;
    body.valid_from_ms = valid_from(session.head().header);
    body.valid_for_ms =
        static_cast<u32>(draft.valid_for_ms != 0 ? draft.valid_for_ms : valid_for_ms);
    body.salt = crypto::random_array<8>();
    body.operation = market::encode(draft.operation);
    return body;
}

Result<ledger::Bundle> sign_and_save(Session& session, const std::string& label,
                                     const Draft& draft) {
    const crypto::SigningKey key = TRY(session.signing_key(crypto::Purpose::transact));
    const ledger::Body body = body_of(session, draft, key.public_key(), valid_for_usual_ms);
    ledger::Bundle bundle{{ledger::sign(body, session.chain_id(), key)}, draft.documents};
    const auto folder = TRY(session.home().transactions());
    TRY(write_file_atomically(file_of(folder, label), ledger::encode(bundle),
                              FileMode::owner_only));
    return bundle;
}

Result<TransactionAnswer> send(Session& session, const ledger::Bundle& bundle, const TxId& id) {
    const std::vector<TransactionAnswer> answers =
        TRY(session.node().submit(ledger::encode(bundle), wait_ms));
    if (answers.size() != 1 || answers[0].id != id)
        return fail(ErrorCode::malformed, "the node answered about another transaction");
    TransactionAnswer answer = answers[0];
    for (int i = 0; i < waits_max && answer.status == Answer::pending; ++i) {
        TransactionAnswer later = TRY(session.node().transaction(id, wait_ms));
        later.promise = answer.promise;
        later.promise_signature = answer.promise_signature;
        answer = std::move(later);
    }
    return answer;
}

bool can_still_enter(const ledger::Body& body, const ledger::Header& head) {
    return head.time_ms < body.valid_from_ms ||
           head.time_ms - body.valid_from_ms <= body.valid_for_ms;
}

Error rejection(const TransactionAnswer& answer, const char* when) {
    const std::string name = answer.rejection_name.empty() ? answer.problem : answer.rejection_name;
    std::string detail = std::string("the ledger refused it ") + when;
    if (!name.empty()) detail += ": " + name;
    if (answer.code != 0) detail += " (" + std::to_string(answer.code) + ")";
    if (!answer.detail.empty()) detail += ": " + answer.detail;
    return Error{ErrorCode::rejected, detail, answer.code};
}

// A refusal that says nothing about the transaction: the same bytes are sent again by the next run.
bool is_passing(const TransactionAnswer& answer) {
    return answer.status == Answer::refused && answer.code == 0;
}

Result<Posted> outcome(const ledger::Transaction& transaction, const TransactionAnswer& answer,
                       bool repeated) {
    if (is_passing(answer)) {
        const bool limit = answer.problem == "limit_exceeded";
        return fail(limit ? ErrorCode::limit_exceeded : ErrorCode::unavailable,
                    "the node did not take it: " + answer.detail + "; run the command again");
    }
    if (answer.status == Answer::refused)
        return std::unexpected(rejection(answer, "before a block"));
    if (answer.status != Answer::committed)
        return fail(ErrorCode::unavailable,
                    "the ledger has not decided yet; run the command again, it sends the same "
                    "transaction " +
                        answer.id.hex());
    if (answer.code != ledger::accepted)
        return std::unexpected(
            rejection(answer, ("in block " + std::to_string(answer.height)).c_str()));
    Posted posted;
    posted.id = answer.id;
    posted.height = answer.height;
    posted.operation = TRY(market::decode_operation(transaction.body.operation));
    posted.events = answer.events;
    posted.repeated = repeated;
    posted.promise = answer.promise;
    posted.promise_signature = answer.promise_signature;
    return posted;
}

// The same, and an act that the ledger refused is forgotten.
Result<Posted> settle(Session& session, const std::string& label, const ledger::Bundle& bundle,
                      const TransactionAnswer& answer, bool repeated) {
    Result<Posted> posted = outcome(bundle.transactions[0], answer, repeated);
    if (!posted && posted.error().code == ErrorCode::rejected) TRY(drop(session, label));
    return posted;
}

struct Known {
    TransactionAnswer answer;
    bool can_enter = false;
};
Result<Known> ask(Session& session, const ledger::Body& body) {
    TRY(session.refresh());  // the head first: what it left out and cannot take is out for ever
    const bool can_enter = can_still_enter(body, session.head().header);
    return Known{TRY(session.node().transaction(ledger::txid(session.chain_id(), body), 0)),
                 can_enter};
}

Result<TransactionFile> make_and_save(Session& session, const std::string& label,
                                      const Draft& draft) {
    // Hours may pass until somebody signs it.
    const u64 window_ms = TRY(session.parameter(ledger::parameters::window_max_ms));
    TransactionFile file{session.chain_id(), false, {}, draft.documents};
    file.transaction.body = body_of(session, draft, TRY(session.author()), window_ms);
    const auto name = TRY(made_file(session, label));
    TRY(write_file_atomically(name, encode(file), FileMode::owner_only));
    return file;
}

Result<Posted> make(Session& session, const std::string& label,
                    const std::function<Result<Draft>()>& draft) {
    if (TRY(load(session.home(), label)))
        return fail(ErrorCode::conflict,
                    "this home signed this act itself; run the command without --generate-only");
    std::optional<TransactionFile> file = TRY(load_made(session, label));
    if (file) {
        const ledger::Body body = file->transaction.body;
        const auto [answer, can_enter] = TRY(ask(session, body));
        if (answer.status == Answer::committed && answer.code == ledger::accepted)
            return outcome(file->transaction, answer, true);
        if (answer.status == Answer::committed)
            file.reset();  // refused: whoever sent it was told why
        else if (answer.status != Answer::pending && !can_enter) {
            const Draft again{TRY(market::decode_operation(body.operation)), file->documents,
                              body.valid_for_ms};
            file = TRY(make_and_save(session, label, again));
        }
    }
    if (!file) {
        const Draft fresh = TRY(draft());
        file = TRY(make_and_save(session, label, fresh));
    }
    Posted posted;
    posted.id = file->id();
    posted.operation = TRY(market::decode_operation(file->transaction.body.operation));
    posted.to_sign = std::move(file);
    return posted;
}

// Made here without keys, which this session has: the same transaction, so that it is never two.
Result<std::optional<ledger::Bundle>> sign_made(Session& session, const std::string& label) {
    const std::optional<TransactionFile> made = TRY(load_made(session, label));
    if (!made) return std::optional<ledger::Bundle>();
    // Its window does not matter here: whether it can still enter is asked next.
    ledger::Bundle bundle = TRY(sign(*made, session.secret(), 0)).bundle();
    const auto folder = TRY(session.home().transactions());
    TRY(write_file_atomically(file_of(folder, label), ledger::encode(bundle),
                              FileMode::owner_only));
    return std::optional(std::move(bundle));
}

}  // namespace

Result<Posted> post(Session& session, const std::string& label,
                    const std::function<Result<Draft>()>& draft) {
    if (session.makes_only()) return make(session, label, draft);
    std::optional<ledger::Bundle> bundle = TRY(load(session.home(), label));
    if (!bundle) bundle = TRY(sign_made(session, label));
    if (bundle) {
        const ledger::Body& body = bundle->transactions[0].body;
        const auto [answer, can_enter] = TRY(ask(session, body));
        if (answer.status == Answer::committed)
            return settle(session, label, *bundle, answer, true);
        if (answer.status != Answer::pending && !can_enter) {
            const Draft again{TRY(market::decode_operation(body.operation)), bundle->documents,
                              body.valid_for_ms};
            bundle = TRY(sign_and_save(session, label, again));
        }
    } else {
        const Draft fresh = TRY(draft());
        bundle = TRY(sign_and_save(session, label, fresh));
    }
    const TxId id = ledger::txid(session.chain_id(), bundle->transactions[0].body);
    const TransactionAnswer answer = TRY(send(session, *bundle, id));
    return settle(session, label, *bundle, answer, false);
}

Result<Posted> broadcast(Session& session, const TransactionFile& file) {
    if (file.chain_id != session.chain_id())
        return fail(ErrorCode::verification_failed, "this transaction is of ledger " +
                                                        file.chain_id.hex() + ", the node of " +
                                                        session.chain_id().hex());
    if (!file.is_signed)
        return fail(ErrorCode::usage, "it is not signed yet; sign it with: jangbu sign FILE");
    const auto [known, can_enter] = TRY(ask(session, file.transaction.body));
    if (known.status == Answer::committed) return outcome(file.transaction, known, true);
    if (known.status != Answer::pending && !can_enter)
        return fail(ErrorCode::conflict, "its window ended at " + iso_time(file.ends_ms()) +
                                             " and the ledger did not take it");
    return outcome(file.transaction, TRY(send(session, file.bundle(), file.id())), false);
}

Result<std::optional<market::Operation>> begun(const Home& home, const std::string& label) {
    const std::optional<ledger::Bundle> bundle = TRY(load(home, label));
    if (!bundle) return std::optional<market::Operation>();
    market::Operation operation =
        TRY(market::decode_operation(bundle->transactions[0].body.operation));
    return std::optional(std::move(operation));
}

Result<std::optional<Posted>> done_before(Session& session, const std::string& label) {
    const std::optional<ledger::Bundle> bundle = TRY(load(session.home(), label));
    if (!bundle) return std::optional<Posted>();
    const TxId id = ledger::txid(session.chain_id(), bundle->transactions[0].body);
    const TransactionAnswer answer = TRY(session.node().transaction(id, 0));
    if (answer.status != Answer::committed || answer.code != ledger::accepted)
        return std::optional<Posted>();
    Posted posted = TRY(outcome(bundle->transactions[0], answer, true));
    return std::optional(std::move(posted));
}

Status forget(Session& session, const std::string& label) {
    const std::optional<ledger::Bundle> bundle = TRY(load(session.home(), label));
    const std::optional<TransactionFile> made = TRY(load_made(session, label));
    if (!bundle && !made) return {};
    const auto [answer, can_enter] =
        TRY(ask(session, bundle ? bundle->transactions[0].body : made->transaction.body));
    if (answer.status != Answer::committed && (answer.status == Answer::pending || can_enter))
        return fail(ErrorCode::conflict,
                    "the ledger has not decided about the earlier one; run the command without "
                    "--again first");
    return drop(session, label);
}

}  // namespace jangbu::client
