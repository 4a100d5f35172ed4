#include "ledger/state_hashes.h"

namespace jangbu::ledger {
namespace {

const crypto::Tag& key_tag() {
    static const crypto::Tag tag("jangbu/state/key/v1");
    return tag;
}
const crypto::Tag& leaf_tag() {
    static const crypto::Tag tag("jangbu/state/leaf/v1");
    return tag;
}
const crypto::Tag& node_tag() {
    static const crypto::Tag tag("jangbu/state/node/v1");
    return tag;
}

}  // namespace

Hash hashed_state_key(ByteView key) {
    return key_tag()(key);
}

Hash state_leaf_hash(const Hash& hashed_key, const Hash& value_hash) {
    return leaf_tag()({hashed_key, value_hash});
}

Hash state_node_hash(const Hash& left, const Hash& right) {
    return node_tag()({left, right});
}

void hashed_state_keys(std::span<const crypto::MessageParts> in, std::span<Hash> out) {
    crypto::sha256_many(key_tag(), in, out);
}

void state_leaf_hashes(std::span<const crypto::MessageParts> in, std::span<Hash> out) {
    crypto::sha256_many(leaf_tag(), in, out);
}

void state_node_hashes(std::span<const crypto::MessageParts> in, std::span<Hash> out) {
    crypto::sha256_many(node_tag(), in, out);
}

}  // namespace jangbu::ledger
