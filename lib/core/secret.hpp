#pragma once

#include <compare>
#include <cstddef>
#include <memory>
#include <string_view>

namespace hourkey {

/// Bytes that nobody may print. Move-only, wiped on destruction; no stream operator, no formatter, no JSON conversion,
/// no ==, so that a secret cannot slip into a log by construction (a test asserts it).
class secret {
public:
    secret() = default;
    explicit secret(std::string_view bytes);
    secret(secret&& other) noexcept;
    secret& operator=(secret&& other) noexcept;
    ~secret();

    /// For the few places that must: the signer, the answer writer, the wire.
    [[nodiscard]] std::string_view expose() const noexcept { return {bytes_.get(), size_}; }
    [[nodiscard]] secret clone() const { return secret(expose()); }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    void wipe() noexcept;

    friend bool operator==(const secret&, const secret&) = delete;
    friend auto operator<=>(const secret&, const secret&) = delete;

private:
    std::unique_ptr<char[]> bytes_;
    std::size_t size_ = 0;
};

/// Overwrites in a way that the optimiser keeps (explicit_bzero).
void wipe_bytes(void* bytes, std::size_t size) noexcept;

/// Wipes a container's whole capacity and empties it.
template <class Container>
void wipe_container(Container& container) noexcept {
    container.resize(container.capacity());
    wipe_bytes(container.data(), container.size() * sizeof(*container.data()));
    container.clear();
}

}  // namespace hourkey
