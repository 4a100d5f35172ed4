// The commands of jangbud, as plain functions. Each returns its exit code: 0 ok, 2 usage, 5
// unavailable, 7 local failure.
#pragma once

#include <filesystem>
#include <string>

#include "node/config.h"

namespace jangbu::app {

int report(const Error& error);  // one sentence to stderr, and the exit code that goes with it

int make_genesis_file(const std::filesystem::path& plan, const std::filesystem::path& out);
int init_home(const std::filesystem::path& home, const std::filesystem::path& genesis,
              const std::filesystem::path& keystore);
int start_node(node::Config config, const std::filesystem::path& port_file);
// What `jangbud follow` was told.
struct Follow {
    std::string url;
    std::string genesis;  // chain id, hex
    std::string key;      // keystore of who may read blocks, "" = the witness's
    std::string witness;  // keystore of the witness key, "" = cosigns nothing
    std::string org;      // of the key, hex; "" = as the genesis says
};
// 6: the ledger's validator was convicted.
int follow_node(node::Config config, const Follow& follow, const std::filesystem::path& port_file);
int reindex(const node::Config& config);

}  // namespace jangbu::app
