#pragma once

#include "core/secret.hpp"

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

namespace hourkey::http {

/// Growing bytes that may hold a token or a credential: whatever growing, consuming or dropping leaves behind is
/// overwritten.
class wiped_buffer {
public:
    wiped_buffer() = default;
    wiped_buffer(wiped_buffer&& other) noexcept;
    wiped_buffer& operator=(wiped_buffer&& other) noexcept;
    ~wiped_buffer() { release(); }

    [[nodiscard]] std::string_view view() const noexcept { return {bytes_.get(), size_}; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

    /// Invalidates views when the capacity grows.
    void reserve(std::size_t capacity);
    void append(std::string_view more) {
        if (more.empty()) return;
        if (more.size() > capacity_ - size_) grow_for(more.size());
        std::memcpy(bytes_.get() + size_, more.data(), more.size());
        size_ += more.size();
    }
    /// Drops the first `n` bytes; the rest moves to the front.
    void consume(std::size_t n) noexcept;
    /// Keeps the memory.
    void clear() noexcept;
    /// Gives the memory back.
    void release() noexcept;

private:
    void grow_for(std::size_t more);

    std::unique_ptr<char[]> bytes_;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

}  // namespace hourkey::http
