#include "clients/cli/caller_identity.hpp"

#include "aws/arn.hpp"
#include "aws/credentials.hpp"
#include "aws/error_class.hpp"
#include "aws/partition.hpp"
#include "aws/sts_request.hpp"
#include "aws/sts_signer.hpp"
#include "core/deadline.hpp"
#include "core/ip_address.hpp"
#include "http/client.hpp"
#include "http/url.hpp"
#include "net/connection_pool.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace hourkey::cli {
namespace {

std::string first_of(const environment& variables, std::initializer_list<const char*> names) {
    for (const auto* name : names)
        if (const auto value = find_variable(variables, name)) return std::string(*value);
    return {};
}

/// Any region of a partition knows its credentials.
std::string region_of_partition(std::string_view partition) {
    if (partition == "aws-cn") return "cn-north-1";
    if (partition == "aws-us-gov") return "us-gov-west-1";
    if (partition == "aws-eusc") return "eusc-de-east-1";
    return "us-east-1";
}

/// Owns all that the exchange uses, also when that is given up.
struct question {
    net::connection_pool pool;
    http::client_request what;
};

task<result<http::client_answer>> send(std::shared_ptr<question> q, deadline until) {
    co_return co_await http::exchange(q->pool, q->what, until);
}

http::client_request signed_request(const api::credentials& with, const sts_place& at, const std::string& host) {
    aws::sts_signer signer(at.region, host);
    const aws::credentials keys{with.access_key_id, with.secret_access_key.clone(), with.session_token.clone(), {}};
    auto fields = signer.sign(keys, aws::get_caller_identity_body, system_clock().now());
    http::client_request out;
    out.verb = http::method::post;
    out.host = host;
    out.body = aws::get_caller_identity_body;
    out.headers = {{"Content-Type", std::string(aws::sts_content_type)},
                   {"X-Amz-Security-Token", std::string(with.session_token.expose())},
                   {"X-Amz-Date", std::move(fields.amz_date)},
                   {"Authorization", std::move(fields.authorization)}};
    return out;
}

/// The server's words for it would be about its own credentials.
failure refused(const aws::error_answer& told, int status, const sts_place& at) {
    auto why = aws::to_failure(told, {.http_status = status, .region = at.region, .retry_after = {}});
    if (told.code.empty()) {
        why.message = at.url + " did not answer as AWS STS does.";
        why.hint = "Check the endpoint, and what stands between.";
    } else if (!describe(why.code).retryable || why.code == errc::base_credentials_unavailable) {
        why = failure(errc::sts_rejected, "AWS does not take these credentials: " + told.code + ".",
                      "Ask for new ones; if it lasts, check that the clock is right and the endpoint is the account's.",
                      told.message);
    }
    return why;
}

result<aws::caller_identity> judge(http::client_answer answer, const sts_place& at) {
    if (answer.status != 200) return refused(aws::parse_error_answer(answer.body), answer.status, at);
    HK_TRY(auto told, aws::parse_caller_identity_answer(answer.body));
    return std::move(told.who);
}

}  // namespace

result<sts_place> choose_sts(const std::string& url, const std::optional<std::string>& region,
                             const std::string& role_arn, const environment& variables) {
    sts_place out;
    HK_TRY(const auto role, aws::role_arn::parse(role_arn));
    out.region = region ? *region : first_of(variables, {"AWS_REGION", "AWS_DEFAULT_REGION"});
    const auto* of_region = aws::partition_of_region(out.region);
    if (of_region == nullptr || of_region->name != role.partition()) out.region = region_of_partition(role.partition());
    out.url = url.empty() ? first_of(variables, {"AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"}) : url;
    out.ca_file = first_of(variables, {"AWS_CA_BUNDLE", "SSL_CERT_FILE"});
    if (!out.url.empty()) return out;
    HK_TRY(const auto host, aws::sts_host(out.region));
    out.url = "https://" + host;
    return out;
}

result<aws::caller_identity> ask_who_signs(const api::credentials& with, const sts_place& at,
                                           std::chrono::seconds patience) {
    auto where = http::parse_server_url(at.url);
    if (where && !where->secure && !is_loopback_host(where->host))
        where = http::bad_url("is http:// to another machine");
    if (!where)
        return failure(errc::invalid_configuration, "STS's URL " + where.error().message + ".", where.error().hint);
    net::endpoint to{.host = where->host, .port = where->port, .tls = {}};
    if (where->secure) {
        HK_TRY(to.tls, net::make_tls_client_context(at.ca_file));
    }
    net::blocking_calls calls;
    const std::shared_ptr<question> q(new question{net::connection_pool(calls.reactor(), std::move(to)),
                                                   signed_request(with, at, where->host_field())});
    auto answer = calls.wait(send(q, deadline::after(patience)));
    for (auto& field : q->what.headers) wipe_container(field.value);
    if (!answer) {
        auto why = std::move(answer).error();
        why.message = "AWS STS at " + at.url + " cannot be asked.";
        return why;
    }
    return judge(*std::move(answer), at);
}

bool is_of_role(const aws::caller_identity& who, const std::string& role_arn) {
    const auto role = aws::role_arn::parse(role_arn);
    return role && who.is_role_session() && who.account_id == role->account_id() && who.name == role->role_name();
}

}  // namespace hourkey::cli
