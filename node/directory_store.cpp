// The content store on a directory:
//
//     <folder>/contents/<name>/content     BCS(Content) and its hash
//                              leaves      data leaves || ciphertext leaves          (an order)
//                              ciphertext  chunk i at i * (32 + chunk_size)
//                              present     which chunks are there, a bit each
//                              sample      BCS(Sample)                               (a chunk of a
//                              dataset's sample)
//     <folder>/incoming/<name>             what is being made; emptied at start
//
// name = H("jangbu/content/v1", subject) in hex. A folder becomes visible whole, by one rename.
// Chunks are written and synced first; they count as present only by the atomic replacement of
// `present`. What is read is judged by its hashes (node/content_check.h): a damaged chunk is told,
// counts as missing from then on, and can be uploaded again.
#include <algorithm>
#include <array>
#include <set>
#include <shared_mutex>

#include "base/file.h"
#include "crypto/fair_exchange.h"
#include "node/content_check.h"
#include "node/positional_file.h"
#include "node/quota.h"
#include "node/sample_objects.h"

namespace jangbu::node {
namespace {

namespace fs = std::filesystem;
using crypto::Hash;

std::unexpected<Error> io_error(const std::string& what, const std::error_code& error) {
    return fail(ErrorCode::io, what + ": " + error.message());
}

Status make_own_folder(const fs::path& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (!error) fs::permissions(folder, fs::perms::owner_all, error);
    if (error) return io_error("cannot create " + folder.string(), error);
    return {};
}

Status remove_folder(const fs::path& folder) {
    std::error_code error;
    fs::remove_all(folder, error);
    if (error) return io_error("cannot remove " + folder.string(), error);
    return {};
}

Status check_shape(const Content& content) {
    if (!crypto::fx1::chunk_size_is_valid(content.byte_len, content.chunk_size) ||
        content.n != crypto::fx1::chunk_count(content.byte_len, content.chunk_size))
        return fail(ErrorCode::malformed, "no dataset has this length, chunk size and count");
    return {};
}

struct Held {
    Content content;
    bool is_sample = false;
    ChunkMap present;
    u64 bytes = 0;  // counted against the quota
};

class DirectoryStore final : public ContentStore {
public:
    DirectoryStore(fs::path folder, u64 quota_bytes)
        : folder_(std::move(folder)), quota_(folder_, quota_bytes) {}

    Status open();

    Status put_leaves(const Content& content, ByteView data_leaves, ByteView ct_leaves) override;
    Result<Bytes> leaves(const Content& content) const override;
    Status put_chunks(const Content& content, u64 first, ByteView ciphertext) override;
    Result<std::vector<u64>> missing(const Content& content, std::size_t count_max) const override;
    Result<Bytes> read(const Content& content, u64 from, std::size_t length) const override;
    Status put_sample(const Content& content, const Sample& sample) override;
    Result<Sample> sample(const Content& content) const override;
    Status erase(const Content& content) override;
    u64 used_bytes(const market::OrgId& owner) const override { return quota_.used(owner); }
    std::vector<Content> contents() const override;

private:
    fs::path place(const Hash& subject) const {
        return folder_ / "contents" / content_folder_name(subject);
    }
    std::shared_mutex& lock_of(const Hash& subject) const {
        return locks_[subject[0] % locks_.size()];
    }

    Result<Held> load(const fs::path& folder) const;
    // What is held for the same content; not_found if nothing, conflict if under another ct_root.
    Result<Held> held(const Content& content) const;
    std::optional<Held> find(const Hash& subject) const;
    void keep(Held held);
    void forget(const Hash& subject);

    Result<Bytes> read_chunks(const Content& content, u64 first, u64 end) const;
    Result<Sample> read_sample(const Content& content) const;
    std::set<u64> damaged_of(const Hash& subject) const;
    Result<fs::path> start_incoming(const Content& content) const;
    Status show_incoming(const fs::path& incoming, const Hash& subject) const;
    Status verify_chunks(const Content& content, u64 first, ByteView ciphertext) const;
    Status write_chunks(const Held& held, const ChunkMap& after, u64 first,
                        ByteView ciphertext) const;

