#pragma once

#include "core/failure.hpp"
#include "emulator/sts_emulator.hpp"
#include "net/reactor.hpp"
#include "net/tls_context.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace hourkey::emulator {

/// A port of one's own is refused when it is taken; a shared one is for several reactors of one process.
enum class port_use { own, shared };

struct server_settings {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;                  ///< 0: a free one
    port_use use = port_use::own;
    net::tls_server_context* tls = nullptr;  ///< null: plain text
};

/// Serves one sts_emulator on one reactor. Several servers, each on its reactor, may share the emulator and, with
/// port_use::shared and the first one's port, also the port. The emulator, the reactor and the TLS context outlive the
/// server; what is still in flight when it goes ends with the reactor.
class emulator_server {
public:
    /// Fails with invalid_configuration when the address is none or cannot be bound.
    [[nodiscard]] static result<std::unique_ptr<emulator_server>> bind(net::reactor& on, sts_emulator& sts,
                                                                       const server_settings& settings);
    ~emulator_server();
    emulator_server(const emulator_server&) = delete;
    emulator_server& operator=(const emulator_server&) = delete;

    [[nodiscard]] std::uint16_t port() const noexcept;
    [[nodiscard]] std::size_t connections() const noexcept;

    /// Stops accepting and closes every connection. On the reactor's thread, or while it does not run.
    void stop() noexcept;

private:
    struct state;
    explicit emulator_server(std::shared_ptr<state> s);
    std::shared_ptr<state> state_;
};

}  // namespace hourkey::emulator
