// The table of routes, as docs/api.md has it. Each row has its contract in api/contract_*.cpp.
#include "api/route.h"
#include "node/cosignature.h"

namespace jangbu::api {
namespace {

constexpr std::size_t leaves_bytes_most = 256 << 20;  // 4 Mi chunks: 256 GiB at 64 KiB
constexpr std::size_t chunks_bytes_most = (8 << 20) + (1 << 16);
constexpr std::size_t sample_bytes_most = 128 << 10;

std::vector<std::string> segments_of(std::string_view path) {
    std::vector<std::string> out;
    for (std::string_view rest = path.substr(1); !rest.empty();) {
        const std::size_t slash = rest.find('/');
        out.emplace_back(rest.substr(0, slash));
        rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
    }
    return out;
}

}  // namespace

const std::vector<Service::Route>& Service::routes() {
    static const std::vector<Route> table = [] {
        std::vector<Route> out{
            {"GET", "/livez", 0, &Service::get_livez},
            {"GET", "/readyz", 0, &Service::get_readyz},
            {"GET", "/metrics", 0, &Service::get_metrics},
            {"GET", "/v1/openapi.json", 0, &Service::get_openapi},
            {"GET", "/v1/status", 0, &Service::get_status},
            {"GET", "/v1/genesis", 0, &Service::get_genesis},
            {"GET", "/v1/head", 0, &Service::get_head},
            {"GET", "/v1/headers", 0, &Service::get_headers},
            {"GET", "/v1/headers/{}", 0, &Service::get_header},
            {"GET", "/v1/blocks", 0, &Service::get_blocks},
            {"GET", "/v1/blocks/{}", 0, &Service::get_block},
            {"GET", "/v1/snapshots", 0, &Service::get_snapshots},
            {"GET", "/v1/snapshots/{}/manifest", 0, &Service::get_snapshot_manifest},
            {"GET", "/v1/snapshots/{}/chunks/{}", 0, &Service::get_snapshot_chunk},
            {"POST", "/v1/cosignatures", node::cosignature_bytes, &Service::post_cosignature},
            {"GET", "/v1/cosignatures/{}", 0, &Service::get_cosignatures},
            {"GET", "/v1/proofs/consistency", 0, &Service::get_consistency_proof},
            {"GET", "/v1/proofs/history", 0, &Service::get_history_proof},
            {"GET", "/v1/proofs/state", 0, &Service::get_state_proof},
            {"GET", "/v1/proofs/transaction/{}", 0, &Service::get_transaction_proof},
            {"GET", "/v1/proofs/receipt/{}", 0, &Service::get_receipt_proof},
            {"GET", "/v1/events", 0, &Service::get_events},
            {"POST", "/v1/transactions", ledger::limits::bundle_bytes_max, nullptr,
             &Service::post_transactions},
            {"GET", "/v1/transactions/{}", 0, nullptr, &Service::get_transaction},
            {"GET", "/v1/organisations/{}", 0, &Service::get_organisation},
            {"GET", "/v1/keys/{}", 0, &Service::get_key},
            {"GET", "/v1/parameters", 0, &Service::get_parameters},
            {"GET", "/v1/documents/{}", 0, &Service::get_document},
            {"GET", "/v1/accounts/{}", 0, &Service::get_account},
            {"GET", "/v1/datasets", 0, &Service::get_datasets},
            {"GET", "/v1/datasets/{}", 0, &Service::get_dataset},
            {"GET", "/v1/listings", 0, &Service::get_listings},
            {"GET", "/v1/listings/{}", 0, &Service::get_listing},
            {"GET", "/v1/orders", 0, &Service::get_orders},
            {"GET", "/v1/orders/{}", 0, &Service::get_order},
            {"GET", "/v1/programmes/{}", 0, &Service::get_programme},
            {"GET", "/v1/vouchers", 0, &Service::get_vouchers},
            {"GET", "/v1/vouchers/{}", 0, &Service::get_voucher},
            {"GET", "/v1/attestations/{}/{}", 0, &Service::get_attestation},
            {"PUT", "/v1/store/{}/leaves", leaves_bytes_most, &Service::put_leaves},
            {"GET", "/v1/store/{}/leaves", 0, &Service::get_leaves},
            {"PUT", "/v1/store/{}/chunks/{}", chunks_bytes_most, &Service::put_chunks},
            {"GET", "/v1/store/{}/missing", 0, &Service::get_missing},
            {"GET", "/v1/store/{}/ciphertext", 0, &Service::get_ciphertext},
            {"PUT", "/v1/samples/{}", sample_bytes_most, &Service::put_sample},
            {"GET", "/v1/samples/{}", 0, &Service::get_sample},
            {"GET", "/v1/samples/{}/{}", 0, &Service::get_sample},
        };
        for (Route& route : out) route.segments = segments_of(route.path);
        return out;
    }();
    return table;
}

std::vector<RouteName> Service::route_names() {
    std::vector<RouteName> out;
    for (const Route& route : routes()) out.push_back({route.method, route.path});
    return out;
}

}  // namespace jangbu::api
