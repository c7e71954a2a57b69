#include "server/doors/route_match.hpp"

#include "core/encoding.hpp"

#include <array>

namespace hourkey::server {
namespace {

using enum http::method;

std::string_view take_segment(std::string_view& path) {
    const auto slash = path.find('/', 1);
    const auto segment = path.substr(1, slash == std::string_view::npos ? slash : slash - 1);
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash);
    return segment;
}

/// Up to the first {..}, where nearly all templates differ already.
bool begins_alike(std::string_view pattern, std::string_view path) noexcept {
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] == '{') return true;
        if (i == path.size() || pattern[i] != path[i]) return false;
    }
    return pattern.size() == path.size();
}

/// Matches one template; on success `values` holds the {..} in order, `tenant_at` tells which of them is {tenant}.
bool matches(std::string_view pattern, std::string_view path, std::array<std::string_view, 3>& values,
             bool& has_tenant) {
    std::size_t count = 0;
    has_tenant = false;
    if (!begins_alike(pattern, path)) return false;
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
        if (text != "*")
            return failure(errc::invalid_request, "A name in the path has a percent escape.",
                           "Names need none: use a-z, 0-9 and '-'.");
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

/// Health is asked with HEAD by load balancers; nothing else has a use for it.
bool answers_head(const route& r) noexcept { return r.verb == get && r.needs == policy::right::anyone; }

}  // namespace

std::uint32_t units_of(const route& r) noexcept {
    constexpr std::uint32_t a_change = 2, a_page = 5, four_calls_of_sts = 10;
    if (r.needs == policy::right::vend) return 1;
    if (r.path.ends_with("/verify")) return four_calls_of_sts;
    if (r.query == query_use::read) return a_page;
    return r.verb == get || r.verb == delete_ ? 1 : a_change;
}

std::string methods_of(route_table table, std::string_view path) {
    std::string out;
    std::array<std::string_view, 3> values{};
    bool has_tenant = false;
    for (const auto& r : table) {
        if (!matches(r.path, path, values, has_tenant)) continue;
        out.append(out.empty() ? "" : ", ").append(to_text(r.verb));
        if (answers_head(r)) out.append(", ").append(to_text(head));
    }
    return out;
}

result<const route*> match(route_table table, call& what) {
    for (const auto& r : table) {
        if (r.verb != what.http.verb && !(what.http.verb == head && answers_head(r))) continue;
        std::array<std::string_view, 3> values{};
        bool has_tenant = false;
        if (!matches(r.path, what.http.path, values, has_tenant)) continue;
        HK_CHECK(fill(what, values, has_tenant));
        return &r;
    }
    return nullptr;
}

}  // namespace hourkey::server
