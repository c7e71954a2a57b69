#pragma once

#include "core/task.hpp"
#include "emulator/sts_emulator.hpp"
#include "emulator/wire.hpp"
#include "net/byte_stream.hpp"
#include "net/reactor.hpp"

#include <memory>
#include <string>

namespace hourkey::emulator {

/// Whom a connection leads to.
struct peer {
    std::string address;
    bool is_loopback = false;  ///< opens the control door
    bool is_secure = false;    ///< over TLS
};

/// One connection, from its handshake to its end. Reads HTTP with bounds and writes whatever bytes a fault wants, which
/// is why the emulator does not serve through lib/http.
class connection {
public:
    /// `descriptor` is the stream's, for ends that a stream does not offer.
    connection(net::reactor& on, sts_emulator& sts, std::unique_ptr<net::byte_stream> stream, int descriptor,
               peer from);

    [[nodiscard]] task<> serve();
    /// Instead of serve(): the end that a fault of stage accept wants, before any handshake.
    [[nodiscard]] task<> end_at_once(fault f);

    void close() noexcept { stream_->close(); }

private:
    enum class next { go_on, ended };

    [[nodiscard]] task<next> serve_one();
    /// Reads until `in_` holds `size` bytes. False: the peer went away.
    [[nodiscard]] task<bool> fill(std::size_t size);
    /// The head's size with its closing empty line, 0 when the peer went away or the head is too long.
    [[nodiscard]] task<std::size_t> read_head();
    [[nodiscard]] answer answer_to(request r);
    [[nodiscard]] task<next> send(wire_answer a);
    [[nodiscard]] task<bool> drip(std::string bytes, std::chrono::milliseconds over);
    /// Ends early when the faults are cleared.
    [[nodiscard]] task<> wait_while_armed(std::chrono::milliseconds time);
    [[nodiscard]] task<> pause(std::chrono::milliseconds time);
    [[nodiscard]] task<> end_with(ending how);
    [[nodiscard]] task<> discard_until_closed();

    net::reactor& on_;
    sts_emulator& sts_;
    std::unique_ptr<net::byte_stream> stream_;
    int descriptor_;
    peer from_;
    std::string in_;  ///< read and not yet used
    std::uint64_t cleared_before_ = 0;  ///< how often the faults had been cleared when the request came
};

}  // namespace hourkey::emulator
