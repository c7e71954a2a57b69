#include "credentials/profile_role.hpp"

#include "aws/session_limits.hpp"
#include "credentials/source.hpp"

#include <charconv>

namespace hourkey::credentials {

result<profile_role> role_of_profile(const profile& p, const std::string& name) {
    auto role = aws::role_arn::parse(*p.find("role_arn"));
    if (!role) return unusable_profile(name, "has a role_arn that is no role's ARN");
    auto session = aws::session_name::parse(p.find("role_session_name").value_or(default_session));
    if (!session)
        return unusable_profile(name, "has a role_session_name that is not 2..64 of A-Z a-z 0-9 _ + = , . @ -");
    auto duration = default_session_duration;
    if (const auto text = p.find("duration_seconds")) {
        int seconds = 0;
        const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), seconds);
        duration = std::chrono::seconds(seconds);
        if (error != std::errc{} || end != text->data() + text->size() || !aws::is_session_duration(duration))
            return unusable_profile(name, "has a duration_seconds that is not 900..43200");
    }
    return profile_role{*std::move(role), *std::move(session), duration};
}

}  // namespace hourkey::credentials
