#include "ledger/sparse_tree.h"

namespace jangbu::ledger::sparse {
namespace {

struct Branch final : Node {
    NodePtr left;
    NodePtr right;
};

// A branch has at least two leaves: one alone would stand in its place.
bool is_leaf(const Node& node) {
    return node.leaves == 1;
}
const Leaf& as_leaf(const Node& node) {
    return static_cast<const Leaf&>(node);
}
const Branch& as_branch(const Node& node) {
    return static_cast<const Branch&>(node);
}

bool bit(const Hash& key, std::size_t depth) {
    return (key[depth / 8] >> (7 - depth % 8) & 1) != 0;
}

NodePtr join(NodePtr left, NodePtr right) {
    if (!left && (!right || is_leaf(*right))) return right;
    if (!right && is_leaf(*left)) return left;
    auto branch = std::make_shared<Branch>();
    branch->hash = state_node_hash(root_hash(left), root_hash(right));
    branch->leaves = (left ? left->leaves : 0) + (right ? right->leaves : 0);
    branch->left = std::move(left);
    branch->right = std::move(right);
    return branch;
}

// Where the right half of a sorted run that shares `depth` bits begins.
std::size_t split(std::span<const Change> changes, std::size_t depth) {
    const auto right = std::partition_point(changes.begin(), changes.end(),
                                            [&](const Change& c) { return !bit(c.key, depth); });
    return static_cast<std::size_t>(right - changes.begin());
}

NodePtr build(std::span<const Change> puts, std::size_t depth) {
    if (puts.empty()) return nullptr;
    if (puts.size() == 1) return puts[0].leaf;
    const std::size_t middle = split(puts, depth);
    return join(build(puts.first(middle), depth + 1), build(puts.subspan(middle), depth + 1));
}

// The changes over a subtree that holds one leaf or none.
NodePtr rebuild(const NodePtr& old, std::span<const Change> changes, std::size_t depth) {
    std::vector<Change> puts;
    puts.reserve(changes.size() + 1);
    bool kept = !old;  // is the old leaf settled?
    for (const Change& change : changes) {
        if (!kept && as_leaf(*old).key <= change.key) {
            if (as_leaf(*old).key < change.key) puts.push_back({as_leaf(*old).key, old});
            kept = true;
        }
        if (change.leaf) puts.push_back(change);
    }
    if (!kept) puts.push_back({as_leaf(*old).key, old});
    return build(puts, depth);
}

NodePtr update(const NodePtr& node, std::span<const Change> changes, std::size_t depth) {
    if (changes.empty()) return node;
    if (!node || is_leaf(*node)) return rebuild(node, changes, depth);
    const Branch& branch = as_branch(*node);
    const std::size_t middle = split(changes, depth);
    NodePtr left = update(branch.left, changes.first(middle), depth + 1);
    NodePtr right = update(branch.right, changes.subspan(middle), depth + 1);
    if (left == branch.left && right == branch.right) return node;
    return join(std::move(left), std::move(right));
}

}  // namespace

NodePtr make_leaf(const Hash& key, const Hash& value_hash, StateKey state_key, Bytes value) {
    auto leaf = std::make_shared<Leaf>();
    leaf->hash = state_leaf_hash(key, value_hash);
    leaf->leaves = 1;
    leaf->key = key;
    leaf->value_hash = value_hash;
    leaf->state_key = std::move(state_key);
    leaf->value = std::move(value);
    return leaf;
}

NodePtr updated(const NodePtr& root, std::span<const Change> changes) {
    for (std::size_t i = 1; i < changes.size(); ++i)
        JANGBU_ASSERT(changes[i - 1].key < changes[i].key);
    return update(root, changes, 0);
}

Hash root_hash(const NodePtr& root) {
    return root ? root->hash : Hash{};
}

const Leaf* find(const NodePtr& root, const Hash& key) {
    const Node* node = root.get();
    for (std::size_t depth = 0; node && !is_leaf(*node); ++depth)
        node = (bit(key, depth) ? as_branch(*node).right : as_branch(*node).left).get();
    return node && as_leaf(*node).key == key ? &as_leaf(*node) : nullptr;
}

StateProof prove(const NodePtr& root, const Hash& key) {
    StateProof proof;
    const Node* node = root.get();
    for (std::size_t depth = 0; node && !is_leaf(*node); ++depth) {
        const Branch& branch = as_branch(*node);
        const bool right = bit(key, depth);
        proof.siblings.push_back(root_hash(right ? branch.left : branch.right));
        node = (right ? branch.right : branch.left).get();
    }
    if (node) proof.terminal = StateProof::Leaf{as_leaf(*node).key, as_leaf(*node).value_hash};
    return proof;
}

void for_each(const NodePtr& root, const std::function<void(const Leaf&)>& visit) {
    if (!root) return;
    if (is_leaf(*root)) return visit(as_leaf(*root));
    for_each(as_branch(*root).left, visit);
    for_each(as_branch(*root).right, visit);
}

}  // namespace jangbu::ledger::sparse
