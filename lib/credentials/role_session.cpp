#include "credentials/role_session.hpp"

#include <utility>

namespace hourkey::credentials {

fetched_keys keys_of_session(sts::assumed_role session, const aws::role_arn& role) {
    fetched_keys out{std::move(session.keys)};
    auto who = aws::parse_caller_identity(session.assumed_role_arn);
    if (who) out.who = *std::move(who);
    out.assumed = role;
    return out;
}

failure refused_session(std::string hint, const failure& why, const aws::role_arn& role) {
    if (why.aws && !why.aws->code.empty()) hint.append(" (AWS: ").append(why.aws->code).append(")");
    auto out = unusable(std::move(hint), role.str() + ": " + std::string(why.text()) + " " + why.cause);
    out.aws = why.aws;
    return out;
}

}  // namespace hourkey::credentials
