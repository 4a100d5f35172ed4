// ZeroedArray: a table of up to many GiB whose items start as zero bytes.
//
// Pages come from the operating system when they are first touched, as large pages if it has them:
// random access into a big table costs a miss in the page tables otherwise. Owns its memory; never
// grows. Threads: as any array. Errors: std::bad_alloc, as from new. Source: mmap, madvise.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>

namespace jangbu::base {

class ZeroedPages {
public:
    ZeroedPages() = default;
    explicit ZeroedPages(std::size_t bytes);
    // Of an open file, shared with it; no pages, and errno, if the system refuses. REQUIRES: the
    // offset is a multiple of the page size.
    static ZeroedPages of_file(int file, std::uint64_t offset, std::size_t bytes);
    ~ZeroedPages();
    ZeroedPages(ZeroedPages&& other) noexcept
        : data_(std::exchange(other.data_, nullptr)),
          bytes_(std::exchange(other.bytes_, 0)),
          is_mapped_(std::exchange(other.is_mapped_, false)) {}
    ZeroedPages& operator=(ZeroedPages&& other) noexcept {
        std::swap(data_, other.data_);
        std::swap(bytes_, other.bytes_);
        std::swap(is_mapped_, other.is_mapped_);
        return *this;
    }

    void* data() const { return data_; }
    std::size_t bytes() const { return bytes_; }

private:
    void* data_ = nullptr;
    std::size_t bytes_ = 0;
    bool is_mapped_ = false;
};

template <class T>
class ZeroedArray {
    static_assert(std::is_trivially_copyable_v<T>);

public:
    ZeroedArray() = default;
    explicit ZeroedArray(std::size_t size) : pages_(size * sizeof(T)), size_(size) {}

    std::size_t size() const { return size_; }
    T* data() const { return static_cast<T*>(pages_.data()); }
    T& operator[](std::size_t index) const { return data()[index]; }

private:
    ZeroedPages pages_;
    std::size_t size_ = 0;
};

}  // namespace jangbu::base
