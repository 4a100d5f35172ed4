#include "ledger/segment_damages.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "base/crc32c.h"
#include "base/file.h"
#include "ledger/log_cut.h"
#include "ledger/segment_file.h"
#include "ledger/segment_record.h"

namespace jangbu::ledger {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t segment_file_bytes_max = 4ull << 30;

class Inspection {
public:
    Inspection(const fs::path& folder, const ChainId& chain, bool is_pruned)
        : folder_(folder), chain_(chain), may_begin_later_(is_pruned), follows_(!is_pruned) {}

    std::vector<std::string> run() {
        std::error_code error;
        std::map<std::string, fs::path> names;
        for (const auto& entry : fs::directory_iterator(folder_, error))
            if (entry.path().extension() != ".new")
                names[entry.path().filename().string()] = entry.path();
        if (error) tell(folder_, "cannot be read: " + error.message());
        // A damaged one is told by who opens the log.
        if (const auto cut = read_log_cut(folder_.parent_path() / "cut")) cut_ = *cut;
        u32 number = 0;
        for (const auto& [name, path] : names) {
            const auto stands = number_of(name);
            if (!stands) {
                tell(path, "is no segment");
                continue;
            }
            if (may_begin_later_) number = *stands - 1;
            may_begin_later_ = false;
            if (cut_ && *stands > cut_->segment) break;
            // Of a long gap the first is told.
            if (*stands != number + 1) tell(folder_ / SegmentFile::name(number + 1), "is missing");
            if (*stands != number + 1) follows_ = false;
            number = *stands;
            inspect(path, number);
        }
        return std::move(told_);
    }

private:
    static std::optional<u32> number_of(const std::string& name) {
        const std::size_t dash = name.find('-');
        u32 number = 0;
        if (dash == std::string::npos) return std::nullopt;
        std::from_chars(name.data() + dash + 1, name.data() + name.size(), number);
        if (number == 0 || SegmentFile::name(number) != name) return std::nullopt;
        return number;
    }

    void tell(const fs::path& file, const std::string& what) {
        told_.push_back(file.string() + ": " + what);
    }
    void tell(const fs::path& file, u64 offset, const std::string& what) {
        tell(file, "offset " + std::to_string(offset) + ": " + what);
    }

    void inspect(const fs::path& file, u32 number) {
        const Result<Bytes> bytes = read_file(file, segment_file_bytes_max);
        if (!bytes) return tell(file, bytes.error().detail);
        const auto header = segment::decode_file_header(*bytes);
        if (!header)
            tell(file, "its header is damaged");
        else if (header->chain != chain_)
            tell(file, "belongs to another ledger");
        else if (header->number != number)
            tell(file, "is another segment");
        else if (header->size_bytes != bytes->size())
            tell(file, "has " + std::to_string(bytes->size()) + " of " +
                           std::to_string(header->size_bytes) + " bytes");
        const bool is_cut = cut_ && cut_->segment == number;
        const u64 readable = is_cut ? std::min<u64>(cut_->end, bytes->size()) : bytes->size();
        read_records(file, ByteView(*bytes).first(readable));
    }

    // Behind a damaged place the next record is where a header is whole.
    void read_records(const fs::path& file, ByteView bytes) {
        bool is_damaged = false;
        for (u64 at = segment::header_bytes; at < bytes.size();) {
            const ByteView rest = bytes.subspan(at);
            const auto header = segment::decode_record_header(rest);
            if (header && segment::record_bytes(header->length) <= rest.size()) {
                is_damaged = false;
                const ByteView payload = rest.subspan(segment::record_header_bytes, header->length);
                const std::string which =
                    std::string(header->kind == segment::Kind::input ? "input" : "outcome") +
                    " of height " + std::to_string(header->height);
                if (crc32c(payload) != header->payload_crc)
                    tell(file, at, "the " + which + " is damaged");
                take(file, at, *header);
                at += segment::record_bytes(header->length);
                continue;
            }
            const auto is_zero = [](u8 byte) { return byte == 0; };
            if (!is_damaged && !std::ranges::all_of(rest, is_zero))
                tell(file, at, "no whole record");
            if (!is_damaged && std::ranges::all_of(rest, is_zero)) return;
            is_damaged = true;
            follows_ = false;
            at += segment::alignment;
        }
    }

    void take(const fs::path& file, u64 at, const segment::RecordHeader& header) {
        const u64 place = header.height * 2 + (header.kind == segment::Kind::outcome ? 1 : 0);
        if (follows_ && place != next_)
            tell(file, at,
                 "height " + std::to_string(header.height) + " stands where height " +
                     std::to_string(next_ / 2) + " should");
        follows_ = true;
        next_ = place + 1;
    }

    const fs::path folder_;
    const ChainId chain_;
    bool may_begin_later_;
    std::optional<LogCut> cut_;  // what stands behind it is not the log's
    std::vector<std::string> told_;
    u64 next_ = 2;  // the record that comes next: twice its height, one more for an outcome
    bool follows_;  // what comes next is known: nothing was damaged or removed before it
};

}  // namespace

std::vector<std::string> segment_damages(const fs::path& folder, const ChainId& chain,
                                         bool is_pruned) {
    return Inspection(folder, chain, is_pruned).run();
}

}  // namespace jangbu::ledger
