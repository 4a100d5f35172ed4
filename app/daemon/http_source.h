// HttpSource: the blocks of a running node, over its HTTP interface (docs/api.md).
//
// Blocks are read with a pass of an organisation that may read them, made anew before it runs out.
// Owns its connection. Threads: one. Errors: as the two seams; what the node answers to a
// refusal is passed on.
#pragma once

#include "client/node_client.h"
#include "node/block_source.h"
#include "node/snapshot_source.h"

namespace jangbu::app {

// Who asks: a live key of an organisation with the role validator or auditor.
struct Reader {
    crypto::SigningKey key;
    ledger::OrgId org;
};

class HttpSource final : public node::BlockSource, public node::SnapshotSource {
public:
    HttpSource(const std::string& url, const ledger::ChainId& chain, Reader reader);

    std::string name() const override { return http_.base_url(); }
    Result<node::FollowStream> blocks(u64 from_height) override;
    Result<ledger::SignedHeader> header(u64 height) override;
    Status publish(const node::Cosignature& cosignature) override;

    Result<std::vector<u64>> snapshots() override;
    Result<node::HeaderRange> headers(u64 from) override;
    Result<Bytes> manifest(u64 height) override;
    Result<Bytes> chunk(u64 height, std::size_t number) override;
    Result<Bytes> document(const ledger::DocumentHash& hash) override;

private:
    Result<client::HttpAnswer> ask(const std::string& path, std::size_t bytes_max);
    Result<Bytes> get(const std::string& path, std::size_t bytes_max);
    const std::string& pass();

    client::HttpClient http_;
    client::NodeClient node_;
    const ledger::ChainId chain_;
    const Reader reader_;
    std::string pass_;
    u64 pass_until_ms_ = 0;
};

// The key of the secret that the state knows as live: the secret itself as a seed (what
// `jangbu keys export-...` writes), or one of its first keys of any signing purpose but `deliver`.
// `org` where the state does not know the key yet. Errors: usage.
Result<Reader> find_reader(const crypto::OrganisationSecret& secret,
                           const ledger::StateReader& state, std::optional<ledger::OrgId> org);

}  // namespace jangbu::app
