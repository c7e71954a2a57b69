#pragma once

#include "server/commands/configuration_flags.hpp"

namespace hourkey::server {

struct serve_options {
    bool new_store = false;  ///< what is remembered of an earlier database does not count
};

/// Runs the server until SIGTERM or SIGINT; SIGHUP reads the certificate again.
[[nodiscard]] result<> serve(const configuration_flags& flags, const serve_options& options);

}  // namespace hourkey::server
