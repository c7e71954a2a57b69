#include "server/commands/config_check.hpp"

#include "net/tls_context.hpp"
#include "server/commands/report.hpp"

namespace hourkey::server {

result<> check_config(const configuration_flags& flags) {
    HK_TRY(const auto c, flags.load());
    HK_CHECK(net::tls_server_context::load(c.listen.cert_file, c.listen.key_file));
    print_line("The configuration is valid.");
    return {};
}

}  // namespace hourkey::server
