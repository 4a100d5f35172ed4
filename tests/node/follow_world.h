// FollowWorld: a follower of a NodeWorld's node, with its blocks as they travel (encoded and
// decoded) and a hand between them that can lie, with or without the validator's key.
#pragma once

#include <functional>

#include "node/cosignatures.h"
#include "node/follower_engine.h"
#include "tests/node/node_world.h"

namespace jangbu::test {

inline crypto::SigningKey validator_of(const NodeWorld& in) {
    return in.world.node.secret.signing_key(Purpose::operate, 0);
}

// What a validator sends who signs blocks with another state root. The world outlives it.
inline std::function<void(node::FollowStream&)> wrong_root_signed_in(const NodeWorld& in) {
    return [&in](node::FollowStream& stream) {
        const crypto::SigningKey validator = validator_of(in);
        for (node::FollowedBlock& block : stream.blocks) {
            block.header.header.state_root[0] ^= 1;
            block.header.finality.signature = validator.sign(
                crypto::domain::header, ledger::header_hash(block.header.header).bytes);
        }
    };
}

inline bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

class NodeSource final : public node::BlockSource {
public:
    explicit NodeSource(NodeWorld& node) : in(&node) {}

    std::string name() const override { return "test"; }
    Result<node::FollowStream> blocks(u64 from_height) override {
        const std::scoped_lock lock(mutex);
        ++asked;
        if (down) return fail(ErrorCode::unavailable, "nobody is there");
        node::FollowStream stream =
            TRY(node::read_stream(in->node->chain(), in->world.rules, from_height));
        if (lie) lie(stream);
        return bcs::decode<node::FollowStream>(bcs::encode(stream));
    }
    Result<ledger::SignedHeader> header(u64 height) override {
        return in->node->chain().header(height);
    }
    Status publish(const node::Cosignature& cosignature) override {
        const std::scoped_lock lock(mutex);
        if (down) return fail(ErrorCode::unavailable, "nobody is there");
        published.push_back(cosignature);
        return in->node->add_cosignature(cosignature);
    }
    void set_lie(std::function<void(node::FollowStream&)> next) {
        const std::scoped_lock lock(mutex);
        lie = std::move(next);
    }
    std::vector<node::Cosignature> cosignatures() {
        const std::scoped_lock lock(mutex);
        return published;
    }

    NodeWorld* in;
    std::mutex mutex;
    std::atomic<bool> down = false;
    std::atomic<u64> asked = 0;
    std::function<void(node::FollowStream&)> lie;
    std::vector<node::Cosignature> published;
};

class FollowWorld {
public:
    explicit FollowWorld(NodeWorld& followed, std::optional<ByteArray<32>> witness_seed = {})
        : source(followed), witness(witness_seed) {
        config.home = folder.path / "follower";
        config.genesis_file = followed.config.genesis_file;
        config.chain_folder = config.home / "chain";
        config.verification_threads = 1;
        now_ms = followed.now_ms.load();
    }

    Result<std::unique_ptr<node::Node>> open() {
        std::optional<crypto::SigningKey> key;
        if (witness) key.emplace(*witness);
        return node::Node::follow(config, [this] { return now_ms.load(); }, source, std::move(key));
    }
    void start() {
        node.reset();
        auto opened = open();
        REQUIRE_MESSAGE(opened.has_value(), opened.error().detail);
        node = std::move(*opened);
        REQUIRE(node->start().has_value());
    }
    // Within a minute.
    bool comes(const std::function<bool()>& what) {
        for (int i = 0; i < 6'000; ++i) {
            if (what()) return true;
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        return false;
    }
    void catch_up() {
        REQUIRE(comes([&] { return node->head()->hash == source.in->node->head()->hash; }));
    }
    // The reason of the stop.
    std::string stopped() {
        REQUIRE(comes([&] { return node->stopped().has_value(); }));
        return *node->stopped();
    }
    std::string trouble() {
        REQUIRE(comes([&] { return node->paused().has_value(); }));
        return *node->paused();
    }
    std::filesystem::path evidence(const std::string& name) const { return config.home / name; }
    bool has_evidence() const {
        for (const auto& entry : std::filesystem::directory_iterator(config.home)) {
            const std::string name = entry.path().filename().string();
            if (name.starts_with("fraud-") || name.starts_with("divergence-")) return true;
        }
        return false;
    }

    Folder folder{Folder::On::memory};
    NodeSource source;
    std::optional<ByteArray<32>> witness;
    node::Config config;
    std::atomic<u64> now_ms;
    std::unique_ptr<node::Node> node;
};

}  // namespace jangbu::test