    fs::path folder_;
    Quota quota_;
    // One content has one writer or several readers; contents share locks by their first byte.
    mutable std::array<std::shared_mutex, 64> locks_;
    mutable std::mutex mutex_;  // guards the two below
    std::map<Hash, Held> held_;
    mutable std::map<Hash, std::set<u64>> damaged_;  // chunks that reading found
};

Status DirectoryStore::open() {
    TRY(make_own_folder(folder_ / "contents"));
    TRY(remove_folder(folder_ / "incoming"));
    TRY(make_own_folder(folder_ / "incoming"));
    // What is shown in `contents` later is as durable as the folder's own name.
    TRY(sync_folder(folder_));
    TRY(sync_folder(folder_.parent_path().empty() ? "." : folder_.parent_path()));
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder_ / "contents", error)) {
        Held found = TRY(load(entry.path()));
        quota_.count(found.content.owner, found.bytes);
        keep(std::move(found));
    }
    if (error) return io_error("cannot list " + folder_.string(), error);
    return {};
}

Result<Held> DirectoryStore::load(const fs::path& folder) const {
    const auto corrupted = [&](const std::string& what) {
        return fail(ErrorCode::corrupted,
                    "content store: " + folder.string() + ": " + what +
                        "; remove this folder, its owner can upload it again");
    };
    static const std::set<std::string> files = {"content", "leaves", "ciphertext", "present",
                                                "sample"};
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error))
        if (!files.contains(entry.path().filename().string())) fs::remove(entry.path(), error);
    const Result<Bytes> bytes = read_file(folder / "content", content_bytes_max);
    if (!bytes) return corrupted(bytes.error().detail);
    const Result<Content> content = decode_content_record(*bytes);
    if (!content) return corrupted("content: " + content.error().detail);
    if (content_folder_name(content->subject) != folder.filename() || !check_shape(*content))
        return corrupted("content does not belong here");

    Held held{*content, fs::exists(folder / "sample", error), ChunkMap(content->n), 0};
    if (held.is_sample) {
        held.bytes = fs::file_size(folder / "sample", error);
        if (error) return corrupted("sample cannot be read");
        return held;
    }
    const Result<Bytes> leaves = read_leaves(folder, *content);
    if (!leaves) return corrupted(leaves.error().detail);
    Result<Bytes> bits = read_file(folder / "present", content->n / 8 + 1);
    if (!bits && bits.error().code == ErrorCode::io) return corrupted(bits.error().detail);
    Result<ChunkMap> present = ChunkMap::from_bytes(content->n, bits ? std::move(*bits) : Bytes());
    if (!present) present = ChunkMap(content->n);  // none, or damaged: the chunks themselves tell
    TRY(find_chunks(folder, *content, *leaves, *present));
    held.bytes = leaves->size();
    for (u64 index = 0; index < content->n; ++index)
        if (present->contains(index)) held.bytes += chunk_length(*content, index);
    held.present = std::move(*present);
    return held;
}

std::optional<Held> DirectoryStore::find(const Hash& subject) const {
    const std::scoped_lock lock(mutex_);
    const auto at = held_.find(subject);
    if (at == held_.end()) return std::nullopt;
    return at->second;
}

Result<Held> DirectoryStore::held(const Content& content) const {
    std::optional<Held> found = find(content.subject);
    if (!found || found->is_sample)
        return fail(ErrorCode::not_found, "no leaf lists are stored for this order");
    if (found->content != content)
        return fail(ErrorCode::conflict,
                    "the store holds leaf lists of another ct_root for this order");
    return std::move(*found);
}

void DirectoryStore::keep(Held held) {
    const std::scoped_lock lock(mutex_);
    held_.insert_or_assign(held.content.subject, std::move(held));
}

void DirectoryStore::forget(const Hash& subject) {
    const std::scoped_lock lock(mutex_);
    held_.erase(subject);
    damaged_.erase(subject);
}

// A folder beside the visible ones, with its `content` in it. The caller holds the content's lock.
Result<fs::path> DirectoryStore::start_incoming(const Content& content) const {
    const fs::path incoming = folder_ / "incoming" / content_folder_name(content.subject);
    TRY(remove_folder(incoming));
    TRY(make_own_folder(incoming));
    TRY(write_file_atomically(incoming / "content", encode_content_record(content),
                              FileMode::owner_only));
    return incoming;
}

