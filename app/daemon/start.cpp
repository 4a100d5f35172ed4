// jangbud start and jangbud follow: wire node, content store, read index and HTTP server, and wait
// for a signal.
#include <pthread.h>

#include <csignal>
#include <ctime>
#include <optional>

#include "api/http_server.h"
#include "api/service.h"
#include "app/daemon/commands.h"
#include "app/daemon/followed_ledger.h"
#include "app/daemon/log_sink.h"
#include "app/daemon/tls.h"
#include "app/daemon/version.h"
#include "base/file.h"
#include "node/document_retention.h"
#include "node/retention.h"
#include "node/snapshot_job.h"
#include "node/snapshot_start.h"

namespace jangbu::app {
namespace {

// Blocked before any thread starts, so that only the main thread takes them, by sigtimedwait.
sigset_t block_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    return signals;
}

Status choose_tier(const node::Config& config) {
    if (!config.verification_tier || crypto::force_tier(*config.verification_tier)) return {};
    return fail(ErrorCode::usage, "verification.tier: this CPU cannot run " +
                                      std::string(crypto::name(*config.verification_tier)) +
                                      "; it runs " + supported_tiers());
}

// Until a signal comes or the node stops by itself.
Status wait_for_end(const sigset_t& signals, const node::Node& node) {
    constexpr timespec pause{0, 200'000'000};
    while (true) {
        const int signal = sigtimedwait(&signals, nullptr, &pause);
        if (signal > 0) {
            log::info("app", "signal received", {{"signal", static_cast<u64>(signal)}});
            return {};
        }
        if (const auto failure = node.failure()) {
            const bool convicts = failure->code == ErrorCode::verification_failed;
            return fail(convicts ? failure->code : ErrorCode::io,
                        "the node stopped: " + failure->detail);
        }
    }
}

// Serves an opened node until it ends. `signals` are blocked since before its threads.
Status serve(node::Node& node, const node::Config& config, const sigset_t& signals,
             const std::filesystem::path& port_file) {
    const Bytes genesis = TRY(base::read_file(config.genesis_file, 64 << 20));
    const auto store =
        TRY(node::open_directory_store(config.store_folder, config.store_quota_bytes));
    std::error_code error;
    std::filesystem::create_directories(config.index_folder, error);
    const auto index = TRY(api::ReadIndex::open(config.index_folder / "index.sqlite"));
    const std::optional<crypto::TlsIdentity> identity = TRY(tls_identity(config));
    api::Service service(node, *store, *index, genesis);
    TRY(service.start());

    api::HttpLimits limits;
    limits.connections_max = config.http_connections_max;
    limits.threads = static_cast<unsigned>(config.http_threads);
    const auto server =
        TRY(api::HttpServer::listen(config.listen_address, config.listen_port, service, limits,
                                    identity ? &*identity : nullptr));
    TRY(node.start());
    server->start();
    // A follower's store is empty: nothing to sweep.
    std::optional<node::RetentionJob> retention;
    if (!node.following()) retention.emplace(node, *store);
    std::optional<node::SnapshotJob> snapshots;
    if (config.snapshots_every_blocks > 0)
        snapshots.emplace(node,
                          node::SnapshotPlan{config.snapshots_every_blocks, config.snapshots_keep,
                                             config.prune_keep_blocks});
    std::optional<node::DocumentRetentionJob> documents;
    if (config.prune_documents) documents.emplace(node, node::document_terms(config));
    const std::string address = config.listen_address + ":" + std::to_string(server->port());
    log::info("app", "node is up",
              {{"address", address},
               {"tls_pin", identity ? identity->pin : "none"},
               {"chain_id", node.chain().id().hex()},
               {"height", node.head()->header.height}});
    Status status;
    if (!port_file.empty())
        status =
            base::write_file_atomically(port_file, as_bytes(std::to_string(server->port()) + "\n"),
                                        base::FileMode::world_readable);
    if (status) status = wait_for_end(signals, node);
    // The service hears of commits: the node ends before it, whatever happened.
    server->stop();
    snapshots.reset();
    node.stop();
    log::info("app", "node is down", {{"height", node.head()->header.height}});
    return status;
}

Status run(const node::Config& config, const std::filesystem::path& port_file) {
    TRY(node::check_listening(config));
    TRY(node::check_pruning(config));
    TRY(choose_tier(config));
    const sigset_t signals = block_signals();
    const auto node = TRY(node::Node::open(config, node::wall_clock()));
    return serve(*node, config, signals, port_file);
}

// The key of a witness is what `jangbu keys export-witness` wrote, or the first witness key of an
// organisation secret that the genesis knows.
Status run_follower(const node::Config& config, const Follow& follow,
                    const std::filesystem::path& port_file) {
    TRY(node::check_listening(config));
    TRY(node::check_pruning(config));
    TRY(choose_tier(config));
    const sigset_t signals = block_signals();
    const auto chain = ledger::ChainId::from_hex(follow.genesis);
    if (!chain) return fail(ErrorCode::usage, "--genesis takes the 64 hex digits of a chain id");
    const ledger::GenesisFile genesis = TRY(obtain_genesis(config, follow.url, *chain));
    if (follow.key.empty() && follow.witness.empty())
        return fail(ErrorCode::usage,
                    "blocks are read by validators and auditors: give --key or --witness");
    std::optional<crypto::SigningKey> witness;
    if (!follow.witness.empty()) witness.emplace(TRY(open_key(config, follow.witness)).bytes());
    const crypto::OrganisationSecret reading =
        TRY(open_key(config, follow.key.empty() ? follow.witness : follow.key));
    Reader reader = TRY(find_reader(reading, genesis, follow.org));
    HttpSource source(follow.url, ledger::chain_id(genesis.genesis), std::move(reader));
    if (follow.from_snapshot)
        TRY(node::start_from_snapshot(config.chain_folder, genesis.genesis, source));
    const auto node =
        TRY(node::Node::follow(config, node::wall_clock(), source, std::move(witness)));
    return serve(*node, config, signals, port_file);
}

}  // namespace

int start_node(node::Config config, const std::filesystem::path& port_file) {
    install_log_sink(config.log_level);
    const Status status = run(config, port_file);
    return status ? 0 : report(status.error());
}

int follow_node(node::Config config, const Follow& follow, const std::filesystem::path& port_file) {
    install_log_sink(config.log_level);
    const Status status = run_follower(config, follow, port_file);
    return status ? 0 : report(status.error());
}

}  // namespace jangbu::app
