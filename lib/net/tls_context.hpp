#pragma once

#include "core/clock.hpp"
#include "core/failure.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

struct ssl_ctx_st;

namespace hourkey::net {

using ssl_ctx_ptr = std::shared_ptr<ssl_ctx_st>;

/// The server's certificate and key, replaceable while running. A new context is built and checked (key matches, not
/// expired, chain parses, key file is private: core/private_rights.hpp) before it takes the old one's place; bad files
/// keep the old.
class tls_server_context {
public:
    /// Fails with invalid_configuration naming the file and the fix.
    [[nodiscard]] static result<std::unique_ptr<tls_server_context>> load(std::string cert_file, std::string key_file);

    /// Thread-safe; asked once per accepted connection.
    [[nodiscard]] ssl_ctx_ptr current() const;

    /// Reads the files again. Thread-safe.
    [[nodiscard]] result<> reload();
    /// True when either file's times, size, mode, owners or inode differ from what was last loaded or refused.
    [[nodiscard]] bool files_changed() const;
    /// notAfter of the leaf now served.
    [[nodiscard]] wall_time expires() const noexcept { return wall_time(std::chrono::nanoseconds(expires_ns_.load())); }

private:
    tls_server_context(std::string cert_file, std::string key_file);
    std::string cert_file_, key_file_;
    mutable std::mutex reloading_;  ///< guards stamp_ and the files' reading
    mutable std::mutex swapping_;   ///< guards current_; never held while reading
    ssl_ctx_ptr current_;
    std::atomic<std::int64_t> expires_ns_{0};
    std::string stamp_;
};

/// Verifies the peer's chain and host name always; TLS 1.2 or newer; SNI only for names.
/// `ca_file` empty: the system's trust store. With a file, that file alone is trusted.
[[nodiscard]] result<ssl_ctx_ptr> make_tls_client_context(const std::string& ca_file);

}  // namespace hourkey::net