Status DirectoryStore::show_incoming(const fs::path& incoming, const Hash& subject) const {
    const fs::path target = place(subject);
    const fs::path replaced = incoming.string() + ".replaced";
    TRY(remove_folder(replaced));
    std::error_code error;
    const bool replaces = fs::exists(target, error);
    if (replaces) fs::rename(target, replaced, error);
    if (error) return io_error("cannot move " + target.string(), error);
    fs::rename(incoming, target, error);
    if (error) {
        std::error_code ignored;  // the first reason is the one to tell
        if (replaces) fs::rename(replaced, target, ignored);
        return io_error("cannot rename to " + target.string(), error);
    }
    TRY(sync_folder(target.parent_path()));
    return remove_folder(replaced);
}

Status DirectoryStore::put_leaves(const Content& content, ByteView data_leaves,
                                  ByteView ct_leaves) {
    TRY(check_shape(content));
    const u64 list_bytes = hash_bytes * content.n;
    if (data_leaves.size() != list_bytes || ct_leaves.size() != list_bytes)
        return fail(ErrorCode::malformed, "a leaf list has 32 n bytes");
    if (leaves_root(data_leaves) != content.data_root)
        return fail(ErrorCode::malformed, "the data leaves do not give the registered data_root");
    if (leaves_root(ct_leaves) != content.ct_root)
        return fail(ErrorCode::malformed,
                    "the ciphertext leaves do not give the ct_root of the ticket");

    const std::unique_lock lock(lock_of(content.subject));
    const std::optional<Held> before = find(content.subject);
    if (before && before->content == content && read_leaves(place(content.subject), content))
        return {};
    TRY(quota_.take(content.owner, 2 * list_bytes));
    const auto write = [&]() -> Status {
        const fs::path incoming = TRY(start_incoming(content));
        TRY(write_file_atomically(incoming / "leaves", concat({data_leaves, ct_leaves}),
                                  FileMode::owner_only));
        return show_incoming(incoming, content.subject);
    };
    if (const Status status = write(); !status) {
        quota_.give_back(content.owner, 2 * list_bytes);
        return status;
    }
    if (before) quota_.give_back(before->content.owner, before->bytes);
    forget(content.subject);
    keep({content, false, ChunkMap(content.n), 2 * list_bytes});
    return {};
}

Result<Bytes> DirectoryStore::leaves(const Content& content) const {
    const std::shared_lock lock(lock_of(content.subject));
    TRY(held(content));
    return read_leaves(place(content.subject), content);
}

Status DirectoryStore::verify_chunks(const Content& content, u64 first, ByteView ciphertext) const {
    if (ciphertext.empty() || first >= content.n)
        return fail(ErrorCode::malformed, "no chunk " + std::to_string(first) + " of this order");
    const u64 count_max = std::min(content.n - first, ciphertext.size() / crypto::fx1::salt_bytes);
    Bytes leaves(hash_bytes * count_max);
    const PositionalFile file =
        TRY(PositionalFile::open_to_read(place(content.subject) / "leaves"));
    TRY(file.read(hash_bytes * (content.n + first), leaves));
    for (u64 index = first; !ciphertext.empty(); ++index) {
        const std::string chunk = "chunk " + std::to_string(index);
        if (index >= content.n) return fail(ErrorCode::malformed, "bytes beyond the last chunk");
        const u64 length = chunk_length(content, index);
        if (ciphertext.size() < length)
            return fail(ErrorCode::malformed, chunk + " has not its exact length");
        const Hash leaf = crypto::fx1::ciphertext_leaf(index, ciphertext.first(length));
        const ByteView wanted = ByteView(leaves).subspan(hash_bytes * (index - first), hash_bytes);
        if (!std::ranges::equal(leaf, wanted))
            return fail(ErrorCode::malformed, chunk + " does not match its ciphertext leaf");
        ciphertext = ciphertext.subspan(length);
    }
    return {};
}

