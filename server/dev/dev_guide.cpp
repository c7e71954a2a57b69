#include "server/dev/dev_guide.hpp"

#include "json/reader.hpp"
#include "os/private_file.hpp"
#include "server/dev/pasted_lines.hpp"

#include <cstdio>

namespace hourkey::server {
namespace {

const std::string tenant_path = "/v1/tenants/" + std::string(demo_tenant);
const std::string connection_path = tenant_path + "/connections/" + std::string(demo_connection);
const std::string vend_path = "/v1/credentials/" + std::string(demo_connection);

/// Each verification has requests of its own; what is left changes only when the reason does.
std::string without_request_id(std::string_view cause) {
    const auto at = cause.find(", request ");
    if (at == std::string_view::npos) return std::string(cause);
    return std::string(cause.substr(0, at)) + ")";
}

std::string masked(std::string_view text) {
    return std::string(text.substr(0, 4)) + "... (" + std::to_string(text.size()) + " characters)";
}

}  // namespace

void say(const std::string& line) {
    std::fputs((line + "\n").c_str(), stdout);
    std::fflush(stdout);
}

dev_guide::dev_guide(application& on, const dev_folder& folder, net::ssl_ctx_ptr trusting, os::stop_request& stop)
    : app_(on),
      client_(net::endpoint{.host = "127.0.0.1", .port = on.port(), .tls = std::move(trusting)},
              [&stop] { return stop.has_come(); }),
      folder_(folder) {}

result<std::string> dev_guide::call(http::method verb, const std::string& target, const std::string& body,
                                    std::string_view token) {
    HK_TRY(auto answer, client_.send(verb, target, body, token));
    if (answer.status < 300 || (answer.status == 409 && target == "/v1/tenants")) return std::move(answer.body);
    return failure(errc::internal, std::string(to_text(verb)) + " " + target + " answered " +
                                       std::to_string(answer.status) + ": " + answer.body);
}

result<secret> dev_guide::token_for(model::role role) {
    tenancy::token_request wanted;
    wanted.role = role;
    wanted.life = std::chrono::days{1};
    if (role != model::role::operator_) {
        HK_TRY(wanted.tenant, tenant_name::parse(demo_tenant));
    }
    if (role == model::role::app) {
        HK_TRY(wanted.app, app_name::parse(demo_app));
    }
    HK_TRY(auto issued, app_.issue_token(wanted));
    return std::move(issued.text);
}

result<> dev_guide::prepare(const aws::role_arn& role) {
    HK_TRY(const auto operator_token, token_for(model::role::operator_));
    HK_CHECK(call(http::method::post, "/v1/tenants", R"({"name":")" + std::string(demo_tenant) + R"("})",
                  operator_token.expose()));
    HK_TRY(admin_, token_for(model::role::admin));
    HK_CHECK(call(http::method::put, tenant_path + "/apps/" + std::string(demo_app), "{}", admin_.expose()));
    HK_TRY(const auto linked, call(http::method::put, connection_path,
                                   R"({"kind":"role","role_arn":")" + role.str() + R"("})", admin_.expose()));
    HK_TRY(const auto document, json::parse(linked));
    HK_TRY(external_id_, document.root().string("external_id"));
    HK_CHECK(call(http::method::put, connection_path + "/grants/" + std::string(demo_app), "{}", admin_.expose()));
    HK_TRY(vending_, token_for(model::role::app));
    return {};
}

result<verdict> dev_guide::verify() {
    HK_TRY(const auto body, call(http::method::post, connection_path + "/verify", "", admin_.expose()));
    HK_TRY(const auto document, json::parse(body));
    auto fields = document.root();
    HK_TRY(const auto state, fields.string("state"));
    HK_TRY(auto steps, fields.optional_objects("steps"));
    verdict out;
    out.state = state;
    for (const std::string_view looked_for : {"fail", "warn"}) {
        for (auto& step : *steps) {
            HK_TRY(const auto id, step.string("id"));
            HK_TRY(const auto outcome, step.string("state"));
            HK_TRY(const auto cause, step.string("cause"));
            if (!out.problem.empty() || outcome != looked_for) continue;
            out.problem = std::string(id) + ": " + without_request_id(cause);
            out.is_refused = looked_for == "fail";
        }
    }
    return out;
}

result<std::optional<std::string>> dev_guide::trust_policy() {
    HK_TRY(const auto linked, call(http::method::get, connection_path, "", admin_.expose()));
    HK_TRY(const auto document, json::parse(linked));
    HK_TRY(const auto policy, document.root().optional_string("trust_policy"));
    return policy ? std::optional(std::string(*policy)) : std::nullopt;
}

result<blocking_client::answer> dev_guide::vend() {
    return client_.send(http::method::get, vend_path, "", vending_.expose());
}

result<> dev_guide::show(const std::string& vended) {
    HK_TRY(const auto document, json::parse(vended));
    auto fields = document.root();
    say("\nOne vend, GET " + vend_path + " as app '" + std::string(demo_app) + "' (secrets masked here):");
    for (const auto* name : {"AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration", "AccountId", "RoleArn"}) {
        HK_TRY(const auto value, fields.string(name));
        const bool hide = std::string_view(name) == "SecretAccessKey" || std::string_view(name) == "SessionToken";
        say("  " + std::string(name) + ": " + (hide ? masked(value) : std::string(value)));
    }
    return {};
}

result<> dev_guide::say_how_to_repeat(const std::string& sts_url) {
    const std::string url = "https://127.0.0.1:" + std::to_string(app_.port()) + vend_path;
    HK_CHECK(os::write_private_file(folder_.authorization,
                                    "Authorization: Bearer " + std::string(vending_.expose()) + "\n",
                                    os::private_file_mode::replace));
    HK_CHECK(os::write_private_file(folder_.aws_config, aws_profile(folder_, url, app_.region()),
                                    os::private_file_mode::replace));
    say("\nRepeat it" +
        std::string(is_installed("curl") ? "" : ", once curl is installed (sudo apt-get install curl)") + ":\n  " +
        curl_line(folder_, url));
    say("\nUse it, as AWS's tools do (the profile fetches from hourkey through credential_process)" +
        std::string(is_installed("aws") ? "" : ", once awscli is installed (sudo apt-get install awscli)") + ":\n  " +
        aws_line(folder_, sts_url));
    say("\nGet a token of the tenant's admin, for the rest of the API (docs/API.md):\n  " +
        admin_token_line(folder_, demo_tenant));
    return {};
}

}  // namespace hourkey::server
