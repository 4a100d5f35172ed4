#include "api/service.h"

#include <algorithm>
#include <chrono>

#include "api/answers.h"
#include "api/events.h"
#include "api/metrics.h"
#include "api/route.h"
#include "base/log.h"
#include "market/state_keys.h"

namespace jangbu::api {
namespace {

std::string allowed(const std::vector<std::string>& methods) {
    std::string out;
    for (const std::string& method : methods) {
        out += (out.empty() ? "" : ", ") + method;
        if (method == "GET") out += ", HEAD";
    }
    return out;
}

Response no_route(bool path_known, const std::string& allow) {
    if (!path_known) return problem(404, "not_found", "no such path");
    Response refusal = problem(405, "method_not_allowed", "this path takes " + allow);
    refusal.headers.emplace_back("Allow", allow);
    return refusal;
}

}  // namespace

const Service::Route* Service::match(const Request& request, bool& path_known, std::string& allow) {
    const std::string& method = request.method == "HEAD" ? "GET" : request.method;
    std::vector<std::string> methods;
    for (const Route& route : routes()) {
        if (route.segments.size() != request.segments.size()) continue;
        bool equal = true;
        for (std::size_t i = 0; i < route.segments.size() && equal; ++i)
            equal = route.segments[i] == "{}" || route.segments[i] == request.segments[i];
        if (!equal) continue;
        if (route.method == method) return &route;
        methods.push_back(route.method);
    }
    path_known = !methods.empty();
    allow = allowed(methods);
    return nullptr;
}

Service::Service(node::Node& node, node::ContentStore& store, ReadIndex& index, Bytes genesis_file)
    : node_(node),
      store_(store),
      index_(index),
      genesis_file_(std::move(genesis_file)),
      metrics_(std::make_unique<Metrics>()),
      events_(std::make_unique<Events>(node.chain())),
      contracts_(route_names()) {}
Service::~Service() = default;

Status Service::start() {
    const ledger::SnapshotPtr head = node_.head();
    if (index_.at() != head->hash) {
        log::info("api", "read index is rebuilt", {{"height", head->header.height}});
        TRY(index_.rebuild(*head, node_.chain().documents(),
                           [this](u64 height) { return time_of(height); }));
    }
    node_.on_commit([this](const node::CommittedBlock& block) { follow(block); });
    return {};
}

// The index is derived: if it fails the node goes on, readyz says so, and a restart, finding it
// behind the head, rebuilds it. So after one failure it must not move on.
void Service::follow(const node::CommittedBlock& block) {
    metrics_->committed(block);
    events_->committed(block.snapshot->header.height);
    if (index_failed_) return;
    const ledger::Header& header = block.snapshot->header;
    const Status status = index_.apply(block.snapshot->hash, block.changes,
                                       node_.chain().documents(), [&](u64 height) -> Result<u64> {
                                           if (height == header.height) return header.time_ms;
                                           return time_of(height);
                                       });
    if (status) return;
    index_failed_ = true;
    log::error("api", "read index failed", {{"reason", status.error().detail}});
}

std::size_t Service::body_bytes_max(const Request& head) const {
    bool path_known = false;
    std::string allow;
    const Route* route = match(head, path_known, allow);
    if (!route) return 0;
    if (route->endpoint != &Service::put_leaves) return route->body_bytes_max;
    // Two leaf lists of exactly this order's length, never more than a node may hold in memory.
    const auto id = market::OrderId::from_hex(head.segments[2]);
    const auto order = id ? market::find_order(node_.head()->state, *id) : std::nullopt;
    return order ? std::min<u64>(route->body_bytes_max, 64 * order->n) : 0;
}

// What the head alone decides: no route is more to the point than a body that it would not take.
std::optional<Response> Service::refuse(const Request& head) const {
    bool path_known = false;
    std::string allow;
    const Route* route = match(head, path_known, allow);
    const std::string length = head.header("content-length");
    const bool has_body =
        (!length.empty() && length != "0") || head.headers.contains("transfer-encoding");
    std::optional<Response> refusal;
    if (!route && has_body) refusal = no_route(path_known, allow);
    if (route && route->method == "PUT")
        if (auto content = content_to_write(head); !content) refusal = std::move(content.error());
    if (refusal)
        metrics_->answered(
            {route ? route->method : "none", route ? route->path : "none", refusal->status});
    return refusal;
}

void Service::handle(Request request, Responder respond) {
    bool path_known = false;
    std::string allow;
    const Route* route = match(request, path_known, allow);
    const auto start = std::chrono::steady_clock::now();
    const Freshness freshness =
        route ? contracts_.of_route(static_cast<std::size_t>(route - routes().data())).freshness
              : Freshness::not_kept;
    Responder answer =
        [this, respond = std::move(respond), start, path = route ? route->path : "none",
         method = route ? route->method : "none", if_none_match = request.header("if-none-match"),
         freshness, received = request.body.size()](Response response) {
            keep_fresh(if_none_match, freshness, response);
            const auto took = std::chrono::steady_clock::now() - start;
            metrics_->answered({method, path, response.status,
                                std::chrono::duration<double>(took).count(), received,
                                response.body.size()});
            respond(std::move(response));
        };
    if (!route) return answer(no_route(path_known, allow));
    if (route->later) return (this->*route->later)(std::move(request), std::move(answer));
    answer((this->*route->endpoint)(request));
}

Result<u64> Service::time_of(u64 height) const {
    if (height == 0) return node_.chain().genesis().time_ms;
    const ledger::SignedHeader header = TRY(node_.chain().header(height));
    return header.header.time_ms;
}

node::Desk Service::desk(const ledger::Snapshot& at) const {
    return {at, node_.operator_org(), node_.now_ms(),
            [this](u64 height) { return time_of(height); }};
}

namespace {

constexpr const char* pass_scheme = "Jangbu-Pass";
constexpr const char* ticket_scheme = "Jangbu-Ticket";

// The credentials of one scheme, decoded from base64url and BCS.
template <class Decode>
auto credentials(const Request& request, std::string_view scheme, Decode decode)
    -> Answered<typename decltype(decode(ByteView()))::value_type> {
    const auto refuse = [&](const std::string& detail) {
        return std::unexpected(problem_unauthenticated(scheme, detail));
    };
    const std::string value = request.header("authorization");
    const std::size_t space = value.find(' ');
    if (value.substr(0, space) != scheme)
        return refuse("this takes Authorization: " + std::string(scheme));
    const auto bytes = from_base64url(
        std::string_view(value).substr(space == std::string::npos ? value.size() : space + 1));
    if (!bytes) return refuse("the credentials are not base64url");
    auto decoded = decode(*bytes);
    if (!decoded) return refuse("the credentials do not decode: " + decoded.error().detail);
    return std::move(*decoded);
}

}  // namespace

Answered<ledger::OrgId> Service::party(const Request& request, const ledger::Snapshot& at) const {
    const market::SignedReadPass pass =
        TRY(credentials(request, pass_scheme, node::decode_read_pass));
    const auto org = node::judge_read_pass(desk(at), pass);
    if (!org)
        return std::unexpected(
            problem_unauthenticated(pass_scheme, "the pass: " + org.error().detail));
    return *org;
}

bool Service::is_validator(const ledger::Snapshot& at, const ledger::OrgId& org) {
    const auto organisation = ledger::find_organisation(at.state, org);
    return organisation && (organisation->roles & ledger::role_validator) != 0;
}

Answered<market::SignedTicket> Service::ticket(const Request& request) const {
    return credentials(request, ticket_scheme, node::decode_ticket);
}

}  // namespace jangbu::api
