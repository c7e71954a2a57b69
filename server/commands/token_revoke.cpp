#include "server/commands/commands.hpp"

#include "server/commands/configuration_flags.hpp"
#include "server/commands/control_call.hpp"
#include "server/commands/ordinary_command.hpp"
#include "server/store_files/store_opening.hpp"
#include "tenancy/tokens.hpp"

#include <memory>

namespace hourkey::server {
namespace {

struct token_revoke_options {
    configuration_flags flags;
    std::string id;
};

result<> revoke_through_server(const config& c, const ulid& id) {
    HK_CHECK(ask_server(c, {http::method::delete_, "/control/tokens/" + id.str()}, look_at_tokens));
    return {};
}

result<> revoke_directly(const config& c, const ulid& id) {
    HK_TRY(const auto keys, load_server_keys(c.server_key_file(), c.store.path, key_creation::never));
    HK_TRY(const auto database, open_database(c, keys));
    HK_CHECK(tenancy::make_now(*database, tenancy::revoke_token(tenancy::local_operator(system_clock().now()), id)));
    return {};
}

result<> revoke_token(const token_revoke_options& options) {
    HK_TRY(const auto c, options.flags.load());
    const auto parsed = ulid::parse(options.id);
    if (!parsed)
        return invalid_field("--id", "is not a token's id",
                             "Copy it from `hourkeyd token list`; it is also the middle part of the token.");
    HK_CHECK(
        ask_or_act(c, [&] { return revoke_through_server(c, *parsed); }, [&] { return revoke_directly(c, *parsed); }));
    return print_line("Token " + parsed->str() + " is revoked.");
}

}  // namespace

command::spec token_revoke_command() {
    auto o = std::make_shared<token_revoke_options>();
    return {
        .path = "token revoke",
        .summary = "Revoke a token of whatever role, at once",
        .text = "Once it has returned, nothing is vended with that token.",
        .options = configuration_options(o->flags, {{.name = "--id",
                                                     .value = "ID",
                                                     .text = "as `hourkeyd token list` shows it; it is also the middle "
                                                             "part of the token",
                                                     .target = &o->id,
                                                     .is_required = true}}),
        .examples = {{"hourkeyd token revoke --config /etc/hourkey/hourkey.toml --id 01KAP2Z0FQ4W8Y6N3M5T7V9XBD",
                      "One that leaked"}},
        .run = ordinary_command([o] { return revoke_token(*o); }),
    };
}

}  // namespace hourkey::server
