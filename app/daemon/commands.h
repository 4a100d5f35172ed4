// The commands of jangbud, as plain functions. Each returns its exit code: 0 ok, 2 usage, 5
// unavailable, 7 local failure.
#pragma once

#include <filesystem>
#include <string>

#include "node/config.h"

namespace jangbu::app {

inline constexpr std::size_t genesis_bytes_max = 64 << 20;

int report(const Error& error);  // one sentence to stderr, and the exit code that goes with it

int make_genesis_file(const std::filesystem::path& plan, const std::filesystem::path& out);
int init_home(const std::filesystem::path& home, const std::filesystem::path& genesis,
              const std::filesystem::path& keystore);
int start_node(node::Config config, const std::filesystem::path& port_file);
// What `jangbud follow` was told.
struct Follow {
    std::string url;
    std::string genesis;         // chain id, hex
    std::string key;             // keystore of who may read blocks, "" = the witness's
    std::string witness;         // keystore of the witness key, "" = cosigns nothing
    std::string org;             // of the key, hex; "" = as the genesis says
    bool from_snapshot = false;  // an empty home begins at the newest that the node offers
};
// 6: the ledger's validator was convicted.
int follow_node(node::Config config, const Follow& follow, const std::filesystem::path& port_file);
int reindex(const node::Config& config);
// Of a stopped node. A snapshot of the head; or the ledger moved up to the newest snapshot with so
// many blocks above it, 0: to one of the head; or documents whose time has passed.
int make_snapshot(const node::Config& config);
struct Prune {
    u64 keep_blocks = 0;
    bool bodies = false;
    bool documents = false;
    bool dry_run = false;
};
int prune(const node::Config& config, const Prune& what);

extern const std::string first_config;  // the settings file of a new home
// What `jangbud backup` and `jangbud restore` were told.
struct Backup {
    std::string out;
    std::string url;      // "" = the node of the home
    std::string genesis;  // chain id, hex; with a url
    std::string key;      // keystore of who may read blocks, "" = the home's
    std::string org;      // of the key, hex; "" = as the genesis says
};
struct Restore {
    std::string from, home, keystore;
    std::string verify;              // file with a signed header, "" = none
    std::string reason = "restore";  // or "promotion"
    bool loses_blocks = false;
    bool check_only = false;
};
int backup_node(const node::Config& config, const Backup& asked);
int restore_node(const Restore& asked);
// A follower's home at rest, or a backup, goes back to a lower head.
int take_back_home(const std::filesystem::path& home, u64 height);
// 0: whole. 7: damaged.
int examine_home(const node::ConfigSources& sources, bool as_json);

}  // namespace jangbu::app
