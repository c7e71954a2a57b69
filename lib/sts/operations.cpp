#include "sts/operations.hpp"

#include <algorithm>
#include <utility>

namespace hourkey::sts {
namespace {

/// The request id is what AWS's support asks for, also about an answer that we do not believe.
template <class Answer>
result<Answer> settle(channel& over, channel::answer& got, result<Answer> parsed) {
    over.settle(got, parsed ? std::nullopt : std::optional(parsed.error().code));
    if (parsed) {
        if (parsed->request_id.empty()) parsed->request_id = std::move(got.request_id);
        return parsed;
    }
    auto why = std::move(parsed).error();
    why.aws = aws_detail{{}, std::move(got.request_id), over.region()};
    return why;
}

}  // namespace

task<result<assumed_role>> assume_role(channel& over, aws::assume_role_request what, const aws::credentials& with,
                                       aws::base_identity kind, deadline until, aws::retry_bucket* share) {
    HK_CO_CHECK(aws::check_duration(what.duration));
    what.duration = std::min(what.duration, aws::longest_session_from(kind));
    if (what.duration < what.least)
        co_return failure(errc::min_ttl_unmet, {},
                          "hourkey's own identity is a role session, which AWS limits to 3600 s; give hourkey an IAM "
                          "user's keys for longer sessions.");
    HK_CO_TRY(auto body, aws::assume_role_body(what));
    HK_CO_TRY(auto got, co_await over.call("AssumeRole", std::move(body), &with, until, what.on_denial, share));
    const aws::expected_session expected{what.role, what.name, what.duration};
    auto parsed = settle(over, got, aws::parse_assume_role_answer(got.body, expected, got.corrected_now));
    if (!parsed) co_return std::move(parsed).error();
    const auto life = *parsed->keys.expiration - got.corrected_now;
    assumed_role out{*std::move(parsed), life, what.duration};
    co_return out;
}

task<result<assumed_role>> assume_role_with_web_identity(channel& over, aws::web_identity_request what, secret token,
                                                         deadline until) {
    constexpr std::string_view operation = "AssumeRoleWithWebIdentity";
    HK_CO_TRY(const auto body, aws::web_identity_body(what, token.expose()));
    std::string form(body.expose());
    HK_CO_TRY(auto got, co_await over.call(operation, std::move(form), nullptr, until));
    const aws::expected_session expected{what.role, what.name, what.duration, operation};
    auto parsed = settle(over, got, aws::parse_assume_role_answer(got.body, expected, got.corrected_now));
    if (!parsed) co_return std::move(parsed).error();
    const auto life = *parsed->keys.expiration - got.corrected_now;
    assumed_role out{*std::move(parsed), life, what.duration};
    co_return out;
}

task<result<aws::caller_identity_answer>> get_caller_identity(channel& over, const aws::credentials& with,
                                                              deadline until) {
    HK_CO_TRY(auto got,
              co_await over.call("GetCallerIdentity", std::string(aws::get_caller_identity_body), &with, until));
    co_return settle(over, got, aws::parse_caller_identity_answer(got.body));
}

}  // namespace hourkey::sts
