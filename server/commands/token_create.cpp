#include "server/commands/token_create.hpp"

#include "json/reader.hpp"
#include "json/writer.hpp"
#include "server/application.hpp"
#include "server/commands/control_call.hpp"
#include "server/commands/report.hpp"
#include "server/store_place.hpp"

namespace hourkey::server {
namespace {

result<token_wish> wish_of(const token_create_options& options) {
    token_wish wish;
    const auto role = model::parse_role(options.role);
    if (!role) return invalid_field("--role", "is not a role", "Use operator, admin, app or auditor.");
    wish.role = *role;
    if (!options.tenant.empty()) {
        HK_TRY(wish.tenant, tenant_name::parse(options.tenant));
    }
    if (!options.app.empty()) {
        HK_TRY(wish.app, app_name::parse(options.app));
    }
    wish.life = std::chrono::seconds(options.expires_in_seconds);
    HK_CHECK(check_wish(wish));
    return wish;
}

result<std::string> create_through_server(const config& c, const token_wish& wish) {
    json::writer w;
    w.begin_object().string("role", to_text(wish.role)).integer("expires_in_seconds", wish.life.count());
    if (wish.tenant) w.string("tenant", wish.tenant->str());
    if (wish.app) w.string("app", wish.app->str());
    w.end_object();
    HK_TRY(auto answer, ask_server(c, http::method::post, "/control/tokens", w.take(), 201));
    HK_TRY(const auto document, json::parse(answer.body));
    HK_TRY(const auto token, document.root().string("token"));
    std::string out(token);
    wipe_container(answer.body);
    return out;
}

result<std::string> create_directly(const config& c, const token_wish& wish) {
    HK_CHECK(make_store_folder(c));
    HK_TRY(const auto keys, load_server_keys(c.server_key_file(), c.store.path));
    HK_TRY(const auto database, open_database(c, keys));
    HK_TRY(const auto issued, issue_token_directly(*database, keys.token_key, wish));
    return std::string(issued.text.expose());
}

}  // namespace

result<> create_token(const configuration_flags& flags, const token_create_options& options) {
    HK_TRY(const auto c, flags.load());
    HK_TRY(const auto wish, wish_of(options));
    auto token = ask_or_act(c, [&] { return create_through_server(c, wish); }, [&] { return create_directly(c, wish); });
    if (!token) return std::move(token).error();
    print_line(*token);
    wipe_container(*token);
    return {};
}

}  // namespace hourkey::server
