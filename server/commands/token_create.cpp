#include "server/commands/commands.hpp"

#include "api/control.hpp"
#include "api/token.hpp"
#include "auth/token_format.hpp"
#include "server/commands/configuration_flags.hpp"
#include "server/commands/control_call.hpp"
#include "server/commands/name_option.hpp"
#include "server/commands/ordinary_command.hpp"
#include "server/store_files/store_opening.hpp"
#include "server/store_files/store_place.hpp"
#include "tenancy/tokens.hpp"

#include <memory>

namespace hourkey::server {
namespace {

struct token_create_options {
    configuration_flags flags;
    std::string role, tenant, app, stage;
    std::int64_t expires_in_seconds = tenancy::default_token_life.count();
};

result<tenancy::token_request> request_of(const token_create_options& options) {
    tenancy::token_request wanted;
    const auto role = model::parse_role(options.role);
    if (!role) return invalid_field("--role", "is not a role", "Use operator, admin, app or auditor.");
    wanted.role = *role;
    if (!options.tenant.empty()) {
        HK_TRY(wanted.tenant, read_name<tenant_name>("--tenant", options.tenant));
    }
    if (!options.app.empty()) {
        HK_TRY(wanted.app, read_name<app_name>("--app", options.app));
    }
    if (!options.stage.empty()) {
        HK_TRY(wanted.stage, read_name<stage_name>("--stage", options.stage));
    }
    wanted.life = std::chrono::seconds(options.expires_in_seconds);
    HK_CHECK(check(wanted, {.tenant = "--tenant", .app = "--app", .stage = "--stage", .life = "--expires-in-seconds"}));
    return wanted;
}

result<secret> create_through_server(const config& c, const tenancy::token_request& wanted) {
    const api::local_token_request asked{
        .tenant = wanted.tenant ? std::optional(wanted.tenant->str()) : std::nullopt,
        .role = std::string(to_text(wanted.role)),
        .app = wanted.app ? std::optional(wanted.app->str()) : std::nullopt,
        .stage = wanted.stage ? std::optional(wanted.stage->str()) : std::nullopt,
        .expires_in = wanted.life,
    };
    HK_TRY(auto issued, ask_server<api::issued_token>(c, {http::method::post, "/control/tokens", api::to_json(asked)},
                                                      look_at_tokens));
    return std::move(issued.token);
}

result<secret> create_directly(const config& c, const tenancy::token_request& wanted) {
    HK_CHECK(make_store_folder(c));
    HK_TRY(const auto keys, load_server_keys(c.server_key_file(), c.store.path));
    HK_TRY(const auto database, open_database(c, keys));
    HK_TRY(auto issued, tenancy::issue_token_now(*database, auth::authenticator(keys.ring->token_keys()), wanted,
                                                 system_clock().now()));
    return std::move(issued.text);
}

/// It is valid, and nobody has it.
failure lost(std::string_view token, const failure& why) {
    const auto parts = auth::parse_token(token);
    const auto id = parts ? parts->id.str() : std::string();
    return failure(why.code, "The token " + id + " was made, but could not be shown. " + std::string(why.text()),
                   "Revoke it: hourkeyd token revoke --id " + id +
                       "; then look at where standard output goes, and create another.");
}

result<> create_token(const token_create_options& options) {
    HK_TRY(const auto c, options.flags.load());
    HK_TRY(const auto wanted, request_of(options));
    auto token =
        ask_or_act(c, [&] { return create_through_server(c, wanted); }, [&] { return create_directly(c, wanted); });
    if (!token) return std::move(token).error();
    std::string line(token->expose());
    auto shown = print_line(line);
    if (!shown) shown = lost(line, shown.error());
    wipe_container(line);
    return shown;
}

}  // namespace

command::spec token_create_command() {
    auto o = std::make_shared<token_create_options>();
    return {
        .path = "token create",
        .summary = "Print a new token, once, alone on stdout",
        .text = "A running server makes it; without one, this process does. It is shown nowhere again.",
        .options = configuration_options(
            o->flags,
            {{.name = "--role",
              .value = "ROLE",
              .text = "what it may do",
              .target = &o->role,
              .choices = {"operator", "admin", "app", "auditor"},
              .is_required = true},
             {.name = "--tenant", .value = "NAME", .text = "whose; for all roles but operator", .target = &o->tenant},
             {.name = "--app", .value = "NAME", .text = "whose; for role app", .target = &o->app},
             {.name = "--stage",
              .value = "NAME",
              .text = "the stage that its vends are recorded under, fixed for good; for role app",
              .target = &o->stage},
             {.name = "--expires-in-seconds",
              .value = "SECONDS",
              .text = "how long it is valid",
              .target = &o->expires_in_seconds,
              .range =
                  command::number_range{tenancy::shortest_token_life.count(), tenancy::longest_token_life.count()}}}),
        .examples = {{"hourkeyd token create --config /etc/hourkey/hourkey.toml --role operator "
                      "--expires-in-seconds 3600",
                      "Who makes tenants"},
                     {"hourkeyd token create --config /etc/hourkey/hourkey.toml --role app --tenant acme --app deploy",
                      "What a job holds"}},
        .run = ordinary_command([o] { return create_token(*o); }),
    };
}

}  // namespace hourkey::server
