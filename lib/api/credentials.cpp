#include "api/credentials.hpp"

#include "api/description.hpp"
#include "api/forms.hpp"
#include "aws/session_limits.hpp"

namespace hourkey::api {

template <class Of, class Fields>
void credentials::describe(Of& of, Fields& has) {
    has({.name = "Version", .meaning = "1, as credential_process asks for.", .least = 1, .most = 1}, of.version);
    has({"AccessKeyId", "Not a secret; it joins CloudTrail's records.", {.pattern = "^[0-9A-Za-z_]{16,128}$"}},
        of.access_key_id);
    has({"SecretAccessKey", "A secret."}, of.secret_access_key);
    has({"SessionToken", "A secret."}, of.session_token);
    has({"Token", "The session token under the name that the container provider reads."}, of.token);
    has({"Expiration", "When AWS stops taking them."}, of.expiration);
    has({"AccountId", "Of the role.", account_form}, of.account_id);
    has({"RoleArn", "The role that was assumed.", role_arn_form}, of.role_arn);
    has({"Region", "The connection's default_region, when it has one.", region_form}, of.region);
}

template <class Of, class Fields>
void credentials_request::describe(Of& of, Fields& has) {
    // Whether AWS and the grant allow them is policy's to say.
    has({.name = "duration_seconds",
         .meaning = "At most what the grant allows; by default an hour, or the grant's maximum if that is less.",
         .least = aws::shortest_session.count(),
         .most = aws::longest_session.count(),
         .is_judged_later = true},
        of.duration);
    has({.name = "min_ttl_seconds",
         .meaning = "Rather no credentials than some that live shorter.",
         .least = 0,
         .most = aws::longest_session.count(),
         .is_judged_later = true},
        of.min_ttl);
    constexpr std::string_view unused = "Taken and not used: it will choose among connections, and here one is named.";
    has({"stage", unused}, of.stage);
    has({"service", unused}, of.service);
    has({"region", unused}, of.region);
    has({"project", unused}, of.project);
}

template struct shape<credentials>;
template struct shape<credentials_request>;

}  // namespace hourkey::api
