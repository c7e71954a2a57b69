#include "server/commands/config_check.hpp"

#include "server/commands/report.hpp"
#include "server/foundation/foundation.hpp"

namespace hourkey::server {

result<> check_config(const configuration_flags& flags) {
    HK_TRY(const auto c, flags.load());
    HK_CHECK(lay_foundation(c, sts::process_environment));
    return print_line("The configuration is valid.");
}

}  // namespace hourkey::server
