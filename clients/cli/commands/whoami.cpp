#include "clients/cli/commands/commands.hpp"

#include "clients/cli/ask_server.hpp"
#include "clients/cli/output/report.hpp"
#include "clients/cli/output/table.hpp"
#include "core/time_text.hpp"

#include <memory>

namespace hourkey::cli {
namespace {

struct whoami_options {
    server_flags server;
    bool json = false;
};

result<> tell_who(const whoami_options& options) {
    HK_TRY(const auto session, open_session(options.server));
    HK_TRY(const auto who, session->wait(session->api().whoami(session->until())));
    if (options.json) return print_line(api::to_json(who));
    if (const auto warning = clock_warning(session->clock_difference()); !warning.empty()) note(warning);
    return print_line(listing({{"Server", session->settings().url},
                               {"Role", who.role},
                               {"Tenant", who.tenant.value_or("")},
                               {"App", who.app.value_or("")},
                               {"Stage", who.stage.value_or("")},
                               {"Token", who.token_id + ", from " + session->settings().token_from},
                               {"Expires", who.expires_at ? to_rfc3339(*who.expires_at) : ""}}));
}

}  // namespace

command::spec whoami_command() {
    auto o = std::make_shared<whoami_options>();
    return {
        .path = "whoami",
        .summary = "Tell which server is asked, and whose token it is",
        .options = with_server_options(
            o->server, {{.name = "--json", .text = "as the server says it, for programs", .target = &o->json}}),
        .examples = {{"hourkey whoami", "Who am I here"}},
        .run = ordinary_command([o] { return tell_who(*o); }),
    };
}

}  // namespace hourkey::cli
