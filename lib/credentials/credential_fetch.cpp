#include "credentials/credential_fetch.hpp"

#include "core/time_text.hpp"
#include "credentials/container_source.hpp"
#include "credentials/expiration_text.hpp"
#include "credentials/metadata_source.hpp"
#include "credentials/process.hpp"
#include "os/private_file.hpp"
#include "sts/operations.hpp"

#include <utility>

namespace hourkey::credentials {
namespace {

failure unusable(std::string hint, std::string cause = {}) {
    return failure(errc::base_credentials_unavailable, {}, std::move(hint), std::move(cause));
}

task<result<aws::credentials>> run_program(process_command command, const base_credentials_settings& settings) {
    HK_CO_TRY(const auto document,
              co_await run_process(std::move(command),
                                   deadline(settings.calls.clock->steady_now() + settings.process_timeout)));
    auto output = read_process_output_json(document.expose());
    // The reader's own words might quote the document.
    if (!output)
        co_return unusable(
            "credential_process wrote no valid JSON document with Version, AccessKeyId and SecretAccessKey");
    co_return judge_process_output(*output);
}

task<result<aws::credentials>> ask_platform(decltype(credential_plan::root) root, net::reactor& on,
                                            const base_credentials_settings& settings) {
    if (auto* endpoint = std::get_if<container_endpoint>(&root))
        return fetch_from_container(std::move(*endpoint), on, settings);
    return fetch_from_metadata(std::get<instance_metadata>(std::move(root)), on, settings);
}

failure refused_token(const failure& why, const web_identity& who) {
    std::string hint = "its web identity token was not taken";
    if (why.aws && !why.aws->code.empty()) hint.append(" (AWS: ").append(why.aws->code).append(")");
    auto out = unusable(std::move(hint), who.role.str() + ": " + std::string(why.text()) + " " + why.cause);
    out.aws = why.aws;
    return out;
}

failure refused_step(const failure& why, const role_step& step) {
    std::string hint = "its role_arn could not be assumed";
    if (why.aws && !why.aws->code.empty()) hint.append(" (AWS: ").append(why.aws->code).append(")");
    auto out = unusable(std::move(hint), step.role.str() + ": " + std::string(why.text()) + " " + why.cause);
    out.aws = why.aws;
    return out;
}

}  // namespace

result<aws::credentials> judge_process_output(const process_output& output) {
    if (output.version != 1) return unusable("credential_process wrote a document of another Version than 1");
    std::optional<wall_time> expiration;
    if (!output.expiration.empty()) {
        const auto parsed = parse_expiration(output.expiration);
        if (!parsed)
            return unusable(
                "credential_process wrote an Expiration that is no time with its zone, such as 2026-11-22T02:59:40Z");
        expiration = *parsed;
    }
    return make_credentials(output.access_key_id, output.secret_access_key.expose(), output.session_token.expose(),
                            expiration, "credential_process", {"AccessKeyId", "SecretAccessKey", "SessionToken"});
}

task<result<sts::base_identity>> fetch_credentials(credential_plan plan, sts::channel& over, net::reactor& on,
                                                   const base_credentials_settings& settings) {
    sts::base_identity out;
    out.source = std::move(plan.source);
    const auto prefixed = [&](failure why) {
        why.hint.insert(0, plan.lacking + out.source + ": ");
        if (!plan.files.empty()) why.cause.append(why.cause.empty() ? "" : "; ").append(plan.files);
        return why;
    };
    const auto take = [&out](sts::assumed_role session, const aws::role_arn& role) {
        auto who = aws::parse_caller_identity(session.assumed_role_arn);
        out.keys = std::move(session.keys);
        if (who) out.who = *std::move(who);
        out.assumed = role;
    };
    if (auto* keys = std::get_if<aws::credentials>(&plan.root)) {
        out.keys = std::move(*keys);
    } else if (const auto* bearer = std::get_if<web_identity>(&plan.root)) {
        auto token = os::read_token_file(bearer->token_file);  // anew each time: it lives for an hour or so
        if (!token) co_return prefixed(unusable("its token file cannot be used", std::string(token.error().text())));
        aws::web_identity_request request{bearer->role, bearer->session, bearer->duration};
        auto session = co_await sts::assume_role_with_web_identity(
            over, std::move(request), *std::move(token),
            deadline(settings.calls.clock->steady_now() + settings.fetch_timeout));
        if (!session) co_return prefixed(refused_token(session.error(), *bearer));
        take(*std::move(session), bearer->role);
    } else if (!std::holds_alternative<process_command>(plan.root)) {
        auto given = co_await ask_platform(std::move(plan.root), on, settings);
        if (!given) co_return prefixed(std::move(given).error());
        out.keys = *std::move(given);
    } else {
        auto keys_from_program = co_await run_program(std::get<process_command>(std::move(plan.root)), settings);
        if (!keys_from_program) co_return prefixed(std::move(keys_from_program).error());
        out.keys = *std::move(keys_from_program);
    }
    for (const auto& step : plan.steps) {
        const auto external_id = step.external_id.empty() ? std::nullopt : std::optional(step.external_id);
        aws::assume_role_request request{step.role, step.session, step.duration, external_id, std::nullopt};
        auto session = co_await sts::assume_role(over, std::move(request), out.keys, out.kind(),
                                                 deadline(settings.calls.clock->steady_now() + settings.fetch_timeout));
        if (!session) co_return prefixed(refused_step(session.error(), step));
        take(*std::move(session), step.role);
    }
    out.fetched = settings.calls.clock->now();
    if (out.keys.expiration && *out.keys.expiration <= out.fetched + settings.calls.correction->value())
        co_return prefixed(unusable("its credentials expired at " + to_rfc3339(*out.keys.expiration)));
    co_return out;
}

}  // namespace hourkey::credentials
