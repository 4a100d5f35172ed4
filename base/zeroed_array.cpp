#include "base/zeroed_array.h"

#include <sys/mman.h>

#include <cstdlib>
#include <new>

namespace jangbu::base {
namespace {

// Below this, a mapping of its own is not worth its system calls.
constexpr std::size_t mapped_bytes_min = 1 << 20;
constexpr std::size_t large_page_bytes = 2 << 20;

void* map_zeroed(std::size_t bytes) {
    void* data = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (data == MAP_FAILED) throw std::bad_alloc();
    if (bytes >= large_page_bytes) ::madvise(data, bytes, MADV_HUGEPAGE);  // a wish
    return data;
}

}  // namespace

ZeroedPages::ZeroedPages(std::size_t bytes) : bytes_(bytes), is_mapped_(bytes >= mapped_bytes_min) {
    if (bytes == 0) return;
    data_ = is_mapped_ ? map_zeroed(bytes) : std::calloc(bytes, 1);
    if (!data_) throw std::bad_alloc();
}

ZeroedPages ZeroedPages::of_file(int file, std::uint64_t offset, std::size_t bytes) {
    ZeroedPages pages;
    void* data = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file,
                        static_cast<off_t>(offset));
    if (data == MAP_FAILED) return pages;
    ::madvise(data, bytes, MADV_RANDOM);  // a page that is asked for says nothing of its neighbours
    pages.data_ = data;
    pages.bytes_ = bytes;
    pages.is_mapped_ = true;
    return pages;
}

ZeroedPages::~ZeroedPages() {
    if (is_mapped_)
        ::munmap(data_, bytes_);
    else
        std::free(data_);
}

}  // namespace jangbu::base
