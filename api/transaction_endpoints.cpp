// The way in: canonical bytes of a bundle are submitted, receipts are waited for.
#include <algorithm>

#include "api/answers.h"
#include "api/service.h"
#include "base/log.h"
#include "market/market_rules.h"
#include "market/rejection.h"

namespace jangbu::api {
namespace {

constexpr u64 wait_ms_most = 30'000;

// T of docs/api.md, every field present.
Json transaction_json(const ledger::TxId& id, const char* status) {
    Json out{{"txid", id.hex()}, {"status", status}};
    for (const char* name : {"height", "index", "code", "rejection_name", "receipt", "events",
                             "detail", "problem", "promise", "promise_signature"})
        out[name] = Json();
    return out;
}

void set_code(Json& out, ledger::RejectionCode code) {
    out["code"] = code;
    if (code != ledger::accepted) out["rejection_name"] = market::rejection_name(code);
}

void set_committed(Json& out, const node::Committed& committed) {
    out["status"] = "committed";
    out["height"] = std::to_string(committed.height);
    out["index"] = committed.index;
    set_code(out, committed.receipt.code);
    out["receipt"] = to_base64url(bcs::encode(committed.receipt));
    out["events"] = Json::array();
    for (const Bytes& bytes : committed.receipt.events) {
        const auto event = market::decode_event(bytes);
        if (event) out["events"].push_back(to_json(*event));
    }
}

Json admitted_json(const node::Admitted& admitted) {
    using Status = node::Admitted::Status;
    Json out =
        transaction_json(admitted.id, admitted.status == Status::refused ? "refused" : "pending");
    if (admitted.status == Status::refused) {
        set_code(out, admitted.rejection);
        if (admitted.error) {
            out["detail"] = admitted.error->detail;
            out["problem"] = to_string(admitted.error->code);
        }
    }
    if (admitted.promise && admitted.promise_signature) {
        out["promise"] = to_base64url(bcs::encode(*admitted.promise));
        out["promise_signature"] = to_base64url(*admitted.promise_signature);
    }
    return out;
}

// Waits end on the node's strand, where nothing may throw.
template <class Work>
void guarded(const Responder& respond, Work work) {
    try {
        work();
    } catch (const std::exception& exception) {
        log::error("api", "answer failed", {{"what", std::string(exception.what())}});
        respond(problem(500, "internal", "the node failed to answer this request"));
    }
}

// Collects the answers of one POST; the last one that comes in responds.
class Gathering : public std::enable_shared_from_this<Gathering> {
public:
    Gathering(std::vector<Json> items, std::size_t waiting, Responder respond)
        : items_(std::move(items)), waiting_(waiting), respond_(std::move(respond)) {}

    void arrived(std::size_t index, const std::optional<node::Committed>& committed) {
        guarded(respond_, [&] {
            {
                const std::lock_guard lock(mutex_);
                if (committed) set_committed(items_[index], *committed);
                if (--waiting_ > 0) return;
            }
            finish();
        });
    }

