#include "http/thread_buffers.hpp"

#include <cstddef>
#include <memory>

namespace hourkey::http {
namespace {

constexpr std::size_t read_bytes = 16 * 1024;
constexpr std::size_t kept_bytes = 64 * 1024;

wiped_buffer& buffer() {
    thread_local wiped_buffer bytes;
    return bytes;
}

}  // namespace

std::span<char> read_scratch() {
    thread_local const auto bytes = std::make_unique<char[]>(read_bytes);
    return {bytes.get(), read_bytes};
}

wiped_buffer& write_scratch() {
    buffer().clear();
    return buffer();
}

void clear_write_scratch() noexcept {
    if (buffer().capacity() > kept_bytes) buffer().release();
    buffer().clear();
}

}  // namespace hourkey::http
