#include "server/config.hpp"

#include "core/number.hpp"
#include "server/foundation/toml_file.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>
#include <variant>

namespace hourkey::server {
namespace {

struct number_field {
    void (*set)(config&, std::uint32_t);
    std::uint32_t min, max;
};
struct text_field {
    void (*set)(config&, std::string);
    std::vector<std::string_view> allowed;  ///< empty: any
};

struct option {
    std::string_view section, key;
    std::variant<number_field, text_field> field;
    [[nodiscard]] std::string name() const { return std::string(section) + "." + std::string(key); }
};

template <class Member>
text_field text(Member, std::vector<std::string_view> allowed = {}) {
    return {[](config& c, std::string v) { Member{}(c) = std::move(v); }, std::move(allowed)};
}
template <class Member>
number_field number(Member, std::uint32_t min, std::uint32_t max) {
    return {[](config& c, std::uint32_t v) {
                auto& member = Member{}(c);
                member = static_cast<std::remove_reference_t<decltype(member)>>(v);
            },
            min, max};
}

const std::vector<option>& options() {
    static const std::vector<option> all{
        {"listen", "address", text([](config& c) -> auto& { return c.listen.address; })},
        {"listen", "port", number([](config& c) -> auto& { return c.listen.port; }, 0, 65535)},
        {"listen", "cert_file", text([](config& c) -> auto& { return c.listen.cert_file; })},
        {"listen", "key_file", text([](config& c) -> auto& { return c.listen.key_file; })},
        {"listen", "public_url", text([](config& c) -> auto& { return c.listen.public_url; })},
        {"listen", "threads", number([](config& c) -> auto& { return c.listen.threads; }, 0, 256)},
        {"listen", "trusted_proxies", text([](config& c) -> auto& { return c.listen.trusted_proxies; })},
        {"listen", "proxy_protocol", text([](config& c) -> auto& { return c.listen.proxy_protocol; }, {"off", "v2"})},
        {"listen", "max_connections",
         number([](config& c) -> auto& { return c.listen.max_connections; }, 16, 1'000'000)},
        {"listen", "max_connections_per_address",
         number([](config& c) -> auto& { return c.listen.max_connections_per_address; }, 1, 1'000'000)},
        {"admin", "address", text([](config& c) -> auto& { return c.admin.address; })},
        {"admin", "port", number([](config& c) -> auto& { return c.admin.port; }, 0, 65535)},
        {"store", "path", text([](config& c) -> auto& { return c.store.path; })},
        {"store", "key_file", text([](config& c) -> auto& { return c.store.key_file; })},
        {"store", "min_free_mib", number([](config& c) -> auto& { return c.store.min_free_mib; }, 0, 1'000'000)},
        {"aws", "region", text([](config& c) -> auto& { return c.aws.region; })},
        {"aws", "principal_arn", text([](config& c) -> auto& { return c.aws.principal_arn; })},
        {"aws", "sts_endpoint", text([](config& c) -> auto& { return c.aws.sts_endpoint; })},
        {"aws", "ca_file", text([](config& c) -> auto& { return c.aws.ca_file; })},
        {"aws", "extra_regions", text([](config& c) -> auto& { return c.aws.extra_regions; })},
        {"vending", "default_duration_seconds",
         number([](config& c) -> auto& { return c.vending.default_duration_seconds; }, aws::shortest_session.count(),
                aws::longest_session.count())},
        {"vending", "sts_timeout_ms", number([](config& c) -> auto& { return c.vending.sts_timeout_ms; }, 100, 13'000)},
        {"linking", "verify_every", number([](config& c) -> auto& { return c.linking.verify_every; }, 0, 31'536'000)},
        {"limits", "token_per_second",
         number([](config& c) -> auto& { return c.limits.token_per_second; }, 0, 100'000)},
        {"limits", "app_per_second", number([](config& c) -> auto& { return c.limits.app_per_second; }, 0, 100'000)},
        {"limits", "tenant_per_second",
         number([](config& c) -> auto& { return c.limits.tenant_per_second; }, 0, 100'000)},
        {"limits", "address_per_second",
         number([](config& c) -> auto& { return c.limits.address_per_second; }, 0, 100'000)},
        {"limits", "dead_tokens_per_second",
         number([](config& c) -> auto& { return c.limits.dead_tokens_per_second; }, 0, 100'000)},
        {"limits", "sts_per_second", number([](config& c) -> auto& { return c.limits.sts_per_second; }, 0, 100'000)},
        {"limits", "burst_seconds", number([](config& c) -> auto& { return c.limits.burst_seconds; }, 1, 60)},
        {"limits", "lifted_tenants", text([](config& c) -> auto& { return c.limits.lifted_tenants; })},
        {"audit", "retention_days", number([](config& c) -> auto& { return c.audit.retention_days; }, 1, 36'500)},
        {"audit", "head_log_seconds", number([](config& c) -> auto& { return c.audit.head_log_seconds; }, 1, 86'400)},
        {"log", "level", text([](config& c) -> auto& { return c.log.level; }, {"debug", "info", "warn", "error"})},
        {"log", "format", text([](config& c) -> auto& { return c.log.format; }, {"auto", "json", "human"})},
    };
    return all;
}

failure bad(std::string_view where, std::string_view name, std::string_view what, std::string_view fix) {
    return failure(errc::invalid_configuration, std::string(where) + ": " + std::string(name) + " " + std::string(what),
                   std::string(fix));
}

result<> set_number(config& c, const option& o, const number_field& field, std::int64_t value, std::string_view where) {
    if (value < field.min || value > field.max)
        return bad(where, o.name(), "is " + std::to_string(value),
                   "Use " + std::to_string(field.min) + " to " + std::to_string(field.max) + ".");
    field.set(c, static_cast<std::uint32_t>(value));
    return {};
}

result<> set_text(config& c, const option& o, const text_field& field, std::string value, std::string_view where) {
    if (!field.allowed.empty() && std::ranges::find(field.allowed, value) == field.allowed.end()) {
        std::string fix = "Use one of:";
        for (const auto a : field.allowed) fix.append(" ").append(a);
        return bad(where, o.name(), "is '" + value + "'", fix + ".");
    }
    field.set(c, std::move(value));
    return {};
}

/// A value given as text: environment and --set.
result<> set_from_text(config& c, const option& o, const std::string& value, std::string_view where) {
    if (const auto* field = std::get_if<text_field>(&o.field)) return set_text(c, o, *field, value, where);
    const auto number = parse_number<std::int64_t>(value);
    if (!number) return bad(where, o.name(), "is not a whole number", "Write digits only.");
    return set_number(c, o, std::get<number_field>(o.field), *number, where);
}

const option* find_option(std::string_view section, std::string_view key) {
    const auto& all = options();
    const auto at = std::ranges::find_if(all, [&](const option& o) { return o.section == section && o.key == key; });
    return at == all.end() ? nullptr : &*at;
}

result<> read_file(config& c, const std::string& file) {
    HK_TRY(auto settings, read_toml_file(file));
    for (auto& s : settings) {
        const auto* o = find_option(s.section, s.key);
        if (o == nullptr)
            return bad(file, s.section + "." + s.key, "is not a known key", "See config/hourkey.toml for all of them.");
        if (const auto* number = std::get_if<number_field>(&o->field)) {
            const auto* whole = std::get_if<std::int64_t>(&s.value);
            if (whole == nullptr) return bad(file, o->name(), "is not a whole number", "Write digits without quotes.");
            HK_CHECK(set_number(c, *o, *number, *whole, file));
        } else {
            auto* words = std::get_if<std::string>(&s.value);
            if (words == nullptr) return bad(file, o->name(), "is not a text", "Put the value in double quotes.");
            HK_CHECK(set_text(c, *o, std::get<text_field>(o->field), std::move(*words), file));
        }
    }
    return {};
}

std::string environment_name(const option& o) {
    std::string name = "HOURKEY_" + std::string(o.section) + "__" + std::string(o.key);
    std::ranges::transform(name, name.begin(),
                           [](char ch) { return ch >= 'a' && ch <= 'z' ? static_cast<char>(ch - 'a' + 'A') : ch; });
    return name;
}

/// HOURKEY_LISTEN_PORT for HOURKEY_LISTEN__PORT: the right spelling of a name that starts with a section of ours and
/// one underscore. Empty for all others: HOURKEY_TOKEN and HOURKEY_URL are the client's.
std::string spelling_meant_by(std::string_view name) {
    for (const auto& o : options()) {
        const auto right = environment_name(o);
        const auto section = right.substr(0, right.find("__") + 1);
        if (!name.starts_with(section)) continue;
        const auto key = name.substr(section.size());
        const auto same = std::ranges::find_if(options(), [&](const option& other) {
            return environment_name(other) == section + "_" + std::string(key);
        });
        return same == options().end() ? section + "_KEY" : environment_name(*same);
    }
    return {};
}

/// A misspelt HOURKEY_ variable would otherwise be ignored in silence.
result<> check_environment_names() {
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view pair(*entry);
        const auto name = pair.substr(0, pair.find('='));
        if (!name.starts_with("HOURKEY_")) continue;
        const auto& all = options();
        if (name.find("__") == std::string_view::npos) {
            const auto meant = spelling_meant_by(name);
            if (meant.empty()) continue;
            return bad("environment", name, "has one underscore behind its section",
                       "Write " + meant + (meant.ends_with("_KEY") ? "; see config/hourkey.toml for all keys." : "."));
        }
        if (std::ranges::none_of(all, [&](const option& o) { return environment_name(o) == name; }))
            return bad("environment", name, "is not a known key", "See config/hourkey.toml for all of them.");
    }
    return {};
}

}  // namespace

environment process_environment() {
    return [](const std::string& name) -> std::optional<std::string> {
        const char* value = std::getenv(name.c_str());
        return value == nullptr ? std::nullopt : std::optional<std::string>(value);
    };
}

result<config> load_config(const config_sources& from) {
    config c;
    if (!from.file.empty()) HK_CHECK(read_file(c, from.file));
    HK_CHECK(check_environment_names());
    if (from.env)
        for (const auto& o : options())
            if (const auto value = from.env(environment_name(o)))
                HK_CHECK(set_from_text(c, o, *value, "environment " + environment_name(o)));
    for (const auto& pair : from.overrides) {
        const auto equals = pair.find('='), dot = pair.find('.');
        const auto* o = equals == std::string::npos || dot == std::string::npos || dot > equals
                            ? nullptr
                            : find_option(pair.substr(0, dot), pair.substr(dot + 1, equals - dot - 1));
        // Without its equal sign it may be anything, a token too.
        if (o == nullptr)
            return bad("--set", equals == std::string::npos ? "what is given" : pair.substr(0, equals),
                       "is not a known key", "Write --set section.key=value; see config/hourkey.toml.");
        HK_CHECK(set_from_text(c, *o, pair.substr(equals + 1), "--set"));
    }
    return c;
}

std::vector<std::string> all_config_keys() {
    std::vector<std::string> names;
    for (const auto& o : options()) names.push_back(o.name());
    return names;
}

}  // namespace hourkey::server
