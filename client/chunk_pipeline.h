// The chunk pipeline: hash, encrypt, check and open files of any size on every core, in bounded
// memory.
//
// A file is cut into blocks of about a MiB of whole chunks; each worker takes the next block, reads
// it, works on it and writes it at its place. Memory: one block per core, and 32 bytes per chunk
// for each leaf list. Threads: each call starts and ends its own. Errors: io; conflict (the file is
// not what was registered), naming the first chunk found.
#pragma once

#include <filesystem>
#include <variant>

#include "base/result.h"
#include "client/progress.h"
#include "crypto/fair_exchange.h"
#include "market/records.h"

namespace jangbu::client {

using crypto::Hash;

// What fixes the leaves of a dataset, apart from content and salts.
struct DatasetShape {
    ledger::OrgId registrant;
    u64 byte_len = 0;
    u32 chunk_size = 0;

    u64 n() const { return crypto::fx1::chunk_count(byte_len, chunk_size); }
    std::size_t data_bytes(u64 chunk) const {
        return crypto::fx1::chunk_bytes(chunk, byte_len, chunk_size);
    }
    u64 ciphertext_bytes() const { return byte_len + n() * crypto::fx1::salt_bytes; }
    u64 ciphertext_at(u64 chunk) const { return chunk * (chunk_size + crypto::fx1::salt_bytes); }
};

DatasetShape shape_of(const market::Dataset& dataset);

// The registrant's seed, or the list that a buyer decrypted. The list outlives its user.
using Salts = std::variant<Hash, std::span<const Hash>>;

// The leaves of a file that has exactly shape.byte_len bytes.
Result<std::vector<Hash>> hash_dataset(const std::filesystem::path& file, const DatasetShape& shape,
                                       const Salts& salts, Progress& progress);

// What one order needs besides the dataset (crypto/fair_exchange.h).
struct OrderCipher {
    Hash context{};
    crypto::Scalar key;
};

// Writes the whole ciphertext and gives its leaves; refuses a chunk that does not have its
// registered leaf.
Result<std::vector<Hash>> encrypt_dataset(const std::filesystem::path& file,
                                          const std::filesystem::path& ciphertext,
                                          const DatasetShape& shape, const Hash& seed,
                                          const OrderCipher& cipher, std::span<const Hash> leaves,
                                          Progress& progress);

// The first chunk whose ciphertext does not have its leaf; nothing = every chunk does, and every
// length is exact.
Result<std::optional<u64>> check_ciphertext(const std::filesystem::path& ciphertext,
                                            const DatasetShape& shape,
                                            std::span<const Hash> ct_leaves, Progress& progress);

// Decrypts every chunk and compares it with its registered leaf. The first that differs, or
// nothing. Where `data` is not empty, the content is written there; where `salts` is not null, it
// receives the n salts.
Result<std::optional<u64>> open_ciphertext(const std::filesystem::path& ciphertext,
                                           const std::filesystem::path& data,
                                           const DatasetShape& shape, const OrderCipher& cipher,
                                           std::span<const Hash> leaves, std::vector<Hash>* salts,
                                           Progress& progress);

// Bytes [from, from + length) of a file, exactly.
Result<Bytes> read_range(const std::filesystem::path& file, u64 from, std::size_t length);

}  // namespace jangbu::client
