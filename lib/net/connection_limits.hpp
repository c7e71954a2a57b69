#pragma once

#include "net/address_set.hpp"
#include "net/crowd.hpp"
#include "net/reactor.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace hourkey::net {

/// How many connections may be open at one door, over all reactors. When there is no place, one that waits gives way,
/// and it is taken from the address or prefix that holds most, so that nobody can lock the others out by taking places.
struct connection_caps {
    std::size_t total = 4096;  ///< memory: 4,096 x 16 KiB idle; lowered at start to what the descriptor limit lets
    /// One address must not take every place; loopback is exempt: there it would cap a reverse proxy.
    std::size_t per_address = 64;
    std::size_t handshaking = 256;  ///< half-open handshakes; above it one of them gives way
    std::size_t threads = 1;  ///< of the process; each has descriptors of its own
    /// A door that serves clients closes nobody's connection for another one of the same address; one for probes and
    /// commands, whose callers all come from one address, does, and has no per_address.
    crowd::claim newcomers_claim = crowd::claim::fair_share;
    address_set proxies{};  ///< have no per_address either: their connections are their clients'
};

struct connection_counts;
struct connection_place;

/// A place among the open connections. May outlive the connection_limits.
class connection_slot {
public:
    connection_slot() noexcept;
    connection_slot(connection_slot&&) noexcept;
    connection_slot& operator=(connection_slot&&) noexcept;
    ~connection_slot();
    [[nodiscard]] explicit operator bool() const noexcept { return place_ != nullptr; }

    /// Until this is called the place is nobody else's. `how` ends the connection at once; it is called on the
    /// reactor's thread, once, while the slot lives and no request is being answered.
    void let_give_way(const reactor_handle& on, std::function<void()> how);
    void handshake_done() noexcept;
    /// Counts from now on as a connection of `address`: a proxy has told who is behind it. False when that address is
    /// full: the connection is to be closed.
    [[nodiscard]] bool belongs_to(const std::string& address);

    /// Whose request is being answered does not give way.
    void begin_answer() noexcept;
    void end_answer() noexcept;
    /// The place was given away in the moment when a request came: the connection is to end with its answer.
    [[nodiscard]] bool must_go() const noexcept;

private:
    friend class connection_limits;
    void release() noexcept;
    std::shared_ptr<connection_counts> counts_;
    std::shared_ptr<connection_place> place_;
};

/// Thread-safe; touched only on accept, handshake end and close.
class connection_limits {
public:
    /// So many may have been told to give way and not have gone yet: what a reactor accepts before it comes to them.
    /// Each still has its descriptor, so that many more than the total may be open for a moment.
    static constexpr std::size_t most_leaving = 64;

    explicit connection_limits(connection_caps caps);

    /// An empty slot when the address is full, or the total and nobody gives way: the connection is closed at once.
    [[nodiscard]] connection_slot admit(const std::string& address);

    /// So many are told to go that the next newcomer would find no place: whoever accepts lets them have their turn
    /// first.
    [[nodiscard]] bool is_clearing() const noexcept;

    /// How many may be open: the total, or what the descriptor limit lets.
    [[nodiscard]] std::size_t most() const noexcept;
    [[nodiscard]] std::size_t open() const noexcept;
    [[nodiscard]] std::size_t handshaking() const noexcept;
    [[nodiscard]] std::uint64_t refused() const noexcept;
    /// Connections that had to give way.
    [[nodiscard]] std::uint64_t displaced() const noexcept;

private:
    std::shared_ptr<connection_counts> counts_;
};

}  // namespace hourkey::net
