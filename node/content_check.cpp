#include "node/content_check.h"

#include <algorithm>

#include "base/file.h"
#include "crypto/fair_exchange.h"
#include "crypto/merkle.h"
#include "node/positional_file.h"

namespace jangbu::node {
namespace {

crypto::Hash record_hash(ByteView record) {
    static const crypto::Tag tag("jangbu/content-record/v1");
    return tag(record);
}

}  // namespace

u64 chunk_stride(const Content& content) {
    return crypto::fx1::salt_bytes + content.chunk_size;
}
u64 chunk_length(const Content& content, u64 index) {
    return crypto::fx1::salt_bytes +
           crypto::fx1::chunk_bytes(index, content.byte_len, content.chunk_size);
}

market::Hash leaves_root(ByteView leaves) {
    crypto::merkle::Frontier tree;
    market::Hash leaf{};
    for (; !leaves.empty(); leaves = leaves.subspan(hash_bytes)) {
        std::copy_n(leaves.begin(), hash_bytes, leaf.begin());
        tree.append(leaf);
    }
    return tree.root();
}

std::string content_folder_name(const market::Hash& subject) {
    static const crypto::Tag tag("jangbu/content/v1");
    return to_hex(tag(subject));
}

Bytes encode_content_record(const Content& content) {
    const Bytes record = bcs::encode(content);
    return concat({record, record_hash(record)});
}

Result<Content> decode_content_record(ByteView bytes) {
    if (bytes.size() > hash_bytes) {
        const ByteView record = bytes.first(bytes.size() - hash_bytes);
        if (std::ranges::equal(record_hash(record), bytes.last(hash_bytes)))
            return bcs::decode<Content>(record);
    }
    return bcs::decode<Content>(bytes);
}

Result<Bytes> read_leaves(const std::filesystem::path& folder, const Content& content) {
    const u64 list_bytes = hash_bytes * content.n;
    const Result<Bytes> leaves = read_file(folder / "leaves", 2 * list_bytes);
    if (!leaves && leaves.error().code == ErrorCode::io) return leaves;
    if (!leaves || leaves->size() != 2 * list_bytes)
        return fail(ErrorCode::corrupted, "leaves do not have 64 n bytes");
    if (leaves_root(ByteView(*leaves).first(list_bytes)) != content.data_root ||
        leaves_root(ByteView(*leaves).last(list_bytes)) != content.ct_root)
        return fail(ErrorCode::corrupted, "leaves do not give the roots of the content");
    return leaves;
}

bool is_chunk(const Content& content, u64 index, ByteView record, ByteView leaves) {
    const market::Hash leaf = crypto::fx1::ciphertext_leaf(index, record);
    return std::ranges::equal(leaf, leaves.subspan(hash_bytes * (content.n + index), hash_bytes));
}

Status check_sample(const Content& content, const market::Sample& sample) {
    if (sample.index >= content.n || sample.record.size() != chunk_length(content, sample.index))
        return fail(ErrorCode::malformed, "the sample has not the exact length of its chunk");
    const market::Hash leaf =
        crypto::fx1::data_leaf(content.registrant.bytes, sample.index, sample.record);
    if (!crypto::merkle::verify_inclusion(leaf, sample.index, content.n, sample.path,
                                          content.data_root))
        return fail(ErrorCode::malformed, "the sample is not under the registered data_root");
    return {};
}

Status find_chunks(const std::filesystem::path& folder, const Content& content, ByteView leaves,
                   ChunkMap& present) {
    std::error_code error;
    const u64 size = std::filesystem::file_size(folder / "ciphertext", error);
    if (error) return {};  // nothing was ever uploaded, or reading will tell
    PositionalFile file = TRY(PositionalFile::open_to_write(folder / "ciphertext"));
    Bytes record;
    bool found = false;
    for (u64 index = present.first_absent(0, content.n); index < content.n;
         index = present.first_absent(index + 1, content.n)) {
        const u64 offset = index * chunk_stride(content);
        record.resize(chunk_length(content, index));
        if (offset + record.size() > size) break;
        TRY(file.read(offset, record));
        if (!is_chunk(content, index, record, leaves)) continue;
        present.add(index);
        found = true;
    }
    // A chunk that counts as present is durable; these may be in memory only.
    return found ? file.sync() : Status();
}

}  // namespace jangbu::node
