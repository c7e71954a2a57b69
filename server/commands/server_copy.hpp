#pragma once

#include "core/failure.hpp"
#include "server/config.hpp"

#include <memory>
#include <string>

namespace hourkey::server {

/// A copy of the store that the server which has it open has made, beside the store; it goes with this. Reading the store from
/// here would hold a snapshot for as long as this process is stopped, and its log could not shrink.
class server_copy {
public:
    /// Waits until it is made. connection_failed: no server runs.
    [[nodiscard]] static result<std::unique_ptr<server_copy>> make(const config& c);
    ~server_copy();
    server_copy(const server_copy&) = delete;
    server_copy& operator=(const server_copy&) = delete;

    [[nodiscard]] const std::string& file() const noexcept { return file_; }

private:
    explicit server_copy(const config& c) : config_(c) {}

    const config& config_;
    std::string file_;
};

}  // namespace hourkey::server
