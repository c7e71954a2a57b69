#include "api/token.hpp"

#include "api/description.hpp"
#include "api/forms.hpp"
#include "api/page.hpp"
#include "api/token_fields.hpp"

namespace hourkey::api {
namespace {

constexpr form token_form{.pattern =
                              "^hk_(operator|admin|app|auditor)_[0-9A-HJKMNP-TV-Z]{26}_[0-9A-Za-z]{43}_"
                              "[0-9A-Za-z]{6}$"};

}  // namespace

template <class Of, class Fields>
void token::describe(Of& of, Fields& has) {
    has({"id", "A ULID; the second part of the token.", id_form}, of.id);
    has(token_role_field, of.role);
    has({"app", "Of role app.", name_form}, of.app);
    has(token_stage_field, of.stage);
    has({"created_at", "When it was made."}, of.created_at);
    has({"expires_at", "When it ends."}, of.expires_at);
    has({"last_used_at", "To five minutes."}, of.last_used_at);
    has({"revoked_at", "When it was revoked."}, of.revoked_at);
}

template <class Of, class Fields>
void token_request::describe(Of& of, Fields& has) {
    has(token_role_field, of.role);
    has(token_app_field, of.app);
    has(token_stage_field, of.stage);
    has(token_life_field, of.expires_in);
}

template <class Of, class Fields>
void issued_token::describe(Of& of, Fields& has) {
    has({"id", "A ULID, by which it is listed and revoked.", id_form}, of.id);
    has({"token", "The token. A secret; hourkey keeps only its HMAC.", token_form}, of.token);
    has(token_role_field, of.role);
    has({"expires_at", "When it ends."}, of.expires_at);
}

template struct shape<token>;
template struct shape<page<token>>;
template struct shape<token_request>;
template struct shape<issued_token>;

}  // namespace hourkey::api
