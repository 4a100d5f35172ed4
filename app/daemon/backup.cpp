// jangbud backup and jangbud restore: what the command line says, turned into node/backup.h and
// node/restore.h, and what came out, in words.
#include <iostream>

#include "app/daemon/commands.h"
#include "app/daemon/followed_ledger.h"
#include "app/daemon/log_sink.h"
#include "app/daemon/tls.h"
#include "base/file.h"
#include "client/node_answers.h"
#include "ledger/jbproof.h"
#include "node/backup.h"
#include "node/home_files.h"
#include "node/restore.h"

namespace jangbu::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t header_file_bytes_max = 1 << 20;

// The node of this home, as it is reached from this machine.
Result<std::string> own_url(const node::Config& config) {
    if (config.listen_port == 0)
        return fail(ErrorCode::usage,
                    "the node took any free port (http.port = 0): name it with --http.port");
    std::string host = config.listen_address;
    if (host == "0.0.0.0") host = "127.0.0.1";
    if (host == "::") host = "::1";
    if (host.find(':') != std::string::npos) host = "[" + host + "]";
    const std::string place = host + ":" + std::to_string(config.listen_port);
    const std::optional<crypto::TlsIdentity> identity = TRY(tls_identity(config));
    return identity ? "https://" + place + "#" + identity->pin : "http://" + place;
}

// Where the blocks come from, and with what.
struct Source {
    std::string url;
    ledger::ChainId chain;
    fs::path keystore;
};

Result<Source> source_of(const node::Config& config, const Backup& asked) {
    if (asked.url.empty()) {
        const ledger::GenesisFile genesis = TRY(node::read_genesis(config.genesis_file));
        const fs::path key = asked.key.empty() ? config.keystore_file : fs::path(asked.key);
        return Source{TRY(own_url(config)), ledger::chain_id(genesis.genesis), key};
    }
    const auto chain = ledger::ChainId::from_hex(asked.genesis);
    if (asked.key.empty() || !chain)
        return fail(ErrorCode::usage,
                    "--url needs --genesis, the chain id of its ledger, and --key, the keystore of "
                    "a validator or auditor");
    return Source{asked.url, *chain, fs::path(asked.key)};
}

Result<ledger::SignedHeader> shown_head(const Source& source) {
    client::NodeClient node(source.url);
    const Result<client::SignedHead> head = node.head();
    if (!head && head.error().code == ErrorCode::unavailable)
        return fail(ErrorCode::unavailable, "no node answers at " + node.url() + " (" +
                                                head.error().detail +
                                                "); a backup is taken from a running node");
    if (!head) return std::unexpected(head.error());
    if (head->header.chain_id != source.chain)
        return fail(
            ErrorCode::verification_failed,
            "the node at " + node.url() + " is of another ledger, " + head->header.chain_id.hex());
    return ledger::SignedHeader{head->header, head->finality};
}

Status take(const node::Config& config, const Backup& asked) {
    const fs::path out(asked.out);
    TRY(node::check_backup_folder(out));
    const Source source = TRY(source_of(config, asked));
    const ledger::SignedHeader shown = TRY(shown_head(source));
    node::Config follower;
    follower.home = out;
    follower.genesis_file = out / "genesis.bin";
    follower.chain_folder = out / "chain";
    follower.verification_threads = config.verification_threads;
    const ledger::GenesisFile genesis = TRY(obtain_genesis(follower, source.url, source.chain));
    TRY(ledger::check_signed(shown, genesis.genesis));
    const crypto::OrganisationSecret secret = TRY(open_key(config, source.keystore));
    HttpSource blocks(source.url, source.chain, TRY(find_reader(secret, genesis, asked.org)));
    TRY(node::begin_backup(follower, genesis.genesis, blocks, blocks));
    const node::BackupTaken taken =
        TRY(node::take_backup(follower, blocks, shown, node::wall_clock(), [&](u64 height) {
            std::cerr << "height " << height << " of " << shown.header.height << "\n";
        }));
    std::cout << "backup " << out.string() << " of chain " << source.chain.hex() << "\nheight "
              << taken.height << ", epoch " << taken.epoch << ", header " << taken.head.hex()
              << "\n"
              << taken.blocks << " blocks taken now, " << taken.bytes << " bytes in all\n";
    if (taken.base > 0)
        std::cout << "begins at the snapshot of height " << taken.base
                  << ": what is above it was executed\n";
    return {};
}

