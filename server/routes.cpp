#include "server/routes.hpp"

#include "core/encoding.hpp"
#include "server/api/handlers.hpp"

#include <array>

namespace hourkey::server {
namespace {

using enum http::method;
using policy::right;

constexpr std::array main_routes{
    route{get, "/livez", right::anyone, api::livez},
    route{get, "/readyz", right::anyone, api::readyz},
    route{get, "/v1/whoami", right::any_caller, api::whoami},
    route{get, "/v1/credentials/{connection}", right::vend, api::get_credentials, error_spelling::sdk, query_use::read},
    route{post, "/v1/credentials/{connection}", right::vend, api::post_credentials, error_spelling::sdk},

    route{get, "/v1/tenants", right::manage_tenants, api::list_tenants, error_spelling::standard, query_use::read},
    route{post, "/v1/tenants", right::manage_tenants, api::create_tenant},
    route{get, "/v1/tenants/{tenant}", right::see_tenant, api::get_tenant},
    route{delete_, "/v1/tenants/{tenant}", right::manage_tenants, api::delete_tenant},

    route{get, "/v1/tenants/{tenant}/apps", right::read_tenant, api::list_apps, error_spelling::standard, query_use::read},
    route{get, "/v1/tenants/{tenant}/apps/{app}", right::read_tenant, api::get_app},
    route{put, "/v1/tenants/{tenant}/apps/{app}", right::change_tenant, api::put_app},
    route{delete_, "/v1/tenants/{tenant}/apps/{app}", right::change_tenant, api::delete_app},

    route{get, "/v1/tenants/{tenant}/connections", right::read_tenant, api::list_connections, error_spelling::standard, query_use::read},
    route{get, "/v1/tenants/{tenant}/connections/{connection}", right::read_tenant, api::get_connection},
    route{put, "/v1/tenants/{tenant}/connections/{connection}", right::change_tenant, api::put_connection},
    route{delete_, "/v1/tenants/{tenant}/connections/{connection}", right::change_tenant, api::delete_connection},
    route{post, "/v1/tenants/{tenant}/connections/{connection}/verify", right::change_tenant, api::verify_connection},

    route{get, "/v1/tenants/{tenant}/connections/{connection}/grants", right::read_tenant, api::list_grants, error_spelling::standard, query_use::read},
    route{get, "/v1/tenants/{tenant}/connections/{connection}/grants/{app}", right::read_tenant, api::get_grant},
    route{put, "/v1/tenants/{tenant}/connections/{connection}/grants/{app}", right::change_tenant, api::put_grant},
    route{delete_, "/v1/tenants/{tenant}/connections/{connection}/grants/{app}", right::change_tenant, api::delete_grant},

    route{get, "/v1/tenants/{tenant}/tokens", right::read_tenant, api::list_tokens, error_spelling::standard, query_use::read},
    route{post, "/v1/tenants/{tenant}/tokens", right::manage_tokens, api::create_token},
    route{get, "/v1/tenants/{tenant}/tokens/{id}", right::read_tenant, api::get_token},
    route{delete_, "/v1/tenants/{tenant}/tokens/{id}", right::manage_tokens, api::revoke_token},

    route{get, "/v1/tenants/{tenant}/audit", right::read_tenant, api::list_audit, error_spelling::standard, query_use::read},
};

constexpr std::array admin_routes{
    route{get, "/livez", right::anyone, api::livez},
    route{get, "/readyz", right::anyone, api::readyz},
    route{get, "/metrics", right::anyone, api::metrics},
};

constexpr std::array control_routes{
    route{post, "/control/tokens", right::anyone, api::create_token_locally},
    route{delete_, "/control/tokens/{id}", right::anyone, api::revoke_token_locally},
    route{post, "/control/copy", right::anyone, api::begin_copy},
    route{get, "/control/copy/{id}", right::anyone, api::look_at_copy},
    route{delete_, "/control/copy/{id}", right::anyone, api::drop_copy},
};

std::string_view take_segment(std::string_view& path) {
    const auto slash = path.find('/', 1);
    const auto segment = path.substr(1, slash == std::string_view::npos ? slash : slash - 1);
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash);
    return segment;
}

/// Matches one template; on success `values` holds the {..} in order, `tenant_at` tells which of them is {tenant}.
bool matches(std::string_view pattern, std::string_view path, std::array<std::string_view, 3>& values, bool& has_tenant) {
    std::size_t count = 0;
    has_tenant = false;
    while (!pattern.empty() && !path.empty()) {
        const auto wanted = take_segment(pattern), given = take_segment(path);
        if (wanted.starts_with('{')) {
            if (given.empty() || count == values.size()) return false;
            if (count == 0) has_tenant = wanted == "{tenant}";
            values[count++] = given;
        } else if (wanted != given) {
            return false;
        }
    }
    return pattern.empty() && path.empty();
}

/// `*` may come as %2A; every other name of ours needs no escape.
result<> decode_parameters(call& what) {
    for (auto& p : what.parameters) {
        if (p.find('%') == std::string_view::npos) continue;
        HK_TRY(const auto text, percent_decoded(p));
        if (text != "*") return failure(errc::invalid_request, "A name in the path has a percent escape.", "Names need none: use a-z, 0-9 and '-'.");
        p = "*";
    }
    return {};
}

result<> fill(call& what, const std::array<std::string_view, 3>& values, bool has_tenant) {
    std::size_t from = 0;
    if (has_tenant) {
        HK_TRY(what.tenant, tenant_name::parse(values[0]));
        from = 1;
    }
    what.parameters = {};
    for (std::size_t i = from; i < values.size(); ++i) what.parameters[i - from] = values[i];
    return decode_parameters(what);
}

}  // namespace

std::span<const route> routes_of(door d) noexcept {
    switch (d) {
        case door::main: return main_routes;
        case door::admin: return admin_routes;
        case door::control: break;
    }
    return control_routes;
}

std::uint32_t units_of(const route& r) noexcept {
    constexpr std::uint32_t a_change = 2, a_page = 5, four_calls_of_sts = 10;
    if (r.needs == policy::right::vend) return 1;
    if (r.path.ends_with("/verify")) return four_calls_of_sts;
    if (r.query == query_use::read) return a_page;
    return r.verb == get || r.verb == delete_ ? 1 : a_change;
}

std::string methods_of(door d, std::string_view path) {
    std::string out;
    std::array<std::string_view, 3> values{};
    bool has_tenant = false;
    for (const auto& r : routes_of(d))
        if (matches(r.path, path, values, has_tenant)) out.append(out.empty() ? "" : ", ").append(to_text(r.verb));
    return out;
}

result<matched> match(door d, call& what) {
    const auto table = routes_of(d);
    for (std::size_t i = 0; i < table.size(); ++i) {
        // Health is asked with HEAD by load balancers; nothing else has a use for it.
        const bool is_health = what.http.verb == head && table[i].verb == get && table[i].needs == right::anyone;
        if (table[i].verb != what.http.verb && !is_health) continue;
        std::array<std::string_view, 3> values{};
        bool has_tenant = false;
        if (!matches(table[i].path, what.http.path, values, has_tenant)) continue;
        HK_CHECK(fill(what, values, has_tenant));
        return matched{&table[i], i};
    }
    const auto others = methods_of(d, what.http.path);
    if (!others.empty()) return failure(errc::method_not_allowed, {}, "Use " + others + ".");
    return failure(errc::not_found, "There is no such path.", "See docs/API.md for the paths.");
}

}  // namespace hourkey::server
