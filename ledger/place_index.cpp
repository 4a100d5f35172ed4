#include "ledger/place_index.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>

#include "base/assert.h"
#include "base/file.h"
#include "base/log.h"

namespace jangbu::ledger {
namespace {

constexpr unsigned index_bits = 20;
constexpr std::size_t recent_least = 65'536;
constexpr u64 fence_every = 128;

std::unexpected<Error> failed(const char* what) {
    return fail(ErrorCode::io, std::string("cannot ") + what + " the index of transactions: " +
                                   std::generic_category().message(errno));
}

}  // namespace

PlaceIndex::PlaceIndex(std::filesystem::path folder, std::size_t held)
    : folder_(std::move(folder)), held_(held) {}
PlaceIndex::~PlaceIndex() {
    if (file_ >= 0) ::close(file_);
}

PlaceIndex::Entry PlaceIndex::entry_of(const TxId& id, u64 place) {
    Entry entry;
    std::memcpy(&entry.first, id.bytes.data(), 8);
    std::memcpy(&entry.second, id.bytes.data() + 8, 8);
    entry.place = place;
    return entry;
}

void PlaceIndex::add(const TxId& id, u64 height, u32 index) {
    JANGBU_ASSERT(index < 1u << index_bits && height < u64{1} << (64 - index_bits));
    recent_.push_back(entry_of(id, height << index_bits | index));
    is_sorted_ = false;
    if (old_.size() + recent_.size() < held_ || cannot_spill_) return;
    settle();
    const Status spilled = spill();
    if (spilled) return;
    cannot_spill_ = true;
    log::warn("ledger", "the index of transactions stays in memory",
              {{"reason", spilled.error().detail}});
}

// Everything that is held, in old_.
void PlaceIndex::settle() {
    if (!is_sorted_) std::ranges::sort(recent_);
    is_sorted_ = true;
    std::vector<Entry> merged(old_.size() + recent_.size());
    std::ranges::merge(old_, recent_, merged.begin());
    old_ = std::move(merged);
    recent_.clear();
}

Status PlaceIndex::open_file() {
    file_ = base::make_unnamed_file(folder_, "places-XXXXXX");
    return file_ < 0 ? failed("make a file for") : Status();
}

Status PlaceIndex::spill() {
    if (file_ < 0) TRY(open_file());
    Run run{spilled_, old_.size(), {}};
    const auto* bytes = reinterpret_cast<const char*>(old_.data());
    const std::size_t size = old_.size() * sizeof(Entry);
    for (std::size_t done = 0; done < size;) {
        const ssize_t count = ::pwrite(file_, bytes + done, size - done,
                                       static_cast<off_t>(spilled_ * sizeof(Entry) + done));
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return failed("write");
        done += static_cast<std::size_t>(count);
    }
    for (std::size_t i = 0; i < old_.size(); i += fence_every) run.fences.push_back(old_[i].first);
    spilled_ += old_.size();
    runs_.push_back(std::move(run));
    old_ = {};
    return {};
}

const PlaceIndex::Entry* PlaceIndex::find_in(std::span<const Entry> sorted, const Entry& wanted) {
    const auto at = std::ranges::lower_bound(sorted, wanted);
    if (at == sorted.end() || at->first != wanted.first || at->second != wanted.second)
        return nullptr;
    return &*at;
}

Result<std::vector<PlaceIndex::Entry>> PlaceIndex::read(u64 at, u64 count) const {
    std::vector<Entry> entries(count);
    auto* bytes = reinterpret_cast<char*>(entries.data());
    const std::size_t size = count * sizeof(Entry);
    for (std::size_t done = 0; done < size;) {
        const ssize_t got = ::pread(file_, bytes + done, size - done,
                                    static_cast<off_t>(at * sizeof(Entry) + done));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return failed("read");
        done += static_cast<std::size_t>(got);
    }
    return entries;
}

// The one or two stretches whose keys may begin as the wanted one does.
Result<std::optional<u64>> PlaceIndex::find_in(const Run& run, const Entry& wanted) const {
    const auto& fences = run.fences;
    const auto above = std::ranges::upper_bound(fences, wanted.first);
    auto from = std::ranges::lower_bound(fences, wanted.first);
    if (from != fences.begin()) --from;
    if (above == fences.begin()) return std::nullopt;
    const u64 begin = static_cast<u64>(from - fences.begin()) * fence_every;
    const u64 end = std::min(run.count, static_cast<u64>(above - fences.begin()) * fence_every);
    const std::vector<Entry> stretch = TRY(read(run.at + begin, end - begin));
    const Entry* found = find_in(stretch, wanted);
    if (!found) return std::nullopt;
    return found->place;
}

Result<std::optional<std::pair<u64, u32>>> PlaceIndex::find(const TxId& id) {
    if (!is_sorted_) std::ranges::sort(recent_);
    is_sorted_ = true;
    // Merged seldom enough that an entry is moved a few times in its life.
    if (recent_.size() > recent_least + old_.size() / 4) settle();
    const Entry wanted = entry_of(id, 0);
    std::optional<u64> place;
    if (const Entry* found = find_in(recent_, wanted)) place = found->place;
    if (!place)
        if (const Entry* found = find_in(old_, wanted)) place = found->place;
    for (auto run = runs_.rbegin(); !place && run != runs_.rend(); ++run)
        place = TRY(find_in(*run, wanted));
    if (!place) return std::nullopt;
    return std::pair(*place >> index_bits, static_cast<u32>(*place & ((1u << index_bits) - 1)));
}

}  // namespace jangbu::ledger
