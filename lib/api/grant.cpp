#include "api/grant.hpp"

#include "api/description.hpp"
#include "api/forms.hpp"
#include "api/page.hpp"
#include "aws/session_limits.hpp"

namespace hourkey::api {
namespace {

constexpr field max_duration_field{
    .name = "max_duration_seconds",
    .meaning = "The longest that a vend may ask for; absent: the server's default, an hour.",
    .least = aws::shortest_session.count(),
    .most = aws::longest_session.count()};
constexpr field expires_at_field{"expires_at", "When it ends; in the future when it is given."};
constexpr field reason_field{"reason", "Why it was given.", {.most_bytes = 256}};

}  // namespace

template <class Of, class Fields>
void grant::describe(Of& of, Fields& has) {
    has({"app", "The app that may use the connection; *: any app of the tenant.", app_form}, of.app);
    has({"connection", "The connection that it is about.", name_form}, of.connection);
    has(max_duration_field, of.max_duration);
    has(expires_at_field, of.expires_at);
    has(reason_field, of.reason);
    has({"created_at", "When it was made."}, of.created_at);
    has(revision_field, of.revision);
}

template <class Of, class Fields>
void grant_request::describe(Of& of, Fields& has) {
    has(max_duration_field, of.max_duration);
    has(expires_at_field, of.expires_at);
    has(reason_field, of.reason);
}

template struct shape<grant>;
template struct shape<page<grant>>;
template struct shape<grant_request>;

}  // namespace hourkey::api
