#include "server/commands/token_revoke.hpp"

#include "server/adapters/token_issue.hpp"
#include "server/commands/control_call.hpp"
#include "server/commands/report.hpp"
#include "server/store_files/store_opening.hpp"

namespace hourkey::server {
namespace {

result<> revoke_through_server(const config& c, const ulid& id) {
    HK_CHECK(ask_server(c, http::method::delete_, "/control/tokens/" + id.str(), {}, 204));
    return {};
}

result<> revoke_directly(const config& c, const ulid& id) {
    HK_TRY(const auto keys, load_server_keys(c.server_key_file(), c.store.path, key_creation::never));
    HK_TRY(const auto database, open_database(c, keys));
    return revoke_token_directly(*database, id);
}

}  // namespace

result<> revoke_token(const configuration_flags& flags, const std::string& id) {
    HK_TRY(const auto c, flags.load());
    const auto parsed = ulid::parse(id);
    if (!parsed)
        return invalid_field("--id", "is not a token's id",
                             "Copy it from `hourkeyd token list`; it is also the middle part of the token.");
    HK_CHECK(
        ask_or_act(c, [&] { return revoke_through_server(c, *parsed); }, [&] { return revoke_directly(c, *parsed); }));
    return print_line("Token " + parsed->str() + " is revoked.");
}

}  // namespace hourkey::server
