// Home: the folder in which one organisation's client keeps what it must not lose or repeat.
//
//   config.json            node URL with its pin, pinned chain id, own organisation id
//   organisation.keystore  the organisation secret under a password
//   genesis.bin, head.json the ledger's start and the last head seen (client/head_pin.h)
//   transactions/<label>   signed before they are sent (client/outbox.h)
//   datasets/<id>/         where a registered file lies, its leaves
//   orders/<id>/           journal, ciphertext, leaf lists, promise, result
// Every file is replaced as a whole and is durable when a call returns. Words and ledger restore
// everything but copies of data. Threads: one process works in a home at a time (lock()). Errors:
// io, not_found, malformed, unavailable.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "client/node_client.h"

namespace jangbu::client {

struct HomeConfig {
    std::string node = "http://127.0.0.1:8640";
    std::optional<ChainId> chain_id;
    std::optional<OrgId> org_id;
    bool restored = false;  // from words: journals of orders begun before are gone
    std::vector<ledger::PublicKey> witnesses;  // pinned
};

class Home {
public:
    Home() = default;  // of nowhere, until assigned
    // The folder is made if it is not there; a missing config is the default one.
    static Result<Home> open(const std::filesystem::path& folder);

    const std::filesystem::path& folder() const { return folder_; }
    const HomeConfig& config() const { return config_; }
    // Errors: usage (a node URL that client/node_url.h refuses).
    Status set_config(const HomeConfig& config);

    // Held until the process ends; waits for another process in this home.
    Status lock();

    std::filesystem::path keystore() const { return folder_ / "organisation.keystore"; }
    bool has_keys() const { return std::filesystem::exists(keystore()); }
    std::filesystem::path genesis() const { return folder_ / "genesis.bin"; }
    std::filesystem::path head() const { return folder_ / "head.json"; }
    std::filesystem::path fraud(u64 height) const {
        return folder_ / ("fraud-" + std::to_string(height) + ".json");
    }
    // These make the folder.
    Result<std::filesystem::path> transactions() const;
    Result<std::filesystem::path> dataset(const DatasetId& id) const;
    Result<std::filesystem::path> order(const OrderId& id) const;

private:
    Result<std::filesystem::path> made(std::filesystem::path folder) const;

    std::filesystem::path folder_;
    HomeConfig config_;
    std::shared_ptr<class FileLock> lock_;
};

}  // namespace jangbu::client
