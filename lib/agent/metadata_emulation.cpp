#include "agent/metadata_emulation.hpp"

#include "agent/access.hpp"
#include "agent/answers.hpp"
#include "core/json_escape.hpp"
#include "core/number.hpp"
#include "core/time_text.hpp"
#include "crypto/hash.hpp"

#include <utility>

namespace hourkey::agent {
namespace {

constexpr std::string_view ttl_field = "X-aws-ec2-metadata-token-ttl-seconds";
constexpr std::string_view roles = "/latest/meta-data/iam/security-credentials";
constexpr std::uint32_t longest_ttl = 21'600;  // IMDS refuses more

void add(std::string& out, std::string_view name, std::string_view value) {
    out.append(out.empty() ? "{" : ",").append("\"").append(name).append("\":\"");
    append_json_escaped(out, value);
    out.append("\"");
}

http::response document_of(const api::credentials& what) {
    auto a = text_answer(200, {});  // as IMDS has it
    // Growing would leave copies behind.
    a.body.reserve(1024 + what.secret_access_key.size() + what.session_token.size());
    // What the SDKs read, and LastUpdated, which some want to be there.
    add(a.body, "Code", "Success");
    add(a.body, "LastUpdated", to_rfc3339(system_clock().now()));
    add(a.body, "Type", "AWS-HMAC");
    add(a.body, "AccessKeyId", what.access_key_id);
    add(a.body, "SecretAccessKey", what.secret_access_key.expose());
    add(a.body, "Token", what.session_token.expose());
    add(a.body, "Expiration", to_rfc3339(what.expiration));
    a.body.append("}");
    return a;
}

http::response nothing_here() { return text_answer(404, "404 - Not Found\n"); }

}  // namespace

metadata_emulation::metadata_emulation(std::shared_ptr<keeper> of, std::string region)
    : of_(std::move(of)), region_(std::move(region)), token_(make_token()) {}

task<http::response> metadata_emulation::answer(const http::request& r, deadline until) const {
    // IMDSv2 refuses what was handed on; and no SDK is a web page.
    if (r.find("X-Forwarded-For") || r.find("Origin")) co_return text_answer(403, "403 - Forbidden\n");
    if (r.path == "/latest/api/token") {
        co_return r.verb == http::method::put ? issue_token(r) : text_answer(405, "405 - Not Allowed\n");
    }
    if (r.verb != http::method::get) co_return text_answer(405, "405 - Not Allowed\n");
    if (!carries(r.find("X-aws-ec2-metadata-token").value_or(""), token_))
        co_return text_answer(401, "401 - Unauthorized\n");
    const auto& name = of_->connection().str();
    if (r.path == "/latest/meta-data/placement/region" && !region_.empty()) co_return text_answer(200, region_);
    if (!r.path.starts_with(roles)) co_return nothing_here();
    const auto rest = r.path.substr(roles.size());
    if (rest.empty() || rest == "/") co_return text_answer(200, name);
    if (rest.front() == '/' && rest.substr(1) == name) co_return co_await role_credentials(until);
    co_return nothing_here();
}

http::response metadata_emulation::issue_token(const http::request& r) const {
    const auto ttl = parse_number<std::uint32_t>(r.find(ttl_field).value_or(""));
    if (!ttl || *ttl == 0 || *ttl > longest_ttl) return text_answer(400, "400 - Bad Request\n");
    auto a = text_answer(200, token_.expose());
    a.headers.push_back({std::string(ttl_field), std::to_string(*ttl)});
    return a;
}

task<http::response> metadata_emulation::role_credentials(deadline until) const {
    const auto got = co_await of_->get(until);
    if (got) co_return document_of(**got);
    co_return error_answer(got.error());
}

}  // namespace hourkey::agent
