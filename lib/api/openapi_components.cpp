#include "api/openapi_components.hpp"

#include "api/app.hpp"
#include "api/audit.hpp"
#include "api/aws_variables.hpp"
#include "api/connection.hpp"
#include "api/credentials.hpp"
#include "api/error.hpp"
#include "api/forms.hpp"
#include "api/grant.hpp"
#include "api/health.hpp"
#include "api/nothing.hpp"
#include "api/operation.hpp"
#include "api/page.hpp"
#include "api/resolve.hpp"
#include "api/secret_access.hpp"
#include "api/tenant.hpp"
#include "api/token.hpp"
#include "api/vault.hpp"
#include "api/verification.hpp"
#include "api/whoami.hpp"

#include <array>
#include <vector>

namespace hourkey::api {
namespace {

constexpr std::array schemas{schema_of<aws_error>,
                             schema_of<error>,
                             schema_of<liveness>,
                             schema_of<readiness_checks>,
                             schema_of<store_soundness>,
                             schema_of<readiness>,
                             schema_of<whoami>,
                             schema_of<credentials>,
                             schema_of<aws_variables>,
                             schema_of<refused_part>,
                             schema_of<resolve_error>,
                             schema_of<resolve_context>,
                             schema_of<resolve_request>,
                             schema_of<resolved_secret>,
                             schema_of<resolved>,
                             schema_of<secret_access>,
                             schema_of<secret_value>,
                             schema_of<accessed_secret>,
                             schema_of<vault_error>,
                             schema_of<vault_request>,
                             schema_of<vault_credentials>,
                             schema_of<vault_answer<vault_credentials>>,
                             schema_of<vault_owner>,
                             schema_of<vault_token>,
                             schema_of<vault_answer<vault_token>>,
                             schema_of<vault_mount>,
                             schema_of<vault_answer<vault_mount>>,
                             schema_of<vault_mounts>,
                             schema_of<vault_answer<vault_mounts>>,
                             schema_of<nothing>,
                             schema_of<credentials_request>,
                             schema_of<tenant>,
                             schema_of<page<tenant>>,
                             schema_of<tenant_request>,
                             schema_of<app>,
                             schema_of<page<app>>,
                             schema_of<connection>,
                             schema_of<page<connection>>,
                             schema_of<connection_request>,
                             schema_of<verification_step>,
                             schema_of<verification>,
                             schema_of<grant>,
                             schema_of<page<grant>>,
                             schema_of<grant_request>,
                             schema_of<token>,
                             schema_of<page<token>>,
                             schema_of<token_request>,
                             schema_of<issued_token>,
                             schema_of<audited_state>,
                             schema_of<audit_record>,
                             schema_of<audit_page>};

struct parameter {
    std::string_view key, in, name, meaning;
    form of;
};
constexpr std::array parameters{
    parameter{"tenant", "path", "tenant", "The tenant's name; the token's own.", name_form},
    parameter{"connection", "path", "connection", "The connection's name.", name_form},
    parameter{"app", "path", "app", "The app's name.", name_form},
    parameter{"grantee", "path", "app", "The app's name, or * for any app of the tenant.", app_form},
    parameter{"id", "path", "id", "The token's id.", id_form},
    parameter{"If-Match",
              "header",
              "If-Match",
              "Change only if the revision is still this one: the ETag as it came.",
              {.pattern = "^\"[0-9]+\"$"}},
    parameter{"If-None-Match", "header", "If-None-Match", "Create only.", {.pattern = "^\\*$"}},
};

struct answer_header {
    std::string_view name, meaning, type = "string";
};
constexpr std::array answer_headers{
    answer_header{"X-Request-Id", "A ULID; finds the request in the server's log and in the audit."},
    answer_header{"Cache-Control", "no-store, always."},
    answer_header{"ETag", "The revision, in double quotes."},
    answer_header{"Retry-After", "Seconds to wait; of what may be tried again.", "integer"},
    answer_header{"WWW-Authenticate", "Bearer."},
    answer_header{"Allow", "What the path answers; of a 405."},
    answer_header{"X-Hourkey-Warning", "That the credentials live shorter than was asked for, and why."},
};

std::string joined(const std::set<std::string_view>& names, std::string_view between) {
    std::string out;
    for (const auto name : names) out.append(out.empty() ? "" : between).append(name);
    return out;
}

std::vector<std::string_view> headers_of_refusal(int status) {
    if (status == 401) return {"WWW-Authenticate"};
    if (status == 429 || status == 503) return {"Retry-After"};
    return {};
}

/// The error's shape, with these codes only.
void write_error_content(json::writer& w, const refusals::codes& all, const about& of = error::is) {
    w.key("content").begin_object().key("application/json").begin_object().key("schema").begin_object();
    w.key("allOf").begin_array().begin_object().string("$ref", reference_to(of)).end_object();
    w.begin_object().key("properties").begin_object().key("code").begin_object().key("enum").begin_array();
    for (const auto code : all) w.string(code);
    w.end_array().end_object().end_object().end_object().end_array().end_object().end_object().end_object();
}

void write_security_schemes(json::writer& w) {
    w.key("securitySchemes").begin_object();
    w.key("bearer").begin_object().string("type", "http").string("scheme", "bearer");
    w.string("description", "A token of hourkey's; the scheme's name may be left out.").end_object();
    w.key("vault").begin_object().string("type", "apiKey").string("in", "header").string("name", "X-Vault-Token");
    w.string("description", "The same token, where Vault's clients put it.").end_object().end_object();
}

/// Of a request that was refused before it was known what it asks: the same on every path.
void write_unread(json::writer& w) {
    refusals::codes all;
    for (const auto code : refused_unread()) all.insert(describe(code).api);
    w.key("unread").begin_object();
    w.string("description",
             "Refused before the operation was looked at: no such path or method, or a request that "
             "the HTTP fence does not let in.");
    constexpr std::array<std::string_view, 2> headers{"Allow", "Retry-After"};
    write_answer_headers(w, headers);
    write_error_content(w, all);
    w.end_object();
}

}  // namespace

void write_reference(json::writer& w, std::string_view where, std::string_view name) {
    w.begin_object().string("$ref", "#/components/" + std::string(where) + "/" + std::string(name)).end_object();
}

void write_answer_headers(json::writer& w, std::span<const std::string_view> beside) {
    w.key("headers").begin_object();
    for (const std::string_view always : {"X-Request-Id", "Cache-Control"})
        write_reference(w.key(always), "headers", always);
    for (const auto name : beside) write_reference(w.key(name), "headers", name);
    w.end_object();
}

void write_content(json::writer& w, const schema& of) {
    w.key("content").begin_object().key("application/json").begin_object().key("schema").begin_object();
    if (of.is != nullptr) w.string("$ref", reference_to(*of.is));
    if (of.is == nullptr) w.string("type", "object");
    w.end_object().end_object().end_object();
}

refusals::by_status refusals::statuses_of(const operation& o) {
    by_status out;
    for (const auto group : o.refuses)
        for (const auto code : group) out[o.refusal.status_of(code)].insert(describe(code).api);
    return out;
}

std::string_view refusals::name_of(int status, const codes& all, const about& of) {
    auto name = joined(all, ".");
    if (&of != &error::is) name.insert(0, std::string(of.title) + ".");
    return known_.try_emplace(std::move(name), refusal{.status = status, .all = all, .of = &of}).first->first;
}

void refusals::write(json::writer& w) const {
    for (const auto& [name, of] : known_) {
        w.key(name).begin_object().string("description", "Refused: " + joined(of.all, ", ") + ".");
        write_answer_headers(w, headers_of_refusal(of.status));
        write_error_content(w, of.all, *of.of);
        w.end_object();
    }
}

void write_components(json::writer& w, const refusals& refused) {
    w.begin_object().key("schemas").begin_object();
    for (const auto& s : schemas) s.write(w.key(s.is->title));
    w.end_object().key("responses").begin_object();
    refused.write(w);
    write_unread(w);
    w.end_object().key("parameters").begin_object();
    for (const auto& p : parameters) {
        w.key(p.key).begin_object().string("name", p.name).string("in", p.in).string("description", p.meaning);
        w.boolean("required", p.in == "path").key("schema").begin_object();
        write_text_rules(w, p.of);
        w.end_object().end_object();
    }
    w.end_object().key("headers").begin_object();
    for (const auto& h : answer_headers)
        w.key(h.name)
            .begin_object()
            .string("description", h.meaning)
            .key("schema")
            .begin_object()
            .string("type", h.type)
            .end_object()
            .end_object();
    w.end_object();
    write_security_schemes(w);
    w.end_object();
}

}  // namespace hourkey::api
