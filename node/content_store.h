// ContentStore: ciphertext of orders and samples of datasets, on a directory (docs/exchange.md
// section 8).
//
// Object names are hashes that the server computed; nothing a client sends becomes part of a path.
// An order's content is its two leaf lists (32 n bytes each; the store recomputes both roots and
// refuses anything else) and then its chunks in any order, each with exact length and matching its
// ciphertext leaf. Whatever was acknowledged is durable: files are written aside, fsynced and
// renamed; chunks become present by an atomic rename of the map of present chunks. Every byte
// counts against the seller's quota. Tickets are judged by node/tickets.h before these are called.
// Threads: any. Errors: not_found, malformed (length, leaf, root), limit_exceeded (quota, disk),
// conflict, io, corrupted (the disk changed it: names the chunk, which counts as missing from then
// on).
#pragma once

#include <filesystem>
#include <memory>

#include "market/records.h"

namespace jangbu::node {

// What the store needs to know of an order or dataset; taken from state by the caller.
struct Content {
    market::Hash subject{};  // order id, or dataset id of a sample
    market::OrgId owner;     // whose quota
    market::Hash data_root{};
    market::Hash ct_root{};
    u64 n = 0;
    u64 byte_len = 0;
    u32 chunk_size = 0;
    market::OrgId registrant;

    template <class Codec, class Self>
    static void fields(Codec& c, Self& self) {
        c.version();
        c(self.subject);
        c(self.owner);
        c(self.data_root);
        c(self.ct_root);
        c(self.n);
        c(self.byte_len);
        c(self.chunk_size);
        c(self.registrant);
    }
    bool operator==(const Content&) const = default;
};

using market::Sample;

class ContentStore {
public:
    virtual ~ContentStore() = default;
    // The same leaves again are fine; leaves under another ct_root replace everything stored for
    // the order.
    virtual Status put_leaves(const Content& content, ByteView data_leaves, ByteView ct_leaves) = 0;
    // data leaves || ciphertext leaves.
    virtual Result<Bytes> leaves(const Content& content) const = 0;
    // Consecutive whole chunks from `first`; all or none are stored.
    virtual Status put_chunks(const Content& content, u64 first, ByteView ciphertext) = 0;
    // Indices that are still missing, at most `count_max`.
    virtual Result<std::vector<u64>> missing(const Content& content,
                                             std::size_t count_max) const = 0;
    // Bytes [from, from + length) of the concatenated ciphertext. not_found names the first chunk
    // that is missing.
    virtual Result<Bytes> read(const Content& content, u64 from, std::size_t length) const = 0;

    virtual Status put_sample(const Content& content, const Sample& sample) = 0;
    virtual Result<Sample> sample(const Content& content) const = 0;
    virtual Status erase(const Content& content) = 0;
    virtual u64 used_bytes(const market::OrgId& owner) const = 0;
    // Everything that is stored, by ascending subject.
    virtual std::vector<Content> contents() const = 0;
};

// Bytes of the concatenated ciphertext; chunk i in it has 32 + its data.
u64 ciphertext_bytes(u64 byte_len, u64 n);

Result<std::unique_ptr<ContentStore>> open_directory_store(const std::filesystem::path& folder,
                                                           u64 quota_bytes);

}  // namespace jangbu::node