Status DirectoryStore::write_chunks(const Held& held, const ChunkMap& after, u64 first,
                                    ByteView ciphertext) const {
    const fs::path folder = place(held.content.subject);
    PositionalFile file = TRY(PositionalFile::open_to_write(folder / "ciphertext"));
    TRY(file.write(first * chunk_stride(held.content), ciphertext));
    TRY(file.sync());
    return write_file_atomically(folder / "present", after.bytes(), FileMode::owner_only);
}

Status DirectoryStore::put_chunks(const Content& content, u64 first, ByteView ciphertext) {
    {  // the hashing, beside other readers
        const std::shared_lock lock(lock_of(content.subject));
        TRY(held(content));
        TRY(verify_chunks(content, first, ciphertext));
    }
    const std::unique_lock lock(lock_of(content.subject));
    Held now = TRY(held(content));
    ChunkMap after = now.present;
    const std::set<u64> damaged = damaged_of(content.subject);
    bool repairs = false;
    u64 fresh_bytes = 0;
    u64 index = first;
    for (u64 at = 0; at < ciphertext.size(); at += chunk_length(content, index++)) {
        repairs = repairs || damaged.contains(index);
        if (after.contains(index)) continue;
        fresh_bytes += chunk_length(content, index);
        after.add(index);
    }
    if (fresh_bytes == 0 && !repairs) return {};
    TRY(quota_.take(content.owner, fresh_bytes));
    if (const Status status = write_chunks(now, after, first, ciphertext); !status) {
        quota_.give_back(content.owner, fresh_bytes);
        return status;
    }
    now.present = std::move(after);
    now.bytes += fresh_bytes;
    keep(std::move(now));
    const std::scoped_lock kept(mutex_);
    if (const auto at = damaged_.find(content.subject); at != damaged_.end())
        at->second.erase(at->second.lower_bound(first), at->second.lower_bound(index));
    return {};
}

std::set<u64> DirectoryStore::damaged_of(const Hash& subject) const {
    const std::scoped_lock lock(mutex_);
    const auto found = damaged_.find(subject);
    return found == damaged_.end() ? std::set<u64>() : found->second;
}

Result<std::vector<u64>> DirectoryStore::missing(const Content& content,
                                                 std::size_t count_max) const {
    const std::shared_lock lock(lock_of(content.subject));
    const Held now = TRY(held(content));
    std::vector<u64> indices = now.present.absent(count_max);
    const std::set<u64> damaged = damaged_of(content.subject);
    indices.insert(indices.end(), damaged.begin(), damaged.end());
    std::ranges::sort(indices);
    if (indices.size() > count_max) indices.resize(count_max);
    return indices;
}

Result<Bytes> DirectoryStore::read(const Content& content, u64 from, std::size_t length) const {
    const u64 total = ciphertext_bytes(content.byte_len, content.n);
    if (length == 0 || from >= total || total - from < length)
        return fail(ErrorCode::malformed, "the range lies outside the ciphertext");
    const std::shared_lock lock(lock_of(content.subject));
    const Held now = TRY(held(content));
    const u64 first = from / chunk_stride(content);
    const u64 end = (from + length - 1) / chunk_stride(content) + 1;
    if (const u64 absent = now.present.first_absent(first, end); absent != end)
        return fail(ErrorCode::not_found, "chunk " + std::to_string(absent) + " is not stored yet");
    const u64 from_chunk = from - first * chunk_stride(content);
    const Bytes chunks = TRY(read_chunks(content, first, end));
    return to_bytes(ByteView(chunks).subspan(from_chunk, length));
}

// Whole chunks [first, end), each as its leaf says.
Result<Bytes> DirectoryStore::read_chunks(const Content& content, u64 first, u64 end) const {
    const fs::path folder = place(content.subject);
    const auto damaged = [&](u64 index) {
        const std::scoped_lock lock(mutex_);
        damaged_[content.subject].insert(index);
        return fail(ErrorCode::corrupted, "content store: " + folder.string() + ": chunk " +
                                              std::to_string(index) +
                                              " is damaged; its owner can upload it again");
    };
    const Result<Bytes> leaves = read_leaves(folder, content);
    if (!leaves)
        return fail(leaves.error().code, "content store: " + folder.string() + ": " +
                                             leaves.error().detail +
                                             "; its owner can upload it again");
    const Result<PositionalFile> file = PositionalFile::open_to_read(folder / "ciphertext");
    if (!file && file.error().code == ErrorCode::io) return std::unexpected(file.error());
    Bytes bytes;
    Bytes record;
    for (u64 index = first; index < end; ++index) {
        record.resize(chunk_length(content, index));
        const Status read = file ? file->read(index * chunk_stride(content), record) : Status();
        if (!read && read.error().code == ErrorCode::io) return std::unexpected(read.error());
        if (!file || !read || !is_chunk(content, index, record, *leaves)) return damaged(index);
        bytes.insert(bytes.end(), record.begin(), record.end());
    }
    return bytes;
}