    void finish() {
        std::size_t pending = 0;
        std::size_t refused = 0;
        for (const Json& item : items_) {
            pending += item["status"] == "pending" ? 1 : 0;
            refused += item["status"] == "refused" ? 1 : 0;
        }
        const int status = refused == items_.size() ? 422 : pending > 0 ? 202 : 200;
        respond_(json_response(
            {{"schema", "jangbu/submitted/1"}, {"transactions", std::move(items_)}}, status));
    }

private:
    std::mutex mutex_;
    std::vector<Json> items_;
    std::size_t waiting_;
    Responder respond_;
};

}  // namespace

// The key, if this request is the first with it; 422 if it stands for another body.
Answered<std::optional<std::string>> Service::claim_idempotency_key(
    const Request& request, const ledger::PublicKey& author) {
    if (!request.headers.contains("idempotency-key")) return std::nullopt;
    const auto key = read_idempotency_key(request.header("idempotency-key"));
    if (!key) return std::unexpected(problem(key.error()));
    using Claim = IdempotencyKeys::Claim;
    switch (idempotency_keys_.claim(author, *key, as_bytes(request.body), node_.now_ms())) {
        case Claim::fresh:
            return *key;
        case Claim::same_body:
            return std::nullopt;
        case Claim::other_body:
            break;
    }
    return std::unexpected(problem(422, "idempotency_key_reused",
                                   "this Idempotency-Key came with another bundle before"));
}

void Service::post_transactions(Request request, Responder respond) {
    if (request.header("content-type") != "application/octet-stream")
        return respond(
            problem(415, "unsupported_media_type", "a bundle is application/octet-stream"));
    // Before the bundle takes room. A follower says where to submit instead.
    if (const auto full = node_.following() ? std::nullopt : node_.memory().refusal()) {
        Response response = problem(503, "memory_limit", *full);
        response.headers.emplace_back("Retry-After", "10");
        return respond(std::move(response));
    }
    const auto wait_ms = read_number_or(request, "wait_ms", 0, 0, wait_ms_most);
    if (!wait_ms) return respond(problem(wait_ms.error()));
    const market::MarketRules rules;
    Result<ledger::Bundle> bundle = ledger::decode_bundle(as_bytes(request.body), rules);
    if (!bundle)
        return respond(
            problem(400, "malformed", "the bundle does not decode: " + bundle.error().detail));
    if (bundle->transactions.empty())
        return respond(problem(400, "malformed", "the bundle has no transaction"));

    const ledger::PublicKey author = bundle->transactions[0].body.author;
    const auto key = claim_idempotency_key(request, author);
    if (!key) return respond(key.error());

    const std::vector<node::Admitted> admitted = node_.submit(std::move(*bundle));
    const auto is_refused = [](const node::Admitted& one) {
        return one.status == node::Admitted::Status::refused;
    };
    if (*key && std::ranges::all_of(admitted, is_refused)) idempotency_keys_.release(author, **key);
    std::vector<Json> items;
    std::vector<std::size_t> waiting;
    for (const node::Admitted& one : admitted) {
        Json item = admitted_json(one);
        if (one.status == node::Admitted::Status::committed) {
            if (const auto committed = node_.find(one.id)) set_committed(item, *committed);
        } else if (one.status == node::Admitted::Status::pending && *wait_ms > 0) {
            waiting.push_back(items.size());
        }
        items.push_back(std::move(item));
    }
    const auto gathering =
        std::make_shared<Gathering>(std::move(items), waiting.size(), std::move(respond));
    if (waiting.empty()) return gathering->finish();
    const u64 deadline_ms = node_.now_ms() + *wait_ms;
    for (std::size_t index : waiting)
        node_.wait(admitted[index].id, deadline_ms,
                   [gathering, index](std::optional<node::Committed> committed) {
                       gathering->arrived(index, committed);
                   });
}

void Service::get_transaction(Request request, Responder respond) {
    const auto id = read_id<ledger::TxId>(request.segments[2], "txid");
    if (!id) return respond(problem(id.error()));
    const auto wait_ms = read_number_or(request, "wait_ms", 0, 0, wait_ms_most);
    if (!wait_ms) return respond(problem(wait_ms.error()));
    const auto answer = [this, id = *id, respond = std::move(respond)](
                            const std::optional<node::Committed>& committed) {
        guarded(respond, [&] {
            Json out{{"schema", "jangbu/transaction/1"}};
            Json transaction = transaction_json(id, node_.is_pending(id) ? "pending" : "unknown");
            if (committed) set_committed(transaction, *committed);
            out.update(transaction);
            respond(json_response(out));
        });
    };
    if (const auto committed = node_.find(*id)) return answer(*committed);
    if (*wait_ms == 0) return answer(std::nullopt);
    node_.wait(*id, node_.now_ms() + *wait_ms, answer);
}

}  // namespace jangbu::api
