#include "credentials/sources/web_identity.hpp"

#include "aws/sts_request.hpp"
#include "credentials/role_session.hpp"
#include "os/private_file.hpp"
#include "sts/operations.hpp"

#include <utility>

namespace hourkey::credentials {

result<std::optional<web_identity>> web_identity_of_environment(const environment& variables) {
    const std::string of_file = "AWS_WEB_IDENTITY_TOKEN_FILE";
    const auto file = find_variable(variables, of_file);
    if (!file) return std::optional<web_identity>();
    const auto arn = find_variable(variables, "AWS_ROLE_ARN");
    if (!arn) return unusable("environment: " + of_file + " is set without AWS_ROLE_ARN");
    auto role = aws::role_arn::parse(*arn);
    if (!role) return unusable("environment: AWS_ROLE_ARN is no role's ARN");
    auto session =
        aws::session_name::parse(find_variable(variables, "AWS_ROLE_SESSION_NAME").value_or(default_session));
    if (!session) return unusable("environment: AWS_ROLE_SESSION_NAME is not 2..64 of A-Z a-z 0-9 _ + = , . @ -");
    profile_role wanted{*std::move(role), *std::move(session), aws::default_session};
    return std::optional(web_identity{std::string(*file), of_file, std::move(wanted)});
}

result<web_identity> web_identity_of_profile(const profile& p, const std::string& name) {
    if (!p.has("role_arn")) return unusable_profile(name, "has web_identity_token_file without role_arn");
    HK_TRY(auto wanted, role_of_profile(p, name));
    const std::string of_file = "web_identity_token_file";
    return web_identity{std::string(*p.find(of_file)), of_file, std::move(wanted)};
}

task<result<fetched_keys>> fetch(web_identity bearer, fetch_tools tools) {
    auto token = os::read_token_file(bearer.token_file);
    if (!token)
        co_return unusable(bearer.token_file_from +
                               " names no file with a token; see that it is there and that "
                               "hourkey may read it",
                           std::string(token.error().text()));
    const auto& [role, session, duration] = bearer.wanted;
    aws::web_identity_request request{role, session, duration};
    auto assumed = co_await sts::assume_role_with_web_identity(tools.channel, std::move(request), *std::move(token),
                                                               tools.within(tools.settings.fetch_timeout));
    if (!assumed) co_return refused_session("its web identity token was not taken", assumed.error(), role);
    co_return keys_of_session(*std::move(assumed), role);
}

}  // namespace hourkey::credentials
