#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace hourkey::net {

/// How many connections may be open, over all reactors. Loopback is exempt from the per-address cap: there it would cap a
/// reverse proxy, not a client.
struct connection_caps {
    std::size_t total = 4096;        ///< memory: 4,096 x 16 KiB idle; lowered at start to what the descriptor limit lets
    std::size_t per_address = 64;    ///< one address must not take every place
    std::size_t handshaking = 256;   ///< half-open handshakes; above it the oldest gives way, so that a flood cannot lock clients out
    std::size_t threads = 1;         ///< of the process; each has descriptors of its own
};

struct connection_counts;

/// A place among the open connections. May outlive the connection_limits.
class connection_slot {
public:
    connection_slot() = default;
    connection_slot(connection_slot&&) noexcept;
    connection_slot& operator=(connection_slot&&) noexcept;
    ~connection_slot();
    [[nodiscard]] explicit operator bool() const noexcept { return counts_ != nullptr; }
    void handshake_done() noexcept;

private:
    friend class connection_limits;
    void release() noexcept;
    std::shared_ptr<connection_counts> counts_;
    std::string address_;
    bool handshaking_ = false;
};

/// Thread-safe; touched only on accept, handshake end and close.
class connection_limits {
public:
    explicit connection_limits(connection_caps caps);

    /// An empty slot when the total or the address is full: the connection is closed at once.
    [[nodiscard]] connection_slot admit(const std::string& address);
    [[nodiscard]] bool handshakes_are_full() const noexcept;

    /// How many may be open: the total, or what the descriptor limit lets.
    [[nodiscard]] std::size_t most() const noexcept;
    [[nodiscard]] std::size_t open() const noexcept;
    [[nodiscard]] std::uint64_t refused() const noexcept;

private:
    std::shared_ptr<connection_counts> counts_;
};

}  // namespace hourkey::net
