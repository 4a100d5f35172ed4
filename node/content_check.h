// What is kept of a content, judged by the content itself: its record by a hash behind it, leaf
// lists by its roots, chunks by their leaves, a sample by its path.
//
// Threads: pure but for reading. Errors: corrupted (says what), io.
#pragma once

#include <filesystem>

#include "node/chunk_map.h"
#include "node/content_store.h"

namespace jangbu::node {

inline constexpr std::size_t hash_bytes = 32;
// Of the files `content` and `sample` in the folder of a content.
inline constexpr std::size_t content_bytes_max = 1'024;
inline constexpr std::size_t sample_bytes_max = 128 << 10;

// Chunk i of the ciphertext stands at i * chunk_stride and has chunk_length bytes.
u64 chunk_stride(const Content& content);
u64 chunk_length(const Content& content, u64 index);
market::Hash leaves_root(ByteView leaves);

// BCS(Content), then H("jangbu/content-record/v1", it). Records of before had no hash behind them.
Bytes encode_content_record(const Content& content);
Result<Content> decode_content_record(ByteView bytes);

// Under which a content of this subject stands in the folder `contents`.
std::string content_folder_name(const market::Hash& subject);

// data leaves || ciphertext leaves, as they give the two roots.
Result<Bytes> read_leaves(const std::filesystem::path& folder, const Content& content);
// Ciphertext leaves as in the file `leaves`: of chunk `index`, chunk bytes `record`.
bool is_chunk(const Content& content, u64 index, ByteView record, ByteView leaves);
Status check_sample(const Content& content, const market::Sample& sample);

// Adds chunks that stand in the file `ciphertext` though `present` does not say so: the file of
// present chunks is younger, and may be damaged or an old one. Reads only what is marked absent.
Status find_chunks(const std::filesystem::path& folder, const Content& content, ByteView leaves,
                   ChunkMap& present);

}  // namespace jangbu::node
