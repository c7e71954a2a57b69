#include "credentials/profile_role.hpp"

#include "aws/session_limits.hpp"
#include "core/number.hpp"
#include "credentials/source.hpp"

namespace hourkey::credentials {

result<profile_role> role_of_profile(const profile& p, const std::string& name) {
    auto role = aws::role_arn::parse(*p.find("role_arn"));
    if (!role) return unusable_profile(name, "has a role_arn that is no role's ARN");
    auto session = aws::session_name::parse(p.find("role_session_name").value_or(default_session));
    if (!session)
        return unusable_profile(name, "has a role_session_name that is not 2..64 of A-Z a-z 0-9 _ + = , . @ -");
    auto duration = aws::default_session;
    if (const auto text = p.find("duration_seconds")) {
        duration = std::chrono::seconds(parse_number<int>(*text).value_or(0));
        if (!aws::is_session_duration(duration))
            return unusable_profile(name, "has a duration_seconds that is not 900..43200");
    }
    return profile_role{*std::move(role), *std::move(session), duration};
}

}  // namespace hourkey::credentials
