#include "api/vault.hpp"

#include "api/description.hpp"
#include "api/error_fields.hpp"
#include "api/forms.hpp"

namespace hourkey::api {

template <class Of, class Fields>
void vault_error::describe(Of& of, Fields& has) {
    has({"errors", "All that Vault's clients show."}, of.errors);
    describe_refusal(of, has);
    describe_help(of, has);
}

int vault_status(errc code) noexcept {
    // Clients tell a token that is none by 403; a 404 they take for a secret that is not there.
    if (code == errc::unauthenticated || code == errc::not_found) return 403;
    return hourkey::describe(code).http_status;
}

template <class Of, class Fields>
void vault_request::describe(Of& of, Fields& has) {
    has({"name", "The connection's, once more.", name_form}, of.name);
    has({"role_arn", "Taken when it is the connection's own: nobody chooses the role.", role_arn_form}, of.role_arn);
    has({"ttl", "How long they are to live, 15m or seconds; cut to what the grant allows."}, of.ttl);
    has({"role_session_name", "Taken and not used: hourkey names sessions."}, of.role_session_name);
}

result<vault_request> read_vault_request(std::string_view body) {
    HK_TRY(const auto document, parse_body(body, sender::client));
    auto root = document.root();
    vault_request out;
    HK_TRY(const auto ttl, root.optional_texts("ttl"));
    if (ttl && ttl->size() != 1)
        return invalid_field("ttl", "is not one duration", "Write it as \"15m\", or in seconds.");
    if (ttl) out.ttl = ttl->front();
    for (const auto& [field, into] : {std::pair<std::string_view, std::optional<std::string>*>{"name", &out.name},
                                      {"role_arn", &out.role_arn},
                                      {"role_session_name", &out.role_session_name}}) {
        HK_TRY(const auto text, root.optional_string(field));
        if (text) *into = std::string(*text);
    }
    HK_CHECK(root.finish());
    return out;
}

template <class Of, class Fields>
void vault_credentials::describe(Of& of, Fields& has) {
    has({"access_key", "Not a secret; it joins CloudTrail's records."}, of.access_key);
    has({"secret_key", "A secret."}, of.secret_key);
    has({"security_token", "A secret."}, of.security_token);
    has({"session_token", "The same under its newer name."}, of.session_token);
    has({"arn", "Of the session."}, of.arn);
    has({"ttl", "Seconds until AWS stops taking them."}, of.ttl);
}

template <class Of, class Fields>
void vault_owner::describe(Of& of, Fields& has) {
    has({"role", "What the token may do.", role_form}, of.role);
    has({"tenant", "Of every role but operator.", name_form}, of.tenant);
    has({"app", "Of role app.", name_form}, of.app);
    has({"stage", "That the token is pinned to.", name_form}, of.stage);
}

template <class Of, class Fields>
void vault_token::describe(Of& of, Fields& has) {
    has({"id", "The token's id; never the token itself, which Vault shows here.", id_form}, of.id);
    has({"accessor", "The same.", id_form}, of.accessor);
    has({"display_name", "The app, or the role."}, of.display_name);
    has({"policies", "The role."}, of.policies);
    has({"meta", "Whose it is."}, of.meta);
    has({"type", "service"}, of.type);
    has({"expire_time", "When it ends."}, of.expire_time);
    has({"ttl", "Seconds until then."}, of.ttl);
    has({"renewable", "Never."}, of.renewable);
    has({"orphan", "Always."}, of.orphan);
}

template <class Of, class Fields>
void vault_mount::describe(Of& of, Fields& has) {
    has({"path", "Where it is."}, of.path);
    has({"type", "What it is."}, of.type);
    has({"description", "For people."}, of.description);
}

template <class Of, class Fields>
void vault_mounts::describe(Of& of, Fields& has) {
    has({"secret", "By their paths."}, of.secret);
    has({"auth", "By their paths."}, of.auth);
}

template struct shape<vault_error>;
template struct shape<vault_request>;
template struct shape<vault_credentials>;
template struct shape<vault_answer<vault_credentials>>;
template struct shape<vault_owner>;
template struct shape<vault_token>;
template struct shape<vault_answer<vault_token>>;
template struct shape<vault_mount>;
template struct shape<vault_answer<vault_mount>>;
template struct shape<vault_mounts>;
template struct shape<vault_answer<vault_mounts>>;

}  // namespace hourkey::api
