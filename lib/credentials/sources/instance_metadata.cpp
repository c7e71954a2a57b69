#include "credentials/sources/instance_metadata.hpp"

#include "core/ascii.hpp"
#include "core/character_set.hpp"
#include "core/number.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace hourkey::credentials {
namespace {

constexpr std::string_view name = "the metadata service";
constexpr std::string_view by_ipv4 = "http://169.254.169.254", by_ipv6 = "http://[fd00:ec2::254]";
constexpr std::array<std::string_view, 2> aws_own{"169.254.169.254", "fd00:ec2::254"};
/// More than one fetch needs; a token that is valid for as long as AWS lets it be costs nothing.
constexpr std::string_view token_life = "21600";
constexpr std::string_view roles = "/latest/meta-data/iam/security-credentials/";
constexpr std::size_t longest_token = 1024, longest_role = 64;
constexpr auto role_chars = character_set::alphanumeric_and("_+=,.@-");  // IAM's

struct setting {
    std::string_view value;
    std::string from;  ///< as the hint begins
};
std::optional<setting> find_setting(const environment& variables, const named_profile& chosen,
                                    const std::string& variable, std::string_view profile_line) {
    if (const auto value = find_variable(variables, variable)) return setting{*value, "environment: " + variable};
    const auto value = chosen.settings != nullptr ? chosen.settings->find(profile_line) : std::nullopt;
    if (!value) return std::nullopt;
    return setting{*value, "profile " + chosen.name + ": " + std::string(profile_line)};
}

result<std::string_view> find_own_address(const environment& variables, const named_profile& chosen) {
    const auto mode =
        find_setting(variables, chosen, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "ec2_metadata_service_endpoint_mode");
    if (!mode) {
        const auto older = find_setting(variables, chosen, "AWS_IMDS_USE_IPV6", "imds_use_ipv6");
        return older && lowered(older->value) == "true" ? by_ipv6 : by_ipv4;
    }
    const auto wanted = lowered(mode->value);
    if (wanted != "ipv4" && wanted != "ipv6") return unusable(mode->from + " is neither IPv4 nor IPv6");
    return wanted == "ipv6" ? by_ipv6 : by_ipv4;
}

/// A whole number from 1, which is also what it is when nothing says so.
result<int> find_count(const environment& variables, const named_profile& chosen, const std::string& variable,
                       std::string_view profile_line, int most) {
    const auto found = find_setting(variables, chosen, variable, profile_line);
    if (!found) return 1;
    const auto count = parse_number<int>(found->value);
    if (!count || *count < 1 || *count > most) return unusable(found->from + " is not 1 to " + std::to_string(most));
    return *count;
}

bool is_token(std::string_view text) {
    return !text.empty() && text.size() <= longest_token &&
           std::ranges::all_of(text, [](char c) { return c >= 0x21 && c <= 0x7E; });
}

/// The instance's role is the list's only line.
std::string role_in(std::string_view list) {
    const auto line = list.substr(0, list.find_first_of("\r\n"));
    const bool is_name = !line.empty() && line.size() <= longest_role &&
                         std::ranges::all_of(line, [](char c) { return role_chars.has(c); });
    return is_name ? std::string(line) : std::string();
}

failure no_token(const result<http::client_answer>& got) {
    auto why = not_given(got, name);
    if (!got && !is_distrusted(got))
        why.hint += "; on EC2 a container needs a hop limit of 2, elsewhere give hourkey keys";
    else if (got && got->status == 403)
        why.hint += "; it is switched off for this instance";
    return why;
}

/// One token's dialogue. A 401 says that the token has ended: then nothing, and the next has another.
task<result<std::optional<fetched_keys>>> fetch_with(local_endpoint& from, const secret& token, attempts each) {
    const auto field = [&token] { return http::header{"x-aws-ec2-metadata-token", std::string(token.expose())}; };
    auto with_token = field();
    std::string list(roles);
    const auto named = co_await from.ask(http::method::get, std::move(list), std::move(with_token), each);
    if (named && named->status == 401) co_return std::optional<fetched_keys>();
    if (named && named->status == 404)
        co_return unusable("the instance has no role; attach one to it, or give hourkey keys in another way");
    if (!named || named->status != 200) co_return not_given(named, name);
    const auto role = role_in(named->body);
    if (role.empty()) co_return unusable(std::string(name) + " names no role of the instance's");
    with_token = field();
    auto target = std::string(roles) + role;
    const auto got = co_await from.ask(http::method::get, std::move(target), std::move(with_token), each);
    if (got && got->status == 401) co_return std::optional<fetched_keys>();
    if (!got || got->status != 200) co_return not_given(got, name);
    auto keys = read_keys(*got, name);
    if (!keys) co_return std::move(keys).error();
    co_return std::optional(*std::move(keys));
}

}  // namespace

result<std::optional<instance_metadata>> find_instance_metadata(const environment& variables,
                                                                const named_profile& chosen) {
    if (lowered(variables("AWS_EC2_METADATA_DISABLED").value_or("")) == "true")
        return std::optional<instance_metadata>();
    HK_TRY(const auto by_mode, find_own_address(variables, chosen));
    const auto endpoint =
        find_setting(variables, chosen, "AWS_EC2_METADATA_SERVICE_ENDPOINT", "ec2_metadata_service_endpoint")
            .value_or(setting{by_mode, {}});
    auto url = http::parse_url(endpoint.value);
    if (!url) return unusable(endpoint.from + " " + std::string(url.error().text()));
    if (!url->secure && !may_be_plain(url->host, aws_own))
        return unusable(endpoint.from +
                        " is http:// to another machine; only https://, loopback and AWS's own addresses are taken");
    if (!url->target.empty() && url->target != "/") return unusable(endpoint.from + " has a path");
    HK_TRY(const auto seconds, find_count(variables, chosen, "AWS_METADATA_SERVICE_TIMEOUT", "metadata_service_timeout",
                                          longest_metadata_timeout_seconds));
    HK_TRY(const auto most, find_count(variables, chosen, "AWS_METADATA_SERVICE_NUM_ATTEMPTS",
                                       "metadata_service_num_attempts", most_metadata_attempts));
    const attempts each{.patience = std::chrono::seconds(seconds), .most = most};
    return std::optional(instance_metadata{*std::move(url), each});
}

task<result<fetched_keys>> fetch(instance_metadata from, fetch_tools tools) {
    HK_CO_TRY(auto service, local_endpoint::make(from.url, tools));
    for (int round = 1;; ++round) {
        http::header life{"x-aws-ec2-metadata-token-ttl-seconds", std::string(token_life)};
        std::string target = "/latest/api/token";
        const auto answered = co_await service.ask(http::method::put, std::move(target), std::move(life), from.each);
        if (!answered || answered->status != 200) co_return no_token(answered);
        if (!is_token(answered->body)) co_return unusable(std::string(name) + " gave a token that is none");
        const secret token(answered->body);
        HK_CO_TRY(auto keys, co_await fetch_with(service, token, from.each));
        if (keys) co_return *std::move(keys);
        if (round == 2) co_return unusable(std::string(name) + " does not take the tokens that it gives");
    }
}

}  // namespace hourkey::credentials
