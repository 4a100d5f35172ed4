// jangbud start: wires node, content store, read index and HTTP server, and waits for a signal.
#include <pthread.h>

#include <chrono>
#include <csignal>
#include <ctime>
#include <iostream>

#include "api/http_server.h"
#include "api/service.h"
#include "app/daemon/commands.h"
#include "app/daemon/log_sink.h"
#include "app/daemon/version.h"
#include "base/file.h"
#include "node/retention.h"

namespace jangbu::app {
namespace {

u64 wall_clock_ms() {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<u64>(std::chrono::duration_cast<std::chrono::milliseconds>(since).count());
}

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
        if (const auto reason = node.stopped())
            return fail(ErrorCode::io, "the node stopped: " + *reason);
    }
}

Status run(const node::Config& config, const std::filesystem::path& port_file) {
    TRY(choose_tier(config));
    const sigset_t signals = block_signals();
    const Bytes genesis = TRY(base::read_file(config.genesis_file, 64 << 20));
    const auto node = TRY(node::Node::open(config, wall_clock_ms));
    const auto store =
        TRY(node::open_directory_store(config.store_folder, config.store_quota_bytes));
    std::error_code error;
    std::filesystem::create_directories(config.index_folder, error);
    const auto index = TRY(api::ReadIndex::open(config.index_folder / "index.sqlite"));
    api::Service service(*node, *store, *index, genesis);
    TRY(service.start());

    api::HttpLimits limits;
    limits.connections_max = config.http_connections_max;
    limits.threads = static_cast<unsigned>(config.http_threads);
    const auto server =
        TRY(api::HttpServer::listen(config.listen_address, config.listen_port, service, limits));
    TRY(node->start());
    server->start();
    const node::RetentionJob retention(*node, *store);
    const std::string address = config.listen_address + ":" + std::to_string(server->port());
    log::info("app", "node is up",
              {{"address", address},
               {"chain_id", node->chain().id().hex()},
               {"height", node->head()->header.height}});
    Status status;
    if (!port_file.empty())
        status =
            base::write_file_atomically(port_file, as_bytes(std::to_string(server->port()) + "\n"),
                                        base::FileMode::world_readable);
    if (status) status = wait_for_end(signals, *node);
    // The service hears of commits: the node ends before it, whatever happened.
    server->stop();
    node->stop();
    log::info("app", "node is down", {{"height", node->head()->header.height}});
    return status;
}

}  // namespace

int start_node(node::Config config, const std::filesystem::path& port_file) {
    install_log_sink(config.log_level);
    const Status status = run(config, port_file);
    return status ? 0 : report(status.error());
}

}  // namespace jangbu::app
