// The block log: <folder>/segments, prewritten files with one record after the other, and
// <folder>/head, the tip in its second place (docs/formats.md section 14).
//
// An input is durable with one fdatasync, and what stands before it in its segment with it. An
// outcome is written and not synced: it can be made again from its input. So a crash leaves at most
// the last outcome missing; a loss of power may leave it torn, and behind it an input that was
// never acknowledged. Both are cut off. Where to: nothing on disk is changed before the first
// append, which comes after recovery has compared the end with the tip.
#include <algorithm>
#include <system_error>

#include "base/crc32c.h"
#include "base/file.h"
#include "base/log.h"
#include "ledger/folder_lock.h"
#include "ledger/outcome_record.h"
#include "ledger/place_index.h"
#include "ledger/segment_file.h"
#include "ledger/tip_file.h"

namespace jangbu::ledger {
namespace {

// Each segment is twice as large as the one before, so that a small ledger is a small folder.
constexpr u64 segment_bytes_least = 64 << 10;
constexpr u64 segment_bytes_most = 64 << 20;

std::string at(u64 height) {
    return "height " + std::to_string(height);
}

class SegmentBlockLog final : public BlockLog {
public:
    SegmentBlockLog(const std::filesystem::path& folder, const ChainId& chain)
        : segments_folder_(folder / "segments"),
          lock_file_(folder / "lock"),
          chain_(chain),
          tip_file_(folder / "head") {}

    Status begin();

    Status append_input(u64 height, ByteView input) override;
    Status put_outcome(u64 height, const BlockRecord& block, std::span<const TxId> ids) override;
    Status sync() override;
    Result<u64> last_input_height() const override;
    Result<std::optional<Tip>> tip() const override { return tip_file_.read(); }
    Result<Bytes> input(u64 height) const override;
    Result<BlockRecord> block(u64 height) const override;
    Result<std::pair<u64, u32>> locate(const TxId& id) const override;

private:
    using SegmentPtr = std::shared_ptr<SegmentFile>;
    struct Place {
        u32 segment = 0;  // index in segments_
        u64 offset = 0;
        segment::RecordHeader header;
    };

    Result<std::vector<std::filesystem::path>> segment_names() const;
    Status take_segment(const std::filesystem::path& file, bool is_last);
    Status check_torn(const SegmentFile& file, const segment::Scan& found) const;
    Status take_record(const segment::Found& found, ByteView content, const std::string& where);
    Status make_room(u64 bytes);
    Status append(segment::Kind kind, u64 height, ByteView payload);
    Result<Bytes> payload(const std::optional<Place>& place, u64 height) const;
    std::optional<Place> place_of(segment::Kind kind, u64 height) const;

    const std::filesystem::path segments_folder_;
    const std::filesystem::path lock_file_;
    const ChainId chain_;
    FolderLock lock_;
    TipFile tip_file_;
    u64 end_ = 0;  // of the last segment
    bool is_tail_clean_ = true;