Status DirectoryStore::put_sample(const Content& content, const Sample& sample) {
    TRY(check_shape(content));
    if (sample.index >= content.n || !holds_sample_chunk(content, sample.index))
        return fail(ErrorCode::malformed, "the sample is not the chunk that belongs here");
    TRY(check_sample(content, sample));

    const std::unique_lock lock(lock_of(content.subject));
    const std::optional<Held> before = find(content.subject);
    if (before && read_sample(content)) return {};  // the root allows only one
    const Bytes bytes = bcs::encode(sample);
    TRY(quota_.take(content.owner, bytes.size()));
    const auto write = [&]() -> Status {
        const fs::path incoming = TRY(start_incoming(content));
        TRY(write_file_atomically(incoming / "sample", bytes, FileMode::owner_only));
        return show_incoming(incoming, content.subject);
    };
    if (const Status status = write(); !status) {
        quota_.give_back(content.owner, bytes.size());
        return status;
    }
    if (before) quota_.give_back(before->content.owner, before->bytes);
    keep({content, true, ChunkMap(content.n), bytes.size()});
    return {};
}

Result<Sample> DirectoryStore::sample(const Content& content) const {
    const std::shared_lock lock(lock_of(content.subject));
    const std::optional<Held> found = find(content.subject);
    if (!found || !found->is_sample)
        return fail(ErrorCode::not_found, "no sample of this dataset is published here");
    return read_sample(content);
}

Result<Sample> DirectoryStore::read_sample(const Content& content) const {
    const fs::path file = place(content.subject) / "sample";
    const Result<Bytes> bytes = read_file(file, sample_bytes_max);
    if (!bytes && bytes.error().code == ErrorCode::io) return std::unexpected(bytes.error());
    const Result<Sample> sample =
        bytes ? bcs::decode<Sample>(*bytes) : std::unexpected(bytes.error());
    if (!sample || !check_sample(content, *sample))
        return fail(ErrorCode::corrupted, "content store: " + file.string() +
                                              " is damaged; its owner can publish it again");
    return sample;
}

Status DirectoryStore::erase(const Content& content) {
    const std::unique_lock lock(lock_of(content.subject));
    const std::optional<Held> found = find(content.subject);
    if (!found) return fail(ErrorCode::not_found, "nothing is stored for this subject");
    // One rename hides it at once; what a crash leaves in incoming goes at the next start.
    const fs::path leaving = folder_ / "incoming" / content_folder_name(content.subject);
    TRY(remove_folder(leaving));
    std::error_code error;
    fs::rename(place(content.subject), leaving, error);
    if (error) return io_error("cannot remove " + place(content.subject).string(), error);
    TRY(sync_folder(folder_ / "contents"));
    forget(content.subject);
    quota_.give_back(found->content.owner, found->bytes);
    return remove_folder(leaving);
}

std::vector<Content> DirectoryStore::contents() const {
    const std::scoped_lock lock(mutex_);
    std::vector<Content> all;
    all.reserve(held_.size());
    for (const auto& [subject, held] : held_) all.push_back(held.content);
    return all;
}

}  // namespace

u64 ciphertext_bytes(u64 byte_len, u64 n) {
    return byte_len + crypto::fx1::salt_bytes * n;
}

Result<std::unique_ptr<ContentStore>> open_directory_store(const fs::path& folder,
                                                           u64 quota_bytes) {
    auto store = std::make_unique<DirectoryStore>(folder, quota_bytes);
    TRY(make_own_folder(folder));
    TRY(store->open());
    return store;
}

}  // namespace jangbu::node
