#include "credentials/sources/profile_keys.hpp"

#include "credentials/access_key.hpp"
#include "credentials/source.hpp"

namespace hourkey::credentials {
namespace {

constexpr key_names names{"aws_access_key_id", "aws_secret_access_key", "aws_session_token"};

}  // namespace

bool has_key(const profile& p) { return p.has("aws_access_key_id") || p.has("aws_secret_access_key"); }

result<aws::credentials> keys_of_profile(const profile& p, const std::string& name) {
    const auto id = p.find("aws_access_key_id");
    const auto key = p.find("aws_secret_access_key");
    if (!id) return unusable_profile(name, "has aws_secret_access_key without aws_access_key_id");
    if (!key) return unusable_profile(name, "has aws_access_key_id without aws_secret_access_key");
    auto token = p.find("aws_session_token");
    if (!token) token = p.find("aws_security_token");
    return make_credentials(*id, *key, token.value_or(""), std::nullopt, "profile " + name, names);
}

}  // namespace hourkey::credentials
