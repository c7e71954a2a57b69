#include "api/connection.hpp"

#include "api/description.hpp"
#include "api/forms.hpp"
#include "api/page.hpp"

namespace hourkey::api {
namespace {

constexpr field role_arn_field{"role_arn", "The role that hourkey assumes; a draft has none yet.", role_arn_form};

}  // namespace

template <class Of, class Fields>
void connection::describe(Of& of, Fields& has) {
    has({"name", "Unique in its tenant.", name_form}, of.name);
    has({"kind", "What kind of link it is.", kind_form}, of.kind);
    has({"state", "Only an active and a degraded connection vend.", state_form}, of.state);
    has(role_arn_field, of.role_arn);
    has({"account_id", "Of the role.", account_form}, of.account_id);
    has({"region", "Whose STS is called; absent: the server's.", region_form}, of.region);
    has({"default_region", "For clients: where they work unless they say otherwise.", region_form}, of.default_region);
    has({"external_id", "Made by hourkey, unique for ever.", external_id_form}, of.external_id);
    has({"principal_arn", "Whom the role is to trust: hourkey's own identity; empty until AWS has told it."},
        of.principal_arn);
    has({"trust_policy", "What the role's trust policy is to be, as JSON; absent until AWS has told who hourkey is."},
        of.trust_policy);
    has({"created_at", "When it was made."}, of.created_at);
    has({"verified_at", "When it was last found active."}, of.verified_at);
    has({"last_checked_at", "When it was last looked at, whatever came of it."}, of.last_checked_at);
    has(revision_field, of.revision);
}

template <class Of, class Fields>
void connection_request::describe(Of& of, Fields& has) {
    has.refuse("external_id", "may not be set",
               "Leave it out: hourkey makes it, unique for ever, and shows it in the answer.");
    has({"kind", "What kind of link it is.", kind_form}, of.kind);
    has(role_arn_field, of.role_arn);
    has({"region", "Whose STS is called, if not the server's.", region_form}, of.region);
    has({"default_region", "For clients: told with the credentials; nothing is decided by it.", region_form},
        of.default_region);
}

template struct shape<connection>;
template struct shape<page<connection>>;
template struct shape<connection_request>;

}  // namespace hourkey::api
