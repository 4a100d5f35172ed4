// StateTree: the authenticated state map, a compact sparse Merkle tree (docs/formats.md section 2).
//
// Immutable and shared: a copy is a snapshot, an update makes a new tree that shares every untouched subtree. The root is
// a function of the map alone. Threads: any number of readers. Held in RAM; values included.
// Source of the shape: Jellyfish Merkle Tree's hashing rule (a subtree with one leaf is that leaf's hash).
#pragma once

#include <functional>
#include <memory>

#include "crypto/hash.h"
#include "ledger/state_view.h"
#include "ledger/types.h"

namespace jangbu::ledger {

struct StateProof {
    struct Leaf {
        Hash key{};
        Hash value_hash{};
        template <class Codec, class Self>
        static void fields(Codec& c, Self& self) {
            c(self.key);
            c(self.value_hash);
        }
        bool operator==(const Leaf&) const = default;
    };
    std::vector<Hash> siblings;  // from the root down
    std::variant<bcs::Unit, Leaf> terminal;

    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c.list(self.siblings, 0, 256);
        c(self.terminal);
    }
    bool operator==(const StateProof&) const = default;
};

Hash hashed_state_key(const StateKey& key);

// True if the proof shows `value` (or, without one, the absence of `key`) under `root`. Shares nothing with the prover
// but the hash.
bool verify_state(const Hash& root, const StateKey& key, std::optional<ByteView> value, const StateProof& proof);

class StateTree final : public StateReader {
public:
    StateTree() = default;

    Hash root() const;
    std::size_t size() const;
    const Bytes* find(const StateKey& key) const override;
    // Inclusion if the key is there, absence if not.
    StateProof prove(const StateKey& key) const;

    using Changes = std::map<StateKey, std::optional<Bytes>>;
    StateTree updated(const Changes& changes) const;

    // Every entry, in the order of hashed keys.
    void for_each(const std::function<void(const StateKey&, const Bytes&)>& visit) const;

    struct Node;

private:
    std::shared_ptr<const Node> root_;
};

}  // namespace jangbu::ledger
