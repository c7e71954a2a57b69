#pragma once

#include "aws/principal.hpp"
#include "credentials/environment.hpp"
#include "net/tls_context.hpp"
#include "net/trusted_proxies.hpp"
#include "policy/rate_limits.hpp"
#include "server/config.hpp"
#include "server/foundation/aws_choice.hpp"

#include <memory>
#include <optional>
#include <string>

namespace hourkey::server {

/// What a server stands on: all that its configuration decides, short of listening.
struct foundation {
    std::unique_ptr<net::tls_server_context> tls;
    aws_choice choice;
    std::optional<aws::principal_arn> principal;  ///< as configured
    policy::rate_settings rates;
    std::string public_url;  ///< empty: not configured
    std::shared_ptr<const net::trusted_proxies> proxies;  ///< null: nobody is trusted
};

/// `serve` builds on it and `config check` ends with it, so what the one refuses the other refuses. It reads and looks;
/// it makes and changes nothing, opens no door and asks nobody, and so works beside a server that runs.
[[nodiscard]] result<foundation> lay_foundation(const config& c, const credentials::environment& env);

}  // namespace hourkey::server
