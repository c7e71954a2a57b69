#include "http/wiped_buffer.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace hourkey::http {

wiped_buffer::wiped_buffer(wiped_buffer&& other) noexcept
    : bytes_(std::move(other.bytes_)),
      size_(std::exchange(other.size_, 0)),
      capacity_(std::exchange(other.capacity_, 0)) {}

wiped_buffer& wiped_buffer::operator=(wiped_buffer&& other) noexcept {
    if (this != &other) {
        release();
        bytes_ = std::move(other.bytes_);
        size_ = std::exchange(other.size_, 0);
        capacity_ = std::exchange(other.capacity_, 0);
    }
    return *this;
}

void wiped_buffer::reserve(std::size_t capacity) {
    if (capacity <= capacity_) return;
    auto larger = std::make_unique_for_overwrite<char[]>(capacity);
    if (size_ != 0) std::memcpy(larger.get(), bytes_.get(), size_);
    wipe_bytes(bytes_.get(), size_);
    bytes_ = std::move(larger);
    capacity_ = capacity;
}

void wiped_buffer::grow_for(std::size_t more) { reserve(std::max(size_ + more, capacity_ * 2)); }

void wiped_buffer::consume(std::size_t n) noexcept {
    n = std::min(n, size_);
    const auto rest = size_ - n;
    if (rest != 0) std::memmove(bytes_.get(), bytes_.get() + n, rest);
    wipe_bytes(bytes_.get() + rest, n);
    size_ = rest;
}

void wiped_buffer::clear() noexcept {
    wipe_bytes(bytes_.get(), size_);
    size_ = 0;
}

void wiped_buffer::release() noexcept {
    clear();
    bytes_.reset();
    capacity_ = 0;
}

}  // namespace hourkey::http
