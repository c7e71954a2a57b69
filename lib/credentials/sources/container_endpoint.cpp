#include "credentials/sources/container_endpoint.hpp"

#include "credentials/local_endpoint.hpp"
#include "os/private_file.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace hourkey::credentials {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view name = "the container endpoint";
constexpr std::string_view of_ecs = "http://169.254.170.2";
constexpr std::array<std::string_view, 3> platforms_own{"169.254.170.2", "169.254.170.23", "fd00:ec2::23"};
constexpr attempts tries{.patience = 2s, .most = 3};
const std::string of_token_file = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";

result<http::url> url_of(const std::string& variable, const std::string& text) {
    auto url = http::parse_url(text);
    if (!url) return unusable("environment: " + variable + " " + std::string(url.error().text()));
    if (!url->secure && !may_be_plain(url->host, platforms_own))
        return unusable("environment: " + variable +
                        " is http:// to another machine; only https://, loopback and the addresses of ECS and EKS are "
                        "taken");
    if (url->target.empty()) url->target = "/";
    return url;
}

bool is_field_value(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c <= 0x7E; });
}

}  // namespace

result<std::optional<container_endpoint>> container_of_environment(const environment& variables) {
    const std::string relative = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", full = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
    container_endpoint out;
    if (const auto path = find_variable(variables, relative)) {
        if (!path->starts_with('/')) return unusable("environment: " + relative + " does not begin with /");
        HK_TRY(out.url, url_of(relative, std::string(of_ecs) + std::string(*path)));
    } else if (const auto whole = find_variable(variables, full)) {
        HK_TRY(out.url, url_of(full, std::string(*whole)));
    } else {
        return std::optional<container_endpoint>();
    }
    out.token_file = find_variable(variables, of_token_file).value_or("");
    const auto token = find_variable(variables, "AWS_CONTAINER_AUTHORIZATION_TOKEN").value_or("");
    if (!is_field_value(token))
        return unusable(
            "environment: AWS_CONTAINER_AUTHORIZATION_TOKEN has a character that no header may have; it "
            "must hold the token alone");
    out.authorization = secret(token);
    return std::optional(std::move(out));
}

task<result<fetched_keys>> fetch(container_endpoint from, fetch_tools tools) {
    if (!from.token_file.empty()) {
        auto token = os::read_token_file(from.token_file);
        if (!token)
            co_return unusable(of_token_file +
                                   " names no file with a token; see that it is there and that hourkey may "
                                   "read it",
                               std::string(token.error().text()));
        if (!is_field_value(token->expose()))
            co_return unusable(of_token_file +
                                   " names a file with a character that no header may have; it must hold "
                                   "the token alone",
                               from.token_file);
        from.authorization = *std::move(token);
    }
    HK_CO_TRY(auto endpoint, local_endpoint::make(from.url, tools));
    http::header field;
    if (!from.authorization.expose().empty()) field = {"Authorization", std::string(from.authorization.expose())};
    const auto got = co_await endpoint.ask(http::method::get, std::move(from.url.target), std::move(field), tries);
    if (!got || got->status != 200) co_return not_given(got, name);
    co_return read_keys(*got, name);
}

}  // namespace hourkey::credentials
