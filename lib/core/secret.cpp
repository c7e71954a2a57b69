#include "core/secret.hpp"

#include <cstring>
#include <utility>

namespace hourkey {

namespace {

/// Below what glibc's memset leaves to `rep stosb`, whose start costs more than the few kilobytes that are wiped at a
/// time.
constexpr std::size_t stride = 1024;

}  // namespace

void wipe_bytes(void* bytes, std::size_t size) noexcept {
    auto* at = static_cast<char*>(bytes);
    for (; size > stride; at += stride, size -= stride) ::explicit_bzero(at, stride);
    if (size != 0) ::explicit_bzero(at, size);
}

secret::secret(std::string_view bytes) : bytes_(bytes.empty() ? nullptr : new char[bytes.size()]), size_(bytes.size()) {
    if (size_ != 0) std::memcpy(bytes_.get(), bytes.data(), size_);
}

secret::secret(secret&& other) noexcept : bytes_(std::move(other.bytes_)), size_(std::exchange(other.size_, 0)) {}

secret& secret::operator=(secret&& other) noexcept {
    if (this != &other) {
        wipe();
        bytes_ = std::move(other.bytes_);
        size_ = std::exchange(other.size_, 0);
    }
    return *this;
}

secret::~secret() { wipe(); }

void secret::wipe() noexcept {
    wipe_bytes(bytes_.get(), size_);
    size_ = 0;
    bytes_.reset();
}

}  // namespace hourkey