// What GET /v1/head or /v1/headers/{height} answers, or a jbproof file.
Result<ledger::Header> read_signed_header(const fs::path& file, const ledger::Genesis& genesis) {
    const Bytes bytes = TRY(base::read_file(file, header_file_bytes_max));
    if (const auto head = client::read_head(bytes)) {
        const Status known = ledger::check_signed({head->header, head->finality}, genesis);
        if (known) return head->header;
        return fail(ErrorCode::verification_failed, file.string() + ": " + known.error().detail);
    }
    namespace jbproof = ledger::jbproof;
    const auto proof = jbproof::verify(as_text(bytes), {ledger::chain_id(genesis), {}, 1});
    if (proof) return proof->header;
    return fail(proof.error().code, file.string() +
                                        " is neither the answer of /v1/head nor a jbproof file: " +
                                        proof.error().detail);
}

Result<node::RestorePlan> plan_of(const Restore& asked) {
    node::RestorePlan plan;
    plan.from = asked.from;
    plan.home = asked.home;
    plan.keystore = asked.keystore;
    plan.settings = first_config;
    plan.loses_blocks = asked.loses_blocks;
    plan.reason =
        asked.reason == "promotion" ? ledger::EpochReason::promotion : ledger::EpochReason::restore;
    if (!asked.verify.empty()) {
        const ledger::GenesisFile genesis = TRY(node::read_genesis(plan.from / "genesis.bin"));
        plan.verify = TRY(read_signed_header(asked.verify, genesis.genesis));
    }
    return plan;
}

void print(const node::RestoredLedger& ledger, const node::RestorePlan& plan) {
    std::cout << "chain " << ledger.chain.hex() << "\nheight " << ledger.height << ", epoch "
              << ledger.epoch << ", header " << ledger.head.hex() << "\nstate_root "
              << to_hex(ledger.state_root) << "\n";
    if (ledger.base > 0) std::cout << "begins at the snapshot of height " << ledger.base << "\n";
    if (ledger.blocks_missing > 0)
        std::cout << ledger.blocks_missing << " blocks up to height " << plan.verify->height
                  << " are given up\n";
    else if (plan.verify)
        std::cout << "holds the signed header of height " << plan.verify->height << "\n";
    else
        std::cout << "not compared with a signed header: whether these are all blocks, nobody "
                     "has checked\n";
}

Status check_only(const Restore& asked) {
    const node::RestorePlan plan = TRY(plan_of(asked));
    const node::RestoredLedger found = TRY(node::verify_backup(plan));
    std::cout << "backup " << asked.from << " is whole\n";
    print(found, plan);
    return {};
}

Status install(const Restore& asked) {
    if (asked.home.empty() || asked.keystore.empty())
        return fail(ErrorCode::usage, "a restore needs --home and --keystore");
    node::RestorePlan plan = TRY(plan_of(asked));
    node::ConfigSources sources;
    sources.environment = node::process_environment;
    sources.flags["home"] = asked.home;
    const node::Config config = TRY(node::load_config(sources));
    plan.validator_secret = TRY(open_key(config, asked.keystore));
    const node::RestoredLedger made = TRY(node::restore(plan));
    std::cout << "restored " << asked.home << ", " << made.bytes << " bytes copied\n";
    print(made, plan);
    std::cout << "the next `jangbud start` opens epoch " << made.next_epoch
              << "; the old node must never run again\n";
    return {};
}

}  // namespace

int backup_node(const node::Config& config, const Backup& asked) {
    install_log_sink(log::Level::warn);
    const Status status = take(config, asked);
    return status ? 0 : report(status.error());
}

int restore_node(const Restore& asked) {
    install_log_sink(log::Level::warn);
    const Status status = asked.check_only ? check_only(asked) : install(asked);
    return status ? 0 : report(status.error());
}

}  // namespace jangbu::app
