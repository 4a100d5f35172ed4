#include "node/admission.h"

#include "market/state_keys.h"
#include "node/order_checks.h"

namespace jangbu::node {

using ledger::Rejection;
using ledger::RejectionCode;

// The next block, as far as admission can tell.
struct Admission::Moment {
    SnapshotPtr head;
    u64 now_ms = 0;
    ledger::BlockContext block;
};

struct Admission::Candidate {
    std::size_t index = 0;  // in the bundle
    TxId id;
    ledger::Transaction transaction;
    ledger::Key author;
    std::vector<ledger::Document> documents;  // that travelled with it
    std::size_t bytes = 0;
};

namespace {

void refuse(Admitted& answer, RejectionCode code) {
    answer.status = Admitted::Status::refused;
    answer.rejection = code;
}
void refuse(Admitted& answer, Error error) {
    answer.status = Admitted::Status::refused;
    answer.error = std::move(error);
}

void set_pending(Admitted& answer, const Pending& pending) {
    answer.status = Admitted::Status::pending;
    answer.promise = pending.promise;
    answer.promise_signature = pending.promise_signature;
}

}  // namespace

Admission::Moment Admission::now() const {
    Moment moment{chain_.head(), clock_(), {}};
    const u64 time_ms = std::max(moment.head->header.time_ms + 1, moment.now_ms);
    moment.block = moment.head->next_block(time_ms);
    return moment;
}

void Admission::close(std::string reason) {
    const std::scoped_lock lock(mutex_);
    if (!closed_) closed_ = std::move(reason);
}

bool Admission::answered_before(Admitted& answer) const {
    if (const PendingPtr pending = mempool_.find(answer.id)) {
        set_pending(answer, *pending);
        return true;
    }
    if (!chain_.is_used(answer.id)) return false;
    answer.status = Admitted::Status::committed;
    return true;
}

std::optional<RejectionCode> Admission::check_cheap(const Moment& moment,
                                                    Candidate& candidate) const {
    const ledger::Body& body = candidate.transaction.body;
    const ledger::StateReader& state = moment.head->state;
    const u64 height = moment.block.height;
    const u64 window_max = ledger::number(state, ledger::parameters::window_max_ms, height);
    if (!ledger::window_is_valid(body.valid_from_ms, body.valid_for_ms, moment.block.time_ms,
                                 window_max))
        return code(Rejection::outside_window);
    const std::optional<ledger::Key> key = ledger::find_key_by_bytes(state, body.author.bytes);
    if (!key) return code(Rejection::unknown_key);
    if (!key->live_at(height, moment.block.time_ms)) return code(Rejection::key_not_valid);
    if ((rules_.purposes(body.operation) >> (key->purpose - 1) & 1) == 0)
        return code(Rejection::wrong_purpose);
    candidate.author = *key;
    return std::nullopt;
}

std::optional<RejectionCode> Admission::gather_documents(
    const ledger::Bundle& bundle, const std::map<ledger::DocumentHash, std::size_t>& sent,
    Candidate& candidate) const {
    candidate.bytes = ledger::encode(candidate.transaction).size();
    for (const ledger::DocumentRef& ref : rules_.documents(candidate.transaction.body.operation)) {
        const auto at = sent.find(ref.hash);
        const bool travelled = at != sent.end();
        const std::optional<ledger::Document> stored =
            travelled ? std::nullopt : chain_.documents().find(ref.hash);
        if (!travelled && !stored) return code(Rejection::document_mismatch);
        const ledger::Document& document = travelled ? bundle.documents[at->second] : *stored;
        if (bcs::encode(document).size() != ref.length) return code(Rejection::document_mismatch);
        // Also one that is stored: retention may let it go before the block is made.
        candidate.documents.push_back(document);
        candidate.bytes += ref.length;
    }
    return std::nullopt;
}

std::vector<Admitted> Admission::submit(ledger::Bundle bundle) {
    const Moment moment = now();
    std::optional<std::string> closed;
    {
        const std::scoped_lock lock(mutex_);
        closed = closed_;
    }
    if (!closed) closed = memory_.refusal();
    std::map<ledger::DocumentHash, std::size_t> sent;
    for (std::size_t i = 0; i < bundle.documents.size(); ++i)
        sent.emplace(ledger::document_hash(bcs::encode(bundle.documents[i])), i);

    std::vector<Admitted> answers(bundle.transactions.size());
    std::vector<Candidate> candidates;
    for (std::size_t i = 0; i < bundle.transactions.size(); ++i) {
        Admitted& answer = answers[i];
        Candidate candidate{i,
                            ledger::txid(chain_.id(), bundle.transactions[i].body),
                            std::move(bundle.transactions[i]),
                            {},
                            {},
                            0};
        answer.id = candidate.id;
        const auto ill_formed = ledger::check_unsigned_form(
            candidate.transaction, chain_.id(), moment.head->header.protocol_version, rules_);
        if (ill_formed) {
            refuse(answer, code(*ill_formed));
        } else if (rules_.opens_epoch(candidate.transaction.body.operation)) {
            refuse(answer, Error{ErrorCode::not_allowed,
                                 "OpenEpoch is made by the node that orders, never submitted"});
        } else if (answered_before(answer)) {
            continue;
        } else if (closed) {
            refuse(answer, Error{ErrorCode::unavailable, *closed});
        } else if (const auto rejection = check_cheap(moment, candidate)) {
            refuse(answer, *rejection);
            // Long after its window only the block log remembers a transaction.
            if (*rejection == code(Rejection::outside_window) && find_committed(chain_, answer.id))
                answer = {answer.id, Admitted::Status::committed, 0, {}, {}, {}};
        } else if (const auto mismatch = gather_documents(bundle, sent, candidate)) {
            refuse(answer, *mismatch);
        } else if (Status room = mempool_.check_room(candidate.author.org, candidate.bytes);
                   !room) {
            refuse(answer, std::move(room).error());
        } else {
            candidates.push_back(std::move(candidate));
        }
    }
    verify_signatures(candidates, answers);
    for (Candidate& candidate : candidates) finish(moment, candidate, answers[candidate.index]);
    return answers;
}

// Leaves those whose signature is good.
void Admission::verify_signatures(std::vector<Candidate>& candidates,
                                  std::vector<Admitted>& answers) {
    if (candidates.empty()) return;
    ledger::TransactionClaims claims(candidates.size());
    for (const Candidate& candidate : candidates) claims.add(candidate.id, candidate.transaction);
    const auto verdicts = std::make_unique<bool[]>(candidates.size());
    const Status verified =
        verification_.admit(claims.claims(), {verdicts.get(), candidates.size()});
    std::vector<Candidate> good;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        if (!verified)
            refuse(answers[candidates[i].index], verified.error());
        else if (verdicts[i])
            good.push_back(std::move(candidates[i]));
        else
            refuse(answers[candidates[i].index], code(Rejection::bad_signature));
    }
    candidates = std::move(good);
}

