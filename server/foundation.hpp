#pragma once

#include "aws/principal.hpp"
#include "net/tls_context.hpp"
#include "server/config.hpp"
#include "sts/credential_plan.hpp"
#include "sts/endpoint.hpp"

#include <memory>
#include <optional>

namespace hourkey::server {

/// What a server stands on: all that its configuration decides, short of listening.
struct foundation {
    std::unique_ptr<net::tls_server_context> tls;
    sts::endpoint_table endpoints;
    std::optional<aws::principal_arn> principal;  ///< as configured
    bool region_is_assumed = false;               ///< nothing names one
};

/// `serve` builds on it and `config check` ends with it, so what the one refuses the other refuses. It reads and looks; it makes
/// and changes nothing, opens no door and asks nobody, and so works beside a server that runs.
[[nodiscard]] result<foundation> lay_foundation(const config& c, const sts::environment& env);

}  // namespace hourkey::server
