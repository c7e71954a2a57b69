#pragma once

#include "core/failure.hpp"
#include "server/config.hpp"

#include <memory>
#include <stop_token>
#include <string>
#include <thread>

namespace hourkey::server {

/// A copy of the store that the server which has it open has made, beside the store; it goes with this. Reading the
/// store from here would hold a snapshot for as long as this process is stopped, and its log could not shrink.
class server_copy {
public:
    /// Waits until it is made. connection_failed: no server runs.
    [[nodiscard]] static result<std::unique_ptr<server_copy>> make(const config& c);
    ~server_copy();
    server_copy(const server_copy&) = delete;
    server_copy& operator=(const server_copy&) = delete;

    [[nodiscard]] const std::string& file() const noexcept { return file_; }

private:
    explicit server_copy(const config& c, std::string path) : config_(c), path_(std::move(path)) {}
    [[nodiscard]] result<bool> is_ready();
    void keep(const std::stop_token& until);

    const config& config_;
    std::string path_;  ///< on the control socket
    std::string file_;
    std::jthread keeper_;  ///< the server drops a copy for which nobody asks any more
};

}  // namespace hourkey::server