    mutable std::mutex mutex_;  // guards what readers use
    std::vector<SegmentPtr> segments_;
    std::vector<Place> inputs_;    // of heights 1, 2, ...
    std::vector<Place> outcomes_;  // as many, or one fewer
    mutable PlaceIndex places_;
};

Status SegmentBlockLog::begin() {
    std::error_code error;
    const std::filesystem::path former = segments_folder_.parent_path() / "log";
    if (std::filesystem::exists(former, error))
        return fail(ErrorCode::conflict,
                    former.string() +
                        " is a block log of an earlier version, which this version does not read; "
                        "keep it with the version that wrote it, or start a new ledger elsewhere");
    const bool is_new = !std::filesystem::exists(segments_folder_, error);
    std::filesystem::create_directories(segments_folder_, error);
    if (error)
        return fail(ErrorCode::io,
                    "cannot create " + segments_folder_.string() + ": " + error.message());
    TRY(lock_.take(lock_file_));
    if (is_new) {
        const std::filesystem::path folder = segments_folder_.parent_path();
        TRY(sync_folder(folder));
        TRY(sync_folder(folder.parent_path().empty() ? "." : folder.parent_path()));
    }
    const std::vector<std::filesystem::path> names = TRY(segment_names());
    for (const std::filesystem::path& name : names) TRY(take_segment(name, name == names.back()));
    return {};
}

// In order of their numbers, which must be 1, 2, ...
Result<std::vector<std::filesystem::path>> SegmentBlockLog::segment_names() const {
    std::vector<std::filesystem::path> names;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(segments_folder_, error))
        if (entry.path().extension() != ".new")  // the making of one was cut short
            names.push_back(entry.path());
    if (error)
        return fail(ErrorCode::io,
                    "cannot read " + segments_folder_.string() + ": " + error.message());
    std::ranges::sort(names);
    for (std::size_t i = 0; i < names.size(); ++i)
        if (names[i].filename() != SegmentFile::name(static_cast<u32>(i + 1)))
            return fail(ErrorCode::corrupted,
                        (segments_folder_ / SegmentFile::name(static_cast<u32>(i + 1))).string() +
                            " is missing; restore the ledger from a backup");
    return names;
}

Status SegmentBlockLog::take_segment(const std::filesystem::path& file, bool is_last) {
    const SegmentPtr opened = TRY(SegmentFile::open(file));
    if (opened->header().chain != chain_)
        return fail(ErrorCode::conflict, file.string() + " belongs to the ledger " +
                                             opened->header().chain.hex() + ", not to " +
                                             chain_.hex());
    if (SegmentFile::name(opened->header().number) != file.filename())
        return fail(ErrorCode::corrupted, file.string() + " is another segment");
    const Bytes content = TRY(opened->read(0, opened->header().size_bytes));
    const segment::Scan found = segment::scan(content);
    segments_.push_back(opened);
    for (const segment::Found& record : found.records)
        TRY(take_record(record, content, file.string()));
    if (!found.beyond.empty()) TRY(check_torn(*opened, found));
    if (!is_last) return {};
    end_ = found.end;
    is_tail_clean_ = !found.is_torn && content.size() == opened->header().size_bytes;
    if (found.is_torn)
        log::warn("ledger", "the block log ends in a record that is not whole, which is left out",
                  {{"file", file.string()}, {"offset", end_}});
    return {};
}

// Records behind a damaged place: a loss of power during the sync of an input may leave the outcome
// before it torn. Anything else is damage.
Status SegmentBlockLog::check_torn(const SegmentFile& file, const segment::Scan& found) const {
    const bool is_last_outcome = inputs_.size() == outcomes_.size() + 1;
    const segment::Found& next = found.beyond.front();
    if (is_last_outcome && found.beyond.size() == 1 && next.header.kind == segment::Kind::input &&
        next.header.height == inputs_.size() + 1)
        return {};
    return fail(ErrorCode::corrupted, file.file().string() + ": the record at offset " +
                                          std::to_string(found.end) +
                                          " is damaged, and records follow it; restore the ledger "
                                          "from a backup");
}

Status SegmentBlockLog::take_record(const segment::Found& found, ByteView content,
                                    const std::string& where) {
    const segment::RecordHeader& header = found.header;
    const bool is_input = header.kind == segment::Kind::input;
    const u64 expected = (is_input ? inputs_ : outcomes_).size() + 1;
    const bool in_turn = is_input == (inputs_.size() == outcomes_.size());
    if (header.height != expected || !in_turn)
        return fail(ErrorCode::corrupted, where + ": " + at(header.height) + " stands where " +
                                              at(expected) +
                                              " should; restore the ledger from a backup");
    const Place place{static_cast<u32>(segments_.size() - 1), found.offset, header};
    if (is_input) {
        inputs_.push_back(place);
        return {};
    }
    const auto outcome = bcs::decode<OutcomeRecord>(
        content.subspan(found.offset + segment::record_header_bytes, header.length));
    if (!outcome)
        return fail(ErrorCode::corrupted,
                    where + ": outcome of " + at(header.height) + ": " + outcome.error().detail);
    for (std::size_t i = 0; i < outcome->ids.size(); ++i)
        places_.add(outcome->ids[i], header.height, static_cast<u32>(i));
    outcomes_.push_back(place);
    return {};
}

// A last segment with that much room behind its end.
Status SegmentBlockLog::make_room(u64 bytes) {
    if (!segments_.empty() && !is_tail_clean_) {
        TRY(segments_.back()->zero_from(end_));
        is_tail_clean_ = true;
    }
    if (!segments_.empty() && end_ + bytes <= segments_.back()->header().size_bytes) return {};
    if (!segments_.empty()) TRY(segments_.back()->sync());
    const auto number = static_cast<u32>(segments_.size() + 1);
    const u64 usual = std::min(segment_bytes_most, segment_bytes_least << std::min(number, 20u));
    const u64 size = std::max(usual, segment::header_bytes + bytes);
    SegmentPtr made = TRY(SegmentFile::create(segments_folder_, {number, size, chain_}));
    const std::scoped_lock lock(mutex_);
    segments_.push_back(std::move(made));
    end_ = segment::header_bytes;
    return {};
}

Status SegmentBlockLog::append(segment::Kind kind, u64 height, ByteView payload) {
    const Bytes record = segment::encode_record(kind, height, payload);
    TRY(make_room(record.size()));
    TRY(segments_.back()->write(end_, record));
    if (kind == segment::Kind::input) TRY(segments_.back()->sync());
    const Place place{static_cast<u32>(segments_.size() - 1), end_,
                      *segment::decode_record_header(record)};
    end_ += record.size();
    const std::scoped_lock lock(mutex_);
    (kind == segment::Kind::input ? inputs_ : outcomes_).push_back(place);
    return {};
}

Status SegmentBlockLog::append_input(u64 height, ByteView input) {
    JANGBU_ASSERT(height == inputs_.size() + 1 && inputs_.size() == outcomes_.size());
    return append(segment::Kind::input, height, input);
}

Status SegmentBlockLog::put_outcome(u64 height, const BlockRecord& block,
                                    std::span<const TxId> ids) {
    JANGBU_ASSERT(height == inputs_.size() && height == outcomes_.size() + 1 &&
                  block.header.height == height);
    OutcomeRecord outcome{block.header, block.finality, {}, {ids.begin(), ids.end()}};
    outcome.receipts.reserve(block.receipts.size());
    for (const Bytes& receipt : block.receipts) outcome.receipts.push_back({receipt});
    // The tip first: without it the outcome is made again, and compared; but an outcome in front of
    // which no tip was ever kept looks like a log whose tip was lost.
    TRY(tip_file_.write({height, header_hash(block.header)}));
    TRY(append(segment::Kind::outcome, height, bcs::encode(outcome)));
    const std::scoped_lock lock(mutex_);
    for (std::size_t i = 0; i < ids.size(); ++i) places_.add(ids[i], height, static_cast<u32>(i));
    return {};
}

Status SegmentBlockLog::sync() {
    if (!segments_.empty()) TRY(segments_.back()->sync());
    return tip_file_.sync();
}

Result<u64> SegmentBlockLog::last_input_height() const {
    const std::scoped_lock lock(mutex_);
    return inputs_.size();
}

std::optional<SegmentBlockLog::Place> SegmentBlockLog::place_of(segment::Kind kind,
                                                                u64 height) const {
    const std::scoped_lock lock(mutex_);
    const std::vector<Place>& places = kind == segment::Kind::input ? inputs_ : outcomes_;
    if (height == 0 || height > places.size()) return std::nullopt;
    return places[height - 1];
}

Result<Bytes> SegmentBlockLog::payload(const std::optional<Place>& place, u64 height) const {
    SegmentPtr file;
    {
        const std::scoped_lock lock(mutex_);
        file = segments_[place->segment];
    }
    const auto damaged = [&] {
        return fail(ErrorCode::corrupted, file->file().string() + ": the record of " + at(height) +
                                              " is damaged; restore the ledger from a backup");
    };
    const u64 head = segment::record_header_bytes;
    Bytes record = TRY(file->read(place->offset, head + place->header.length));
    if (record.size() != head + place->header.length) return damaged();
    if (segment::decode_record_header(record) != place->header ||
        crc32c(ByteView(record).subspan(head)) != place->header.payload_crc)
        return damaged();
    record.erase(record.begin(), record.begin() + static_cast<std::ptrdiff_t>(head));
    return record;
}

Result<Bytes> SegmentBlockLog::input(u64 height) const {
    const auto place = place_of(segment::Kind::input, height);
    if (!place) return fail(ErrorCode::not_found, "no block input at " + at(height));
    return payload(place, height);
}

Result<BlockRecord> SegmentBlockLog::block(u64 height) const {
    const auto place = place_of(segment::Kind::outcome, height);
    if (!place) return fail(ErrorCode::not_found, "no block at " + at(height));
    Result<OutcomeRecord> outcome = bcs::decode<OutcomeRecord>(TRY(payload(place, height)));
    if (!outcome)
        return fail(ErrorCode::corrupted, segments_folder_.string() + ": outcome of " + at(height) +
                                              ": " + outcome.error().detail);
    BlockRecord record{TRY(input(height)), outcome->header, {}, outcome->finality};
    record.receipts.reserve(outcome->receipts.size());
    for (ReceiptBytes& receipt : outcome->receipts)
        record.receipts.push_back(std::move(receipt.bytes));
    return record;
}

Result<std::pair<u64, u32>> SegmentBlockLog::locate(const TxId& id) const {
    const std::scoped_lock lock(mutex_);
    const auto place = places_.find(id);
    if (!place) return fail(ErrorCode::not_found, "no transaction " + id.hex());
    return *place;
}

}  // namespace

Result<std::unique_ptr<BlockLog>> open_block_log(const std::filesystem::path& folder,
                                                 const ChainId& chain) {
    auto log = std::make_unique<SegmentBlockLog>(folder, chain);
    TRY(log->begin());
    return log;
}

}  // namespace jangbu::ledger
