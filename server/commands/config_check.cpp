#include "server/commands/commands.hpp"

#include "server/commands/configuration_flags.hpp"
#include "server/commands/ordinary_command.hpp"
#include "server/foundation/foundation.hpp"

#include <memory>

namespace hourkey::server {
namespace {

result<> check_config(const configuration_flags& flags) {
    HK_TRY(const auto c, flags.load());
    HK_CHECK(lay_foundation(c, credentials::process_environment));
    return print_line("The configuration is valid.");
}

}  // namespace

command::spec config_check_command() {
    auto flags = std::make_shared<configuration_flags>();
    return {
        .path = "config check",
        .summary = "Read it and the certificate, and say what is wrong",
        .text =
            "Does all that serve does before it listens, and refuses what serve refuses. It makes nothing, changes "
            "nothing and does not call AWS, and may run beside the server.",
        .options = configuration_options(*flags),
        .examples = {{"hourkeyd config check --config /etc/hourkey/hourkey.toml", "Before a restart"}},
        .run = ordinary_command([flags] { return check_config(*flags); }),
    };
}

}  // namespace hourkey::server
