#pragma once

#include "credentials/environment.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace hourkey::credentials {

/// The variable that names the proxy through which the SDKs would call `host` over https; none: they would go there
/// directly, because no proxy is set or NO_PROXY excepts the host. An entry of NO_PROXY is `*`, a name or the end of
/// one, an address, or a range of addresses; a port behind it is not looked at.
[[nodiscard]] std::optional<std::string> proxy_variable_for(const environment& variables, std::string_view host);

}  // namespace hourkey::credentials
