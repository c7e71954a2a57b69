#include "server/dev/dev_guide.hpp"

#include "core/time_text.hpp"
#include "os/private_file.hpp"
#include "server/dev/pasted_lines.hpp"

#include <chrono>
#include <cstdio>

namespace hourkey::server {
namespace {

constexpr std::chrono::seconds patience{30};

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

deadline soon() { return deadline::after(patience); }

}  // namespace

void say(const std::string& line) {
    std::fputs((line + "\n").c_str(), stdout);
    std::fflush(stdout);
}

dev_guide::dev_guide(application& on, const dev_folder& folder, net::ssl_ctx_ptr trusting, os::stop_request& stop)
    : app_(on), calls_([&stop] { return stop.has_come(); }), trusting_(std::move(trusting)), folder_(folder) {}

client::api_client dev_guide::as_holder_of(const secret& token) {
    net::endpoint to{.host = "127.0.0.1", .port = app_.port(), .tls = trusting_};
    auto host = to.host + ":" + std::to_string(to.port);
    return client::api_client(
        client::channel(calls_.reactor(), std::move(to), std::move(host), token.clone(), client::retries::none));
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
    HK_TRY(const auto tenant, tenant_name::parse(demo_tenant));
    HK_TRY(const auto app, app_name::parse(demo_app));
    HK_TRY(const auto connection, connection_name::parse(demo_connection));
    HK_TRY(const auto operator_token, token_for(model::role::operator_));
    const auto made = calls_.wait(as_holder_of(operator_token).create_tenant(tenant, soon()));
    if (!made && made.error().code != errc::already_exists) return made.error();
    HK_TRY(const auto admin_token, token_for(model::role::admin));
    admin_ = as_holder_of(admin_token);
    HK_CHECK(calls_.wait(admin_->put_app(tenant, app, {}, soon())));
    const api::connection_request link{.kind = "role", .role_arn = role.str(), .region = {}};
    HK_TRY(auto linked, calls_.wait(admin_->put_connection(tenant, connection, link, {}, soon())));
    external_id_ = std::move(linked.external_id);
    HK_CHECK(calls_.wait(admin_->put_grant(tenant, connection, app, {}, {}, soon())));
    HK_TRY(vending_, token_for(model::role::app));
    deployer_ = as_holder_of(vending_);
    return {};
}

result<verdict> dev_guide::verify() {
    HK_TRY(const auto tenant, tenant_name::parse(demo_tenant));
    HK_TRY(const auto connection, connection_name::parse(demo_connection));
    HK_TRY(auto found, calls_.wait(admin_->verify_connection(tenant, connection, soon())));
    verdict out;
    out.state = std::move(found.state);
    for (const std::string_view looked_for : {"fail", "warn"}) {
        for (const auto& step : found.steps) {
            if (!out.problem.empty() || step.state != looked_for) continue;
            out.problem = step.id + ": " + without_request_id(step.cause);
            out.is_refused = looked_for == "fail";
        }
    }
    return out;
}

result<std::optional<std::string>> dev_guide::trust_policy() {
    HK_TRY(const auto tenant, tenant_name::parse(demo_tenant));
    HK_TRY(const auto connection, connection_name::parse(demo_connection));
    HK_TRY(auto linked, calls_.wait(admin_->get_connection(tenant, connection, soon())));
    return std::move(linked.trust_policy);
}

result<api::credentials> dev_guide::vend() {
    HK_TRY(const auto connection, connection_name::parse(demo_connection));
    return calls_.wait(deployer_->get_credentials(connection, {}, soon()));
}

void dev_guide::show(const api::credentials& vended) {
    say("\nOne vend, GET " + vend_path + " as app '" + std::string(demo_app) + "' (secrets masked here):");
    say("  AccessKeyId: " + vended.access_key_id);
    say("  SecretAccessKey: " + masked(vended.secret_access_key.expose()));
    say("  SessionToken: " + masked(vended.session_token.expose()));
    say("  Expiration: " + to_rfc3339(vended.expiration));
    say("  AccountId: " + vended.account_id);
    say("  RoleArn: " + vended.role_arn);
}

result<> dev_guide::say_how_to_repeat(const std::string& sts_url) {
    const std::string url = app_.public_url() + vend_path;
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
