#include "api/openapi.hpp"

#include "api/openapi_components.hpp"
#include "api/operation.hpp"
#include "core/ascii.hpp"

#include <set>
#include <vector>

namespace hourkey::api {
namespace {

/// A path's `{app}` may be a star where a grant is named.
std::string_view parameter_of(std::string_view path, std::string_view in_braces) {
    return in_braces == "app" && path.find("/grants/") != std::string_view::npos ? "grantee" : in_braces;
}

void write_path_parameters(json::writer& w, std::string_view path) {
    w.key("parameters").begin_array();
    for (auto open = path.find('{'); open != std::string_view::npos; open = path.find('{', open + 1)) {
        const auto name = path.substr(open + 1, path.find('}', open) - open - 1);
        write_reference(w, "parameters", parameter_of(path, name));
    }
    w.end_array();
}

void write_parameters(json::writer& w, const operation& o) {
    w.key("parameters").begin_array();
    if (o.query.is != nullptr) o.query.write_parameters(w);
    if (o.tells == revisions::demanded || o.tells == revisions::ended) write_reference(w, "parameters", "If-Match");
    if (o.tells == revisions::demanded) write_reference(w, "parameters", "If-None-Match");
    w.end_array();
}

void write_request(json::writer& w, const operation& o) {
    if (o.body.is == nullptr) return;
    w.key("requestBody").begin_object().boolean("required", false);
    write_content(w, o.body);
    w.end_object();
}

std::string_view words_for(int status) {
    switch (status) {
        case 200: return "Done.";
        case 201: return "Made.";
        case 204: return "Done; there is no body.";
        default: return "Not now.";
    }
}

void write_good(json::writer& w, const operation& o, const good_answer& a) {
    w.key(std::to_string(a.status)).begin_object().string("description", words_for(a.status));
    std::vector<std::string_view> headers;
    if (o.tells == revisions::told || o.tells == revisions::demanded) headers.emplace_back("ETag");
    if (!o.warning_header.empty()) headers.push_back(o.warning_header);
    write_answer_headers(w, headers);
    if (a.status != 204) write_content(w, a.of);
    w.end_object();
}

void write_answers(json::writer& w, const operation& o, refusals& refused) {
    w.key("responses").begin_object();
    for (const auto& a : o.good)
        if (a.status != 0) write_good(w, o, a);
    for (const auto& [status, codes] : refusals::statuses_of(o))
        write_reference(w.key(std::to_string(status)), "responses", refused.name_of(status, codes, *o.refusal.of));
    write_reference(w.key("default"), "responses", "unread");
    w.end_object();
}

/// What the path is about; its own word is its first one behind /v1 and the tenant.
std::string_view tag_of(std::string_view path) {
    for (const auto& [front, tag] : {std::pair<std::string_view, std::string_view>{"/v1/aws/", "vault"},
                                     {"/v1/auth/", "vault"},
                                     {"/v1/sys/", "vault"},
                                     {"/v1/resolve", "credentials"},
                                     {"/v1/environment/", "credentials"},
                                     {"/tenants/", "serverless"}})
        if (path.starts_with(front)) return tag;
    for (const std::string_view tag : {"grants", "connections", "apps", "tokens", "audit", "tenants", "credentials"})
        if (path.find("/" + std::string(tag)) != std::string_view::npos) return tag;
    return "server";
}

void write_operation(json::writer& w, const operation& o, const offered& as, refusals& refused) {
    w.key(lowered(o.verb)).begin_object().string("operationId", o.id).string("summary", o.about);
    w.key("tags").begin_array().string(tag_of(o.path)).end_array();
    if (as.roles.empty()) w.key("security").begin_array().end_array();
    if (!as.roles.empty()) w.string("description", "For tokens of role " + as.roles + ".");
    write_parameters(w, o);
    write_request(w, o);
    write_answers(w, o, refused);
    w.end_object();
}

void write_paths(json::writer& w, std::span<const offered> routes, refusals& refused) {
    std::set<std::string_view> written;
    w.begin_object();
    for (const auto& first : routes) {
        if (!written.insert(first.path).second) continue;
        w.key(first.path).begin_object();
        write_path_parameters(w, first.path);
        for (const auto& r : routes) {
            const auto* const o = r.path == first.path ? find_operation(r.verb, r.path) : nullptr;
            if (o != nullptr) write_operation(w, *o, r, refused);
        }
        w.end_object();
    }
    w.end_object();
}

}  // namespace

std::string openapi_document(std::span<const offered> routes, std::string_view version) {
    refusals refused;
    json::writer w(128 * 1024);
    w.begin_object().string("openapi", "3.1.0").key("info").begin_object();
    w.string("title", "hourkey").string("version", version);
    w.string("summary", "Temporary AWS credentials for deploy tools.");
    w.string("description",
             "Bodies are one JSON object; an unknown field or parameter is an error. Answers may have more fields than "
             "are here: pass over what you do not know. Names match [a-z0-9][a-z0-9-]{0,62}, ids are ULIDs, times are "
             "RFC 3339 in UTC. docs/API.md has the rest.");
    w.key("license").begin_object().string("name", "Apache-2.0").string("identifier", "Apache-2.0").end_object();
    w.end_object().key("security").begin_array();
    for (const std::string_view scheme : {"bearer", "vault"})
        w.begin_object().key(scheme).begin_array().end_array().end_object();
    w.end_array();
    write_paths(w.key("paths"), routes, refused);
    write_components(w.key("components"), refused);
    w.end_object();
    return w.take();
}

}  // namespace hourkey::api
