// The block log: <folder>/segments, prewritten files with one record after the other, and
// <folder>/head, the tip in its second place (docs/formats.md section 14).
//
// An input is durable with one fdatasync, and what stands before it in its segment with it. An
// outcome is written and not synced: it can be made again from its input. So a crash leaves at most
// the last outcome missing; a loss of power may leave it torn, and behind it an input that was
// never acknowledged. Both are cut off. Where to: nothing on disk is changed before the first
// append, which comes after recovery has compared the end with the tip.
//
// Where the file `cut` stands (ledger/log_cut.h), the log ends, whatever is behind it; the next
// append removes it first.
//
// Segments whose blocks are all below the ledger's base may be gone. They go in order; a crash may
// leave some of them, with a gap behind, which count no more.
#include <algorithm>
#include <deque>
#include <system_error>

#include "base/crc32c.h"
#include "base/file.h"
#include "base/log.h"
#include "ledger/folder_lock.h"
#include "ledger/height_text.h"
#include "ledger/log_cut.h"
#include "ledger/outcome_record.h"
#include "ledger/place_index.h"
#include "ledger/segment_file.h"
#include "ledger/tip_file.h"

namespace jangbu::ledger {
namespace {

// Each segment is twice as large as the one before, so that a small ledger is a small folder.
constexpr u64 segment_bytes_most = 64 << 20;

class SegmentBlockLog final : public BlockLog {
public:
    SegmentBlockLog(const std::filesystem::path& folder, const ChainId& chain, u64 base,
                    u64 first_segment_bytes)
        : segments_folder_(folder / "segments"),
          lock_file_(folder / "lock"),
          cut_file_(folder / "cut"),
          chain_(chain),
          base_(base),
          first_segment_bytes_(first_segment_bytes),
          tip_file_(folder / "head") {}

    Status begin();

    Status append_input(u64 height, ByteView input) override;
    Status put_outcome(u64 height, const BlockRecord& block, std::span<const TxId> ids) override;
    Status sync() override;
    Result<u64> last_input_height() const override;
    u64 first_height() const override;
    Status remove_up_to(u64 height) override;
    Status cut(const Tip& head) override;
    Result<std::optional<Tip>> tip() const override {
        if (cut_) return cut_->head;
        return tip_file_.read();
    }
    Result<Bytes> input(u64 height) const override;
    Result<BlockRecord> block(u64 height) const override;
    Result<std::pair<u64, u32>> locate(const TxId& id) const override;

private:
    using SegmentPtr = std::shared_ptr<SegmentFile>;
    struct Segment {
        SegmentPtr file;
        u64 last_height = 0;  // of its records
    };
    struct Place {
        SegmentPtr file;
        u64 offset = 0;
        segment::RecordHeader header;
    };
    // Records of one kind, of heights in a row.
    struct Row {
        u64 first = 1;
        std::deque<Place> places;
        u64 next() const { return first + places.size(); }
    };

    Result<std::vector<std::filesystem::path>> segment_names() const;
    std::unexpected<Error> missing(u32 number) const;
    Status take_segments();
    Status check_front() const;
    Status take_segment(const std::filesystem::path& file, bool is_last);
    Status check_torn(const SegmentFile& file, const segment::Scan& found) const;
    Status take_record(const segment::Found& found, ByteView content, const SegmentPtr& file);
    void begin_with(const segment::RecordHeader& first);
    Status finish_cut();
    Status make_room(u64 bytes);
    Status append(segment::Kind kind, u64 height, ByteView payload);
    Result<Bytes> payload(const Place& place, u64 height) const;
    Result<Place> place_of(segment::Kind kind, u64 height) const;

    const std::filesystem::path segments_folder_;
    const std::filesystem::path lock_file_;
    const std::filesystem::path cut_file_;
    const ChainId chain_;
    const u64 base_;  // at open
    const u64 first_segment_bytes_;
    FolderLock lock_;
    TipFile tip_file_;

