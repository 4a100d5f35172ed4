#include "client/outbox.h"

#include "base/file.h"
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

Status drop(const Home& home, const std::string& label) {
    const auto folder = TRY(home.transactions());
    std::error_code error;
    std::filesystem::remove(file_of(folder, label), error);
    if (error) return fail(ErrorCode::io, "cannot forget " + label + ": " + error.message());
    return sync_folder(folder);
}

// Not later than any clock that orders blocks, so that it is valid at once.
u64 valid_from(const ledger::Header& head) {
    const u64 now = now_ms();
    return now > head.time_ms + head_lag_ms ? now - head_lag_ms : head.time_ms;
}

Result<ledger::Bundle> sign_and_save(Session& session, const std::string& label,
                                     const Draft& draft) {
    ledger::Body body;
    std::copy_n(session.chain_id().bytes.begin(), body.chain.size(), body.chain.begin());
    const crypto::SigningKey key = TRY(session.signing_key(crypto::Purpose::transact));
    body.author = key.public_key();
    body.valid_from_ms = valid_from(session.head().header);
    body.valid_for_ms =
        static_cast<u32>(draft.valid_for_ms != 0 ? draft.valid_for_ms : valid_for_usual_ms);
    body.salt = crypto::random_array<8>();
    body.operation = market::encode(draft.operation);
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

Result<Posted> outcome(Session& session, const std::string& label, const ledger::Bundle& bundle,
                       const TransactionAnswer& answer, bool repeated) {
    if (is_passing(answer)) {
        const bool limit = answer.problem == "limit_exceeded";
        return fail(limit ? ErrorCode::limit_exceeded : ErrorCode::unavailable,
                    "the node did not take it: " + answer.detail + "; run the command again");
    }
    if (answer.status == Answer::refused) {
        TRY(drop(session.home(), label));
        return std::unexpected(rejection(answer, "before a block"));
    }
    if (answer.status != Answer::committed)
        return fail(ErrorCode::unavailable,
                    "the ledger has not decided yet; run the command again, it sends the same "
                    "transaction " +
                        answer.id.hex());
    if (answer.code != ledger::accepted) {
        TRY(drop(session.home(), label));
        return std::unexpected(
            rejection(answer, ("in block " + std::to_string(answer.height)).c_str()));
    }
    Posted posted;
    posted.id = answer.id;
    posted.height = answer.height;
    posted.operation = TRY(market::decode_operation(bundle.transactions[0].body.operation));
    posted.events = answer.events;
    posted.repeated = repeated;
    posted.promise = answer.promise;
    posted.promise_signature = answer.promise_signature;
    return posted;
}

}  // namespace

Result<Posted> post(Session& session, const std::string& label,
                    const std::function<Result<Draft>()>& draft) {
    std::optional<ledger::Bundle> bundle = TRY(load(session.home(), label));
    if (bundle) {
        const ledger::Body& body = bundle->transactions[0].body;
        const TxId id = ledger::txid(session.chain_id(), body);
        TRY(session.refresh());  // the head first: what it left out and cannot take is out for ever
        const bool can_enter = can_still_enter(body, session.head().header);
        const TransactionAnswer answer = TRY(session.node().transaction(id, 0));
        if (answer.status == Answer::committed)
            return outcome(session, label, *bundle, answer, true);
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
    return outcome(session, label, *bundle, answer, false);
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
    Posted posted = TRY(outcome(session, label, *bundle, answer, true));
    return std::optional(std::move(posted));
}

Status forget(Session& session, const std::string& label) {
    const std::optional<ledger::Bundle> bundle = TRY(load(session.home(), label));
    if (!bundle) return {};
    const ledger::Body& body = bundle->transactions[0].body;
    TRY(session.refresh());
    const bool can_enter = can_still_enter(body, session.head().header);
    const TransactionAnswer answer =
        TRY(session.node().transaction(ledger::txid(session.chain_id(), body), 0));
    if (answer.status != Answer::committed && (answer.status == Answer::pending || can_enter))
        return fail(ErrorCode::conflict,
                    "the ledger has not decided about the earlier one; run the command without "
                    "--again first");
    return drop(session.home(), label);
}

}  // namespace jangbu::client
