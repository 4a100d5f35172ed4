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

ZeroedPages::ZeroedPages(std::size_t bytes) : bytes_(bytes) {
    if (bytes == 0) return;
    data_ = bytes < mapped_bytes_min ? std::calloc(bytes, 1) : map_zeroed(bytes);
    if (!data_) throw std::bad_alloc();
}

ZeroedPages::~ZeroedPages() {
    if (bytes_ < mapped_bytes_min)
        std::free(data_);
    else
        ::munmap(data_, bytes_);
}

}  // namespace jangbu::base
