// Service: the routes of docs/api.md over one node, its content store and its read index.
//
// A request travels route -> endpoint -> immutable snapshot (or read index) -> JSON; only
// submissions enter the node's way. Threads: handle() from any thread. Ownership: points to what it
// is given; the caller keeps those alive, and stops the node before the service goes: commits and
// waits call back into it.
#pragma once

#include <atomic>
#include <map>
#include <mutex>

#include "api/contract.h"
#include "api/http_server.h"
#include "api/idempotency_keys.h"
#include "api/problem.h"
#include "api/read_index.h"
#include "node/content_store.h"
#include "node/node.h"
#include "node/tickets.h"

namespace jangbu::api {

class Events;
class Metrics;

class Service final : public Handler {
public:
    Service(node::Node& node, node::ContentStore& store, ReadIndex& index, Bytes genesis_file);
    ~Service() override;

    // Brings the read index to the head and follows commits from there. Call once, before the
    // server starts.
    Status start();

    std::size_t body_bytes_max(const Request& head) const override;
    // A body for no route, and uploads without a ticket that fits.
    std::optional<Response> refuse(const Request& head) const override;
    void handle(Request request, Responder respond) override;

private:
    struct Route;
    using Endpoint = Response (Service::*)(const Request&);

    void follow(const node::CommittedBlock& block);
    static const std::vector<Route>& routes();
    static std::vector<RouteName> route_names();
    static const Route* match(const Request& request, bool& path_known, std::string& allow);

    // Who asks: the organisation of a valid read pass; 401 without one.
    Answered<ledger::OrgId> party(const Request& request, const ledger::Snapshot& at) const;
    // By its role: validators and auditors.
    static bool reads_blocks(const ledger::Snapshot& at, const ledger::OrgId& org);
    static bool is_validator(const ledger::Snapshot& at, const ledger::OrgId& org);
    Result<u64> time_of(u64 height) const;
    Answered<void> check_reads_blocks(const Request& request, const ledger::Snapshot& at) const;
    node::Desk desk(const ledger::Snapshot& at) const;
    Answered<market::SignedTicket> ticket(const Request& request) const;

    // ledger_endpoints.cpp, proof_endpoints.cpp
    Response get_status(const Request&);
    Response get_genesis(const Request&);
    Response get_head(const Request&);
    Response get_header(const Request&);
    Response get_block(const Request&);
    Response get_consistency_proof(const Request&);
    Response get_history_proof(const Request&);
    Response get_state_proof(const Request&);
    Response get_transaction_proof(const Request&);
    Response get_receipt_proof(const Request&);
    Response get_organisation(const Request&);
    Response get_key(const Request&);
    Response get_parameters(const Request&);
    Response get_document(const Request&);
    // follow_endpoints.cpp
    Response get_blocks(const Request&);
    Response post_cosignature(const Request&);
    Response get_cosignatures(const Request&);
    // snapshot_endpoints.cpp
    Response get_headers(const Request&);
    Response get_snapshots(const Request&);
    Response get_snapshot_manifest(const Request&);
    Response get_snapshot_chunk(const Request&);
    // event_endpoints.cpp
    Response get_events(const Request&);
    // transaction_endpoints.cpp
    Answered<std::optional<std::string>> claim_idempotency_key(const Request&,
                                                               const ledger::PublicKey& author);
    void post_transactions(Request request, Responder respond);
    void get_transaction(Request request, Responder respond);
    // market_endpoints.cpp
    Response get_account(const Request&);
    Response get_dataset(const Request&);
    Response get_datasets(const Request&);
    Response get_listing(const Request&);
    Response get_order(const Request&);
    Response get_orders(const Request&);
    Response get_programme(const Request&);
    Response get_voucher(const Request&);
    Response get_vouchers(const Request&);
    Response get_attestation(const Request&);
    // catalogue_endpoints.cpp
    Response get_listings(const Request&);
    // store_endpoints.cpp
    Answered<node::Content> content_to_write(const Request&) const;
    Response put_leaves(const Request&);
    Response put_chunks(const Request&);
    Response get_missing(const Request&);
    Response get_leaves(const Request&);
    Response get_ciphertext(const Request&);
    Response put_sample(const Request&);
    Response get_sample(const Request&);
    // health.cpp
    Response get_openapi(const Request&);
    Response get_livez(const Request&);
    Response get_readyz(const Request&);
    Response get_metrics(const Request&);

    node::Node& node_;
    node::ContentStore& store_;
    ReadIndex& index_;
    Bytes genesis_file_;
    std::unique_ptr<Metrics> metrics_;
    std::unique_ptr<Events> events_;
    Contracts contracts_;
    IdempotencyKeys idempotency_keys_;
    std::atomic<bool> index_failed_{false};
};

}  // namespace jangbu::api