    // The appender's own.
    SegmentPtr tail_;  // the last segment
    u64 end_ = 0;      // of its records
    bool is_tail_clean_ = true;
    bool is_empty_ = true;  // no record yet
    u64 last_input_ = 0;
    u64 last_outcome_ = 0;       // as much, or one less
    std::optional<LogCut> cut_;  // what is behind it is still on disk

    mutable std::mutex mutex_;  // guards what readers use
    std::deque<Segment> segments_;
    Row inputs_;
    Row outcomes_;
    std::unique_ptr<PlaceIndex> places_;
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
    cut_ = TRY(read_log_cut(cut_file_));
    return take_segments();
}

// Everything in memory, from what is on disk.
Status SegmentBlockLog::take_segments() {
    tail_.reset();
    is_tail_clean_ = is_empty_ = true;
    end_ = last_input_ = last_outcome_ = 0;
    segments_.clear();
    inputs_ = outcomes_ = {};
    places_ = std::make_unique<PlaceIndex>(segments_folder_.parent_path());
    const std::vector<std::filesystem::path> names = TRY(segment_names());
    if (cut_ && (names.empty() || names.back().filename() != SegmentFile::name(cut_->segment)))
        return missing(cut_->segment);
    if (!names.empty() && base_ == 0 && names.front().filename() != SegmentFile::name(1))
        return missing(1);
    for (const std::filesystem::path& name : names) TRY(take_segment(name, name == names.back()));
    TRY(check_front());
    if (is_empty_) {
        last_input_ = last_outcome_ = base_;
        inputs_.first = outcomes_.first = base_ + 1;
    }
    return {};
}

std::unexpected<Error> SegmentBlockLog::missing(u32 number) const {
    return fail(ErrorCode::corrupted, (segments_folder_ / SegmentFile::name(number)).string() +
                                          " is missing; restore the ledger from a backup");
}

// In order of their numbers, in a row. What stands before a gap was about to be removed, if a base
// allows it (check_front); without one the gap is damage.
Result<std::vector<std::filesystem::path>> SegmentBlockLog::segment_names() const {
    const std::vector<u32> numbers = TRY(SegmentFile::numbers(segments_folder_));
    std::vector<std::filesystem::path> names;
    u32 before = 0;
    for (const u32 number : numbers) {
        if (cut_ && number > cut_->segment) break;
        if (!names.empty() && number != before + 1) {
            if (base_ == 0) return missing(before + 1);
            names.clear();
        }
        names.push_back(segments_folder_ / SegmentFile::name(number));
        before = number;
    }
    return names;
}

// No block between the base and the first one that is here.
Status SegmentBlockLog::check_front() const {
    if (is_empty_ || inputs_.first <= base_ + 1) return {};
    const u32 number = segments_.front().file->header().number;
    return missing(number > 1 ? number - 1 : number);
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
    const bool is_cut = cut_ && cut_->segment == opened->header().number;
    const u64 readable = is_cut ? std::min<u64>(cut_->end, content.size()) : content.size();
    const segment::Scan found = segment::scan(ByteView(content).first(readable));
    segments_.push_back({opened, last_input_});
    for (const segment::Found& record : found.records) TRY(take_record(record, content, opened));
    segments_.back().last_height = last_input_;
    if (!found.beyond.empty()) TRY(check_torn(*opened, found));
    if (!is_last) return {};
    tail_ = opened;
    end_ = found.end;
    is_tail_clean_ = !found.is_torn && readable == opened->header().size_bytes;
    if (found.is_torn)
        log::warn("ledger", "the block log ends in a record that is not whole, which is left out",
                  {{"file", file.string()}, {"offset", end_}});
    return {};
}

// Records behind a damaged place: a loss of power during the sync of an input may leave the outcome
// before it torn. Anything else is damage.
Status SegmentBlockLog::check_torn(const SegmentFile& file, const segment::Scan& found) const {
    const bool is_last_outcome = last_input_ == last_outcome_ + 1;
    const segment::Found& next = found.beyond.front();
    if (is_last_outcome && found.beyond.size() == 1 && next.header.kind == segment::Kind::input &&
        next.header.height == last_input_ + 1)
        return {};
    return fail(ErrorCode::corrupted, file.file().string() + ": the record at offset " +
                                          std::to_string(found.end) +
                                          " is damaged, and records follow it; restore the ledger "
                                          "from a backup");
}

// Where bodies were removed a log begins at any height; perhaps with an outcome, whose input went
// with the segment before.
void SegmentBlockLog::begin_with(const segment::RecordHeader& first) {
    const bool is_input = first.kind == segment::Kind::input;
    is_empty_ = false;
    last_input_ = is_input ? first.height - 1 : first.height;
    last_outcome_ = first.height - 1;
    inputs_.first = outcomes_.first = last_input_ + 1;
}

Status SegmentBlockLog::take_record(const segment::Found& found, ByteView content,
                                    const SegmentPtr& file) {
    const segment::RecordHeader& header = found.header;
    const std::string where = file->file().string();
    if (is_empty_ && base_ > 0 && header.height > 0) begin_with(header);
    is_empty_ = false;
    const bool is_input = header.kind == segment::Kind::input;
    const u64 expected = (is_input ? last_input_ : last_outcome_) + 1;
    const bool in_turn = is_input == (last_input_ == last_outcome_);
    if (header.height != expected || !in_turn)
        return fail(ErrorCode::corrupted, where + ": " + height_text(header.height) +
                                              " stands where " + height_text(expected) +
                                              " should; restore the ledger from a backup");
    const Place place{file, found.offset, header};
    if (is_input) {
        inputs_.places.push_back(place);
        last_input_ = header.height;
        return {};
    }
    const auto outcome = bcs::decode<OutcomeRecord>(
        content.subspan(found.offset + segment::record_header_bytes, header.length));
    if (!outcome)
        return fail(ErrorCode::corrupted, where + ": outcome of " + height_text(header.height) +
                                              ": " + outcome.error().detail);
    last_outcome_ = header.height;
    if (header.height < outcomes_.first) return {};
    for (std::size_t i = 0; i < outcome->ids.size(); ++i)
        places_->add(outcome->ids[i], header.height, static_cast<u32>(i));
    outcomes_.places.push_back(place);
    return {};
}

// A last segment with that much room behind its end.
Status SegmentBlockLog::make_room(u64 bytes) {
    if (tail_ && !is_tail_clean_) {
        TRY(tail_->zero_from(end_));
        is_tail_clean_ = true;
    }
    if (tail_ && end_ + bytes <= tail_->header().size_bytes) return {};
    if (tail_) TRY(tail_->sync());
    const u32 number = tail_ ? tail_->header().number + 1 : 1;
    const u64 usual =
        std::min(segment_bytes_most, first_segment_bytes_ << std::min(number - 1, 20u));
    const u64 size = std::max(usual, segment::header_bytes + bytes);
    tail_ = TRY(SegmentFile::create(segments_folder_, {number, size, chain_}));
    end_ = segment::header_bytes;
    const std::scoped_lock lock(mutex_);
    segments_.push_back({tail_, last_input_});
    return {};
}

Status SegmentBlockLog::append(segment::Kind kind, u64 height, ByteView payload) {
    const Bytes record = segment::encode_record(kind, height, payload);
    TRY(make_room(record.size()));
    TRY(tail_->write(end_, record));
    if (kind == segment::Kind::input) TRY(tail_->sync());
    Place place{tail_, end_, *segment::decode_record_header(record)};
    end_ += record.size();
    const std::scoped_lock lock(mutex_);
    (kind == segment::Kind::input ? inputs_ : outcomes_).places.push_back(std::move(place));
    segments_.back().last_height = height;
    return {};
}

Status SegmentBlockLog::append_input(u64 height, ByteView input) {
    JANGBU_ASSERT(height == last_input_ + 1 && last_input_ == last_outcome_);
    TRY(finish_cut());
    TRY(append(segment::Kind::input, height, input));
    last_input_ = height;
    return {};
}

Status SegmentBlockLog::put_outcome(u64 height, const BlockRecord& block,
                                    std::span<const TxId> ids) {
    JANGBU_ASSERT(height == last_input_ && height == last_outcome_ + 1 &&
                  block.header.height == height);
    OutcomeRecord outcome{block.header, block.finality, {}, {ids.begin(), ids.end()}};
    outcome.receipts.reserve(block.receipts.size());
    for (const Bytes& receipt : block.receipts) outcome.receipts.push_back({receipt});
    // The tip first: without it the outcome is made again, and compared; but an outcome in front of
    // which no tip was ever kept looks like a log whose tip was lost.
    TRY(tip_file_.write({height, header_hash(block.header)}));
    TRY(append(segment::Kind::outcome, height, bcs::encode(outcome)));
    last_outcome_ = height;
    const std::scoped_lock lock(mutex_);
    for (std::size_t i = 0; i < ids.size(); ++i) places_->add(ids[i], height, static_cast<u32>(i));
    return {};
}

// The mark makes it so at once. What follows can be cut short anywhere and is done again.
Status SegmentBlockLog::cut(const Tip& head) {
    TRY(finish_cut());
    if (head.height == last_input_ && head.height == last_outcome_) return {};
    const Place first = TRY(place_of(segment::Kind::input, head.height + 1));
    const LogCut cut{head, first.file->header().number, first.offset};
    TRY(write_log_cut(cut_file_, cut));
    cut_ = cut;
    TRY(take_segments());
    JANGBU_ASSERT(last_input_ == head.height && last_outcome_ == head.height);
    return finish_cut();
}

Status SegmentBlockLog::finish_cut() {
    if (!cut_) return {};
    TRY(tip_file_.replace(cut_->head));
    std::vector<u32> numbers = TRY(SegmentFile::numbers(segments_folder_));
    std::error_code error;
    for (; !numbers.empty() && numbers.back() > cut_->segment && !error; numbers.pop_back())
        std::filesystem::remove(segments_folder_ / SegmentFile::name(numbers.back()), error);
    if (!error) TRY(sync_folder(segments_folder_));
    if (!error) TRY(tail_->zero_from(end_));
    if (!error) std::filesystem::remove(cut_file_, error);
    if (error)
        return fail(ErrorCode::io, "cannot remove the end of " + segments_folder_.string() + ": " +
                                       error.message());
    TRY(sync_folder(cut_file_.parent_path()));
    is_tail_clean_ = true;
    cut_.reset();
    return {};
}

Status SegmentBlockLog::sync() {
    if (tail_) TRY(tail_->sync());
    return tip_file_.sync();
}

// 0 as well where the base alone is there.
Result<u64> SegmentBlockLog::last_input_height() const {
    const std::scoped_lock lock(mutex_);
    return segments_.empty() ? 0 : inputs_.next() - 1;
}

u64 SegmentBlockLog::first_height() const {
    const std::scoped_lock lock(mutex_);
    return inputs_.places.empty() ? 0 : inputs_.first;
}

// Readers that have a place still read: the file is gone when they let it go.
Status SegmentBlockLog::remove_up_to(u64 height) {
    u32 first = 0;
    {
        const std::scoped_lock lock(mutex_);
        while (segments_.size() > 1 && segments_.front().last_height <= height) {
            const SegmentPtr gone = segments_.front().file;
            segments_.pop_front();
            for (Row* row : {&inputs_, &outcomes_})
                while (!row->places.empty() && row->places.front().file == gone) {
                    row->places.pop_front();
                    ++row->first;
                }
        }
        if (!segments_.empty()) first = segments_.front().file->header().number;
        // An outcome whose input went: not a whole block.
        while (outcomes_.first < inputs_.first && !outcomes_.places.empty()) {
            outcomes_.places.pop_front();
            ++outcomes_.first;
        }
    }
    std::error_code error;
    bool removed = false;
    for (const u32 number : TRY(SegmentFile::numbers(segments_folder_))) {
        if (number >= first) break;
        const auto file = segments_folder_ / SegmentFile::name(number);
        removed |= std::filesystem::remove(file, error);
        if (error)
            return fail(ErrorCode::io, "cannot remove " + file.string() + ": " + error.message());
    }
    return removed ? sync_folder(segments_folder_) : Status();
}

Result<SegmentBlockLog::Place> SegmentBlockLog::place_of(segment::Kind kind, u64 height) const {
    const bool is_input = kind == segment::Kind::input;
    const std::scoped_lock lock(mutex_);
    const Row& row = is_input ? inputs_ : outcomes_;
    if (height > 0 && height < row.first)
        return fail(ErrorCode::not_found, "the block of " + height_text(height) +
                                              " was pruned: blocks are kept here from height " +
                                              std::to_string(row.first) + " on");
    if (height == 0 || height >= row.next())
        return fail(ErrorCode::not_found,
                    (is_input ? "no block input at " : "no block at ") + height_text(height));
    return row.places[height - row.first];
}

Result<Bytes> SegmentBlockLog::payload(const Place& place, u64 height) const {
    const auto damaged = [&] {
        return fail(ErrorCode::corrupted, place.file->file().string() + ": the record of " +
                                              height_text(height) +
                                              " is damaged; restore the ledger from a backup");
    };
    const u64 head = segment::record_header_bytes;
    Bytes record = TRY(place.file->read(place.offset, head + place.header.length));
    if (record.size() != head + place.header.length) return damaged();
    if (segment::decode_record_header(record) != place.header ||
        crc32c(ByteView(record).subspan(head)) != place.header.payload_crc)
        return damaged();
    record.erase(record.begin(), record.begin() + static_cast<std::ptrdiff_t>(head));
    return record;
}

Result<Bytes> SegmentBlockLog::input(u64 height) const {
    const Place place = TRY(place_of(segment::Kind::input, height));
    return payload(place, height);
}

Result<BlockRecord> SegmentBlockLog::block(u64 height) const {
    const Place place = TRY(place_of(segment::Kind::outcome, height));
    const Bytes bytes = TRY(payload(place, height));
    Result<OutcomeRecord> outcome = bcs::decode<OutcomeRecord>(bytes);
    if (!outcome)
        return fail(ErrorCode::corrupted, segments_folder_.string() + ": outcome of " +
                                              height_text(height) + ": " + outcome.error().detail);
    BlockRecord record{TRY(input(height)), outcome->header, {}, outcome->finality};
    record.receipts.reserve(outcome->receipts.size());
    for (ReceiptBytes& receipt : outcome->receipts)
        record.receipts.push_back(std::move(receipt.bytes));
    record.ids = std::move(outcome->ids);
    return record;
}

Result<std::pair<u64, u32>> SegmentBlockLog::locate(const TxId& id) const {
    const std::scoped_lock lock(mutex_);
    const auto place = TRY(places_->find(id));
    if (!place) return fail(ErrorCode::not_found, "no transaction " + id.hex());
    return *place;
}

}  // namespace

Result<std::unique_ptr<BlockLog>> open_block_log(const std::filesystem::path& folder,
                                                 const ChainId& chain, u64 base,
                                                 u64 first_segment_bytes) {
    auto log = std::make_unique<SegmentBlockLog>(folder, chain, base, first_segment_bytes);
    TRY(log->begin());
    return log;
}

}  // namespace jangbu::ledger
