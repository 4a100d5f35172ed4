// Config: what an operator may set, and where each value came from.
//
// Precedence: flag, then environment JANGBU_<SECTION>_<NAME>, then the TOML file, then the default.
// An unknown key in the file is an error with its line. The home folder is not a key of the file
// (the file is found in it): flag, JANGBU_HOME, else ~/.jangbud. Relative paths in a value are
// taken from the home folder. Threads: plain data. Errors: usage (names key, value and origin), io,
// wrong_password.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <vector>

#include "base/log.h"
#include "base/result.h"
#include "crypto/cpu.h"
#include "crypto/secrets.h"

namespace jangbu::node {

// One value as it is in force: what `jangbud config show --origin` prints.
struct Setting {
    std::string name;    // "mempool.bytes_max"
    std::string value;   // as text
    std::string origin;  // "default", "file <path>:<line>", "environment JANGBU_...", "flag --..."
};

struct Config {
    std::filesystem::path home;
    std::filesystem::path genesis_file;   // node.genesis_file, "genesis.bin"
    std::filesystem::path keystore_file;  // node.keystore_file, "validator.keystore"
    std::filesystem::path password_file;  // node.password_file, "" = none
    std::filesystem::path chain_folder;   // node.chain_folder, "chain"
    bool accept_clock =
        false;  // node.accept_clock: the clock is right though far ahead of the last block
    log::Level log_level = log::Level::info;  // log.level

    std::string listen_address = "127.0.0.1";  // http.listen_address; beyond loopback with TLS only
    u16 listen_port = 8640;                    // http.port, 0 = any free one
    bool tls = false;                          // http.tls: TLS 1.3 and nothing else
    std::filesystem::path tls_file;    // http.tls_file, "tls.pem": what `jangbud tls init` makes
    u64 http_connections_max = 1'000;  // http.connections_max
    u64 http_threads = 4;              // http.threads

    // snapshots.every_blocks: one is written when so many blocks came since the newest; 0 = never
    u64 snapshots_every_blocks = 0;
    u64 snapshots_keep = 2;     // snapshots.keep
    u64 prune_keep_blocks = 0;  // prune.keep_blocks: bodies kept below the head; 0 = all
    // prune.first_segment_kib: bodies go in whole segments, of which each is twice the one before
    u64 prune_first_segment_kib = 128;

    std::filesystem::path store_folder;   // store.folder, "store"
    u64 store_quota_bytes = 64ull << 30;  // store.quota_bytes, for each organisation

    bool prune_documents = false;      // prune.documents: let go what retention lets go
    u64 prune_evidence_days = 1'827;   // prune.evidence_days, from its block; 5 years at least
    u64 prune_parties_days = 2'557;    // prune.parties_days, after the order's end
    u64 prune_personal_days = 366;     // prune.personal_days, from its block
    u64 prune_attestation_days = 366;  // prune.attestation_days, after what it attests ran out
    u64 prune_unnamed_days = 366;      // prune.unnamed_days, of what no record names

    std::filesystem::path index_folder;  // index.folder, "index": derived, can be deleted

    u64 mempool_transactions_max = 20'000;  // mempool.transactions_max
    u64 mempool_bytes_max = 256ull << 20;   // mempool.bytes_max, documents included
    u64 mempool_transactions_per_organisation_max =
        5'000;  // mempool.transactions_per_organisation_max

    u64 memory_state_mib = 0;  // memory.state_mib, for the values of the state, the rest of which
                               // goes to a file; 0 = half of the limit
    u64 memory_limit_mib = 0;  // memory.limit_mib, 0 = 3/4 of what the machine or its cgroup has

    u64 block_interval_ms = 20;  // block.interval_ms: least time between two blocks
    u64 block_linger_ms = 10;    // block.linger_ms: wait for company after the first transaction
    u64 block_transactions_max = 4'096;  // block.transactions_max
    u64 block_bytes_max = 8ull << 20;    // block.bytes_max, documents included

    std::optional<crypto::Tier> verification_tier;  // verification.tier, "auto" = the CPU's best
    u64 verification_threads = cores();             // verification.threads, shared by the node
    // verification.batch_max: most signatures of waiting callers that admission verifies together;
    // 1 = those of each caller alone, in turn
    u64 verification_batch_max = 4'096;
    u64 verification_queue_max = 16'384;     // verification.queue_max, signatures that wait
    u64 verification_verdicts_max = 65'536;  // verification.verdicts_max, up to 48 bytes each
    u64 verification_keys_max = 65'536;      // verification.keys_max, prepared keys

    static u64 cores();  // of this machine, at least 1

    // The seed of the operate key that signs headers, or the organisation secret it is derived
    // from. Filled by read_validator_secret or by the caller, never by a setting.
    std::optional<crypto::OrganisationSecret> validator_secret;

    std::vector<Setting> settings;  // in the order above
};

// Where values come from. Flags are named like settings ("http.port"), "home" included.
struct ConfigSources {
    std::map<std::string, std::string> flags;
    std::function<std::optional<std::string>(const std::string& name)> environment;
    // Nothing: <home>/config.toml if it exists. A file named here must exist.
    std::optional<std::filesystem::path> file;
};
// The environment of this process.
std::optional<std::string> process_environment(const std::string& name);

Result<Config> load_config(const ConfigSources& sources);
// The same from the text of a file; `file_name` only for messages.
Result<Config> load_config(const ConfigSources& sources, std::string_view toml,
                           std::string_view file_name);

// For who is about to listen: keys and prices do not travel in the clear, so an address beyond
// loopback needs TLS. Errors: usage.
Status check_listening(const Config& config);

// Nothing is pruned but below a snapshot. Errors: usage.
Status check_pruning(const Config& config);

// Names of every setting, for --help and for flags.
std::vector<std::string> setting_names();
// One line for each setting: name = value, and its origin if asked for.
std::string show(const Config& config, bool with_origin);

// Opens the keystore with JANGBU_PASSWORD, else with the first line of the password file.
Status read_validator_secret(Config& config, const ConfigSources& sources);

}  // namespace jangbu::node