// A proof costs half a millisecond, so the buyer of an order may ask once a minute. Others fail at
// the first guard.
Status Admission::take_attempt(const Moment& moment, const Candidate& candidate) {
    const auto order_id = proven_order(operation_of(candidate.transaction));
    if (!order_id) return {};
    const auto order = market::find_order(moment.head->state, *order_id);
    if (!order || order->buyer != candidate.author.org) return {};
    const std::scoped_lock lock(mutex_);
    std::erase_if(attempts_, [&](const auto& attempt) {
        return attempt.second + proof_pause_ms <= moment.now_ms || attempt.second > moment.now_ms;
    });
    if (!attempts_.emplace(*order_id, moment.now_ms).second)
        return fail(ErrorCode::limit_exceeded, "one proof per order and minute is checked");
    return {};
}

void Admission::finish(const Moment& moment, Candidate& candidate, Admitted& answer) {
    if (Status attempt = take_attempt(moment, candidate); !attempt)
        return refuse(answer, std::move(attempt).error());
    const market::Operation operation = operation_of(candidate.transaction);
    const Judged judged{operation, candidate.id, candidate.author, candidate.documents};
    if (const auto rejection = check_before_order(*moment.head, moment.block, judged))
        return refuse(answer, *rejection);
    add(moment, candidate, answer);
}

void Admission::add(const Moment& moment, Candidate& candidate, Admitted& answer) {
    auto pending = std::make_shared<Pending>();
    pending->id = candidate.id;
    pending->org = candidate.author.org;
    pending->bytes = candidate.bytes;
    pending->documents = std::move(candidate.documents);
    pending->transaction = std::move(candidate.transaction);
    if (keyed_order(operation_of(pending->transaction))) {
        const market::Promise promise{chain_.id(), pending->id, moment.head->header.height,
                                      moment.now_ms + promise_ms};
        pending->promise = promise;
        pending->promise_signature =
            validator_.sign(crypto::domain::promise, market::promise_hash(promise));
    }
    const Status added = mempool_.add(pending);
    if (added) return set_pending(answer, *pending);
    // Somebody submitted the same at the same time.
    if (added.error().code == ErrorCode::already_exists && answered_before(answer)) return;
    refuse(answer, added.error());
}

}  // namespace jangbu::node
