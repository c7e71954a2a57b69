#pragma once

#include "core/failure.hpp"

#include <cstdint>
#include <string>

namespace hourkey::server {

/// What `hourkeyd dev` was told.
struct dev_options {
    /// Database, CA, keys: kept, so that a second run goes on where the first ended.
    std::string folder = "hourkey-dev";
    std::uint16_t port = 8443;
    std::uint16_t admin_port = 8444;
    bool real_aws = false;  ///< STS itself, with the base credentials of the environment, instead of the emulator
    std::string role_arn;   ///< with real_aws: the role to link; empty: role/hourkey-demo of our own account
    bool once = false;      ///< vend once, print, stop: for tests
};

/// The whole service for a newcomer: own CA, STS emulator, one tenant, app, verified connection and token, one vend
/// shown, the lines to repeat it; then serves until SIGTERM or SIGINT. Returns the exit code.
[[nodiscard]] int run_dev_mode(const dev_options& options);

}  // namespace hourkey::server
