#include "node/content_damages.h"

#include "base/file.h"
#include "crypto/fair_exchange.h"
#include "node/content_check.h"
#include "node/positional_file.h"

namespace jangbu::node {
namespace {

namespace fs = std::filesystem;

constexpr const char* remove_it = "; remove this folder, its owner can upload it again";

class Inspection {
public:
    explicit Inspection(const fs::path& folder) : folder_(folder) {}

    std::vector<ContentDamage> run() {
        const Result<Bytes> bytes = read_file(folder_ / "content", content_bytes_max);
        const Result<Content> content =
            bytes ? decode_content_record(*bytes) : std::unexpected(bytes.error());
        if (!content) {
            refuses("content: " + content.error().detail);
        } else if (content_folder_name(content->subject) != folder_.filename() ||
                   !crypto::fx1::chunk_size_is_valid(content->byte_len, content->chunk_size) ||
                   content->n != crypto::fx1::chunk_count(content->byte_len, content->chunk_size)) {
            refuses("content does not belong here");
        } else {
            std::error_code error;
            if (fs::exists(folder_ / "sample", error))
                judge_sample(*content);
            else
                judge_chunks(*content);
        }
        return std::move(damages_);
    }

private:
    void refuses(const std::string& what) {
        damages_.push_back({"content store: " + folder_.string() + ": " + what + remove_it, true});
    }
    void tell(const std::string& what) {
        damages_.push_back({"content store: " + folder_.string() + ": " + what, false});
    }

    void judge_sample(const Content& content) {
        const Result<Bytes> bytes = read_file(folder_ / "sample", sample_bytes_max);
        const Result<market::Sample> sample =
            bytes ? bcs::decode<market::Sample>(*bytes) : std::unexpected(bytes.error());
        if (!sample || !check_sample(content, *sample))
            tell("sample is damaged; its owner can publish it again");
    }

    void judge_chunks(const Content& content) {
        const Result<Bytes> leaves = read_leaves(folder_, content);
        if (!leaves) return refuses(leaves.error().detail);
        Result<Bytes> bits = read_file(folder_ / "present", content.n / 8 + 1);
        if (!bits && bits.error().code == ErrorCode::io) return refuses(bits.error().detail);
        const bool is_new = !bits && bits.error().code == ErrorCode::not_found;
        const Result<ChunkMap> present =
            ChunkMap::from_bytes(content.n, bits ? std::move(*bits) : Bytes());
        if (!present) {
            if (!is_new) tell("present is damaged; a start finds the chunks again");
            return;
        }
        for (u64 index = 0; index < content.n; ++index)
            if (present->contains(index)) judge_chunk(content, *leaves, index);
    }

    void judge_chunk(const Content& content, const Bytes& leaves, u64 index) {
        Bytes record(chunk_length(content, index));
        const Result<PositionalFile> file = PositionalFile::open_to_read(folder_ / "ciphertext");
        const Status read = file ? file->read(index * chunk_stride(content), record)
                                 : std::unexpected(file.error());
        if (!read || !is_chunk(content, index, record, leaves))
            tell("chunk " + std::to_string(index) + " is damaged; its owner can upload it again");
    }

    const fs::path folder_;
    std::vector<ContentDamage> damages_;
};

}  // namespace

std::vector<ContentDamage> content_damages(const fs::path& folder) {
    std::vector<ContentDamage> all;
    std::error_code error;
    if (!fs::exists(folder / "contents", error)) return all;
    for (const auto& entry : fs::directory_iterator(folder / "contents", error)) {
        const std::vector<ContentDamage> some = Inspection(entry.path()).run();
        all.insert(all.end(), some.begin(), some.end());
    }
    if (error)
        all.push_back({"content store: cannot list " + (folder / "contents").string() + ": " +
                           error.message() + "; restore it, or remove it and upload again",
                       true});
    return all;
}

}  // namespace jangbu::node
