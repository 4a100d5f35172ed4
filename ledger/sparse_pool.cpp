#include "ledger/sparse_pool.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <new>
#include <system_error>

#include "base/assert.h"
#include "base/file.h"
#include "base/log.h"

namespace jangbu::ledger::sparse {

Pool::Pool(StateRoom room) : room_(std::move(room)) {}

Pool::~Pool() {
    for (void* piece : large_) ::operator delete(piece);
    if (file_ >= 0) ::close(file_);
}

// Fine classes first, then the powers of two.
std::size_t Pool::class_of(std::size_t bytes) {
    if (bytes <= fine_bytes_max) return (bytes + 7) / 8;
    return fine_bytes_max / 8 +
           static_cast<std::size_t>(std::bit_width((bytes - 1) / fine_bytes_max));
}

std::size_t Pool::bytes_of(std::size_t class_number) {
    constexpr std::size_t fine = fine_bytes_max / 8;
    return class_number <= fine ? class_number * 8 : fine_bytes_max << (class_number - fine);
}

void* Pool::take(std::size_t bytes) {
    JANGBU_ASSERT(bytes >= sizeof(Free));
    if (bytes > pooled_bytes_max) return *large_.insert(::operator new(bytes)).first;
    const std::size_t number = class_of(bytes);
    if (Free* free = free_[number]) {
        free_[number] = free->next;
        prefetch_free(number);
        return free;
    }
    return carve(bytes_of(number));
}

void Pool::give_back(void* piece, std::size_t bytes) {
    if (bytes <= pooled_bytes_max) {
        const std::size_t number = class_of(bytes);
        free_[number] = new (piece) Free{free_[number]};
        return;
    }
    const std::size_t erased = large_.erase(piece);
    JANGBU_ASSERT(erased == 1);
    ::operator delete(piece);
}

// The piece after the next: it was last touched long ago, and will be written soon.
void Pool::prefetch_free(std::size_t class_number) const {
    const Free* next = free_[class_number];
    if (!next || !next->next) return;
    const char* soon = reinterpret_cast<const char*>(next->next);
    for (std::size_t line = 0; line < std::min<std::size_t>(bytes_of(class_number), 512);
         line += 64)
        __builtin_prefetch(soon + line, 1);
}

void* Pool::carve(std::size_t bytes) {
    if (chunks_.empty() || used_bytes_ + bytes > chunks_.back().bytes()) {
        // Small trees are many; big ones should not ask the system often.
        const std::size_t chunk_bytes =
            chunks_.empty() ? 16 << 10 : std::min(chunk_bytes_max, 2 * chunks_.back().bytes());
        add_chunk(std::max(chunk_bytes, std::bit_ceil(bytes)));
    }
    std::byte* place = static_cast<std::byte*>(chunks_.back().data()) + used_bytes_;
    used_bytes_ += bytes;
    return place;
}

void Pool::add_chunk(std::size_t bytes) {
    used_bytes_ = 0;
    if (memory_bytes_ + bytes > room_.memory_bytes_max && add_file_chunk(chunk_bytes_max)) return;
    chunks_.emplace_back(bytes);
    memory_bytes_ += bytes;
}

// The disk gives its room before the pages are written to: later it could only kill the process.
bool Pool::add_file_chunk(std::size_t bytes) {
    if (file_ < 0) {
        file_ = make_unnamed_file(room_.folder, "state-pages.XXXXXX");
        if (file_ < 0) return stay_in_memory("make"), false;
        log::info("ledger", "values of the state go to a file from here on",
                  {{"memory_mib", memory_bytes_ >> 20}});
    }
    if (const int error =
            ::posix_fallocate(file_, static_cast<off_t>(file_bytes_), static_cast<off_t>(bytes))) {
        errno = error;
        return stay_in_memory("grow"), false;
    }
    ZeroedPages pages = ZeroedPages::of_file(file_, file_bytes_, bytes);
    if (!pages.data()) return stay_in_memory("map"), false;
    file_bytes_ += bytes;
    chunks_.push_back(std::move(pages));
    return true;
}

void Pool::stay_in_memory(const char* what) {
    log::warn("ledger", "values of the state stay in memory",
              {{"reason", std::string("cannot ") + what + " a file in " + room_.folder.string() +
                              ": " + std::generic_category().message(errno)}});
    room_.memory_bytes_max = std::numeric_limits<u64>::max();
}

}  // namespace jangbu::ledger::sparse
