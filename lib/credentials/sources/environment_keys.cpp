#include "credentials/sources/environment_keys.hpp"

#include "credentials/access_key.hpp"
#include "credentials/expiration_text.hpp"
#include "credentials/source.hpp"

#include <utility>

namespace hourkey::credentials {
namespace {

constexpr key_names names{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"};

}  // namespace

result<std::optional<aws::credentials>> keys_of_environment(const environment& variables) {
    const auto id = find_variable(variables, "AWS_ACCESS_KEY_ID");
    const auto key = find_variable(variables, "AWS_SECRET_ACCESS_KEY");
    if (!id && !key) return std::optional<aws::credentials>();
    if (!id) return unusable("environment: AWS_SECRET_ACCESS_KEY is set without AWS_ACCESS_KEY_ID");
    if (!key) return unusable("environment: AWS_ACCESS_KEY_ID is set without AWS_SECRET_ACCESS_KEY");
    std::optional<wall_time> expiration;
    if (const auto text = find_variable(variables, "AWS_CREDENTIAL_EXPIRATION")) {
        const auto parsed = parse_expiration(*text);
        if (!parsed) return unusable("environment: AWS_CREDENTIAL_EXPIRATION is not an RFC 3339 time");
        expiration = *parsed;
    }
    auto token = find_variable(variables, "AWS_SESSION_TOKEN");
    if (!token) token = find_variable(variables, "AWS_SECURITY_TOKEN");  // its older name, which botocore still reads
    HK_TRY(auto keys, make_credentials(*id, *key, token.value_or(""), expiration, "environment", names));
    return std::optional(std::move(keys));
}

}  // namespace hourkey::credentials
