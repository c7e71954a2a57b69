// The floor under a vend: HTTPS in, a signed AssumeRole on a pooled connection, JSON out. No token, no store, no audit.

#include "aws/arn.hpp"
#include "aws/session_name.hpp"
#include "aws/sts_answer.hpp"
#include "aws/sts_request.hpp"
#include "aws/sts_signer.hpp"
#include "core/time_text.hpp"
#include "crypto/openssl_memory.hpp"
#include "http/client.hpp"
#include "json/writer.hpp"
#include "net/connection_pool.hpp"
#include "serving.hpp"

namespace hourkey::bench {
namespace {

struct upstream_options {
    std::uint16_t sts_port = 0;
    std::string ca_file;
    std::string role_arn;
    std::string external_id;
};

class forwarder : public plain_service {
public:
    forwarder(net::reactor& on, net::ssl_ctx_ptr tls, const upstream_options& options, aws::role_arn role)
        : pool_(on, net::endpoint{.host = "127.0.0.1", .port = options.sts_port, .tls = std::move(tls)}),
          signer_("us-east-1", "127.0.0.1:" + std::to_string(options.sts_port)),
          ask_{.role = std::move(role),
               .name = *aws::session_name::parse("bench"),
               .external_id = aws::external_id::parse(options.external_id).value(),
               .session_policy = {}} {}

    task<http::response> answer(const http::request& r) override {
        const auto now = system_clock().now();
        const auto out = signed_request(now);
        if (!out) co_return refuse(out.error(), r.client);
        auto in = co_await http::exchange(pool_, *out, r.until);
        if (!in) co_return refuse(in.error(), r.client);
        auto vended = translated(*in, now);
        if (vended) in->connection.keep();
        co_return vended ? *std::move(vended) : refuse(vended.error(), r.client);
    }

private:
    // No coroutines, so that what they need is not in answer()'s frame.
    result<http::client_request> signed_request(wall_time now) {
        http::client_request out;
        HK_TRY(out.body, aws::assume_role_body(ask_));
        auto fields = signer_.sign(base_, out.body, now);
        out.host = signer_.host();
        out.headers.reserve(3);
        out.headers.push_back({"Content-Type", std::string(aws::sts_content_type)});
        out.headers.push_back({"X-Amz-Date", std::move(fields.amz_date)});
        out.headers.push_back({"Authorization", std::move(fields.authorization)});
        return out;
    }

    result<http::response> translated(http::client_answer& in, wall_time now) const {
        if (in.status != 200) return failure(errc::sts_rejected, {}, {}, "status " + std::to_string(in.status));
        const aws::expected_session expected{ask_.role, ask_.name, ask_.duration};
        HK_TRY(const auto session, aws::parse_assume_role_answer(in.body, expected, now));
        return to_json(session);
    }

    [[nodiscard]] http::response to_json(const aws::assume_role_answer& session) const {
        json::writer w(4096);
        w.begin_object()
            .integer("Version", 1)
            .string("AccessKeyId", session.keys.access_key_id)
            .string("SecretAccessKey", session.keys.secret_access_key.expose())
            .string("SessionToken", session.keys.session_token.expose())
            .string("Token", session.keys.session_token.expose())
            .string("Expiration", to_rfc3339(*session.keys.expiration))
            .string("RoleArn", ask_.role.str())
            .end_object();
        http::response out;
        out.body = w.take();
        return out;
    }

    net::connection_pool pool_;
    aws::sts_signer signer_;
    const aws::assume_role_request ask_;
    const aws::credentials base_{"AKIAEXAMPLEEXAMPLE00", secret("wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEYab"), {}, {}};
};

}  // namespace
}  // namespace hourkey::bench

int main(int argc, char** argv) {
    using namespace hourkey;
    if (!crypto::scrub_openssl_memory()) return 1;
    CLI::App app{"Signs and forwards AssumeRole: what a vend costs at least"};
    bench::serving_options options;
    bench::upstream_options upstream;
    options.add_to(app);
    app.add_option("--sts-port", upstream.sts_port)->required();
    app.add_option("--ca", upstream.ca_file)->required();
    app.add_option("--role-arn", upstream.role_arn)->required();
    app.add_option("--external-id", upstream.external_id)->required();
    CLI11_PARSE(app, argc, argv);
    const auto role = aws::role_arn::parse(upstream.role_arn);
    if (!role) return bench::give_up(role.error());
    const auto tls = net::make_tls_client_context(upstream.ca_file);
    if (!tls) return bench::give_up(tls.error());
    return bench::serve(
        options, [&](net::reactor& on) { return std::make_unique<bench::forwarder>(on, *tls, upstream, *role); });
}
