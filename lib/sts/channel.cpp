#include "sts/channel.hpp"

#include "aws/clock_skew.hpp"
#include "aws/error_class.hpp"
#include "aws/sts_answer.hpp"
#include "core/time_text.hpp"
#include "obs/log.hpp"

#include <optional>

namespace hourkey::sts {
namespace {

/// Its fields hold the base identity's session token, its body may hold another issuer's.
struct signed_request : http::client_request {
    signed_request() = default;
    signed_request(const signed_request&) = delete;
    signed_request& operator=(const signed_request&) = delete;
    ~signed_request() {
        for (auto& field : headers) wipe_container(field.value);
        wipe_container(body);
    }
};

/// The wire's failures in the words of the API. None of them reached STS for certain, or STS's answer is unknown.
failure unreachable(const failure& wire) {
    std::string cause(wire.text());
    if (!wire.cause.empty()) cause.append(" (").append(wire.cause).append(")");
    switch (wire.code) {
        case errc::protocol_violation:
        case errc::payload_too_large:
        case errc::headers_too_large:
            return failure(errc::sts_invalid_answer, {}, std::string(aws::not_from_sts_hint), std::move(cause));
        case errc::deadline_exceeded:
            return failure(errc::sts_timeout, {}, "Try again in some seconds.", std::move(cause));
        case errc::tls_failed:
            return failure(errc::sts_unavailable, {},
                           "The operator must see whether STS's certificate fits hourkey's trust store (aws.ca_file).",
                           std::move(cause));
        default:
            return failure(errc::sts_unavailable, {}, wire.hint.empty() ? "Try again in some seconds." : wire.hint,
                           std::move(cause));
    }
}

}  // namespace

/// One call's attempts: what has been tried already, and what an answer leads to.
class channel::conversation {
public:
    enum class next { done, fail, again_at_once, again_later };
    /// The clock may be repaired in the midst of a call, or differ between the servers behind the name.
    static constexpr int most_signed_again = 2;

    conversation(channel& owner, std::string body, const aws::credentials* with, aws::denial on_denial,
                 aws::retry_bucket* share)
        : owner_(owner),
          with_(with),
          on_denial_(on_denial),
          retries_(owner.bucket_, share),
          estimate_(owner.settings_.correction->value()) {
        request_.host = owner.endpoint_.host_field;
        request_.body = std::move(body);
        request_.headers.reserve(4);
        request_.headers.push_back({"Content-Type", std::string(aws::sts_content_type)});
        if (with == nullptr) return;
        if (with->is_temporary())
            request_.headers.push_back({"X-Amz-Security-Token", std::string(with->session_token.expose())});
        request_.headers.push_back({"X-Amz-Date", {}});
        request_.headers.push_back({"Authorization", {}});
    }

    /// Signed anew for every attempt: the time is part of the signature.
    const http::client_request& prepare(wall_time now) {
        ++attempts_;
        sent_ = now;
        signed_with_ = estimate_.value();
        if (with_ == nullptr) return request_;
        auto fields = owner_.signer_.sign(*with_, request_.body, estimate_.corrected(now));
        request_.headers.rbegin()[1].value = std::move(fields.amz_date);
        request_.headers.back().value = std::move(fields.authorization);
        return request_;
    }

    next judge(http::client_answer& got, wall_time received) {
        const auto measured = learn_clock(got, received);
        const auto request_id = got.find("x-amzn-requestid").value_or("");
        if (got.status == 200) {
            retries_.after_success();
            answer_.request_id = request_id;
            answer_.body = std::move(got.body);
            answer_.connection = std::move(got.connection);
            answer_.corrected_now = estimate_.corrected(received);
            return next::done;
        }
        auto error = aws::parse_error_answer(got.body);
        if (error.code.empty())
            owner_.pool_.close_idle();  // not STS's word; its connection goes with it
        else
            got.connection.keep();
        if (error.request_id.empty()) error.request_id = request_id;
        if (const auto field = got.find("x-amz-retry-after"))
            retry_after_ = aws::parse_retry_after(*field);
        else
            retry_after_.reset();
        const aws::refused_call call{got.status, owner_.endpoint_.region, retry_after_};
        failure_ = aws::to_failure(error, call);
        kind_ = aws::retry_kind_of(aws::classify(error.code, got.status));
        if (kind_) return next::again_later;
        if (signed_again_ < most_signed_again && aws::skew_estimate::explains(error.code, measured, signed_with_)) {
            ++signed_again_;
            return next::again_at_once;
        }
        if (error.code == "AccessDenied" && std::exchange(on_denial_, aws::denial::is_final) == aws::denial::may_pass) {
            kind_ = aws::retry_kind::denial;
            return next::again_later;
        }
        return next::fail;
    }

    next judge(const failure& wire) {
        retry_after_.reset();
        failure_ = unreachable(wire);
        if (failure_.code == errc::sts_invalid_answer || wire.code == errc::tls_failed) return next::fail;
        kind_ = aws::retry_kind::transient;
        return next::again_later;
    }

    /// The wait before the next attempt; none when there is none, because of the rules or because it would end too
    /// late.
    std::optional<std::chrono::milliseconds> delay_before_next(deadline until) {
        const auto left = until.remaining(owner_.settings_.clock->steady_now());
        const auto decision = retries_.after_failure(*kind_, owner_.settings_.random(), retry_after_, left);
        if (!decision.again()) return std::nullopt;
        return decision.delay;
    }

    result<answer> take_answer() { return std::move(answer_); }
    result<answer> take_failure() { return std::move(failure_); }
    int attempts() const noexcept { return attempts_; }

private:
    std::optional<std::chrono::nanoseconds> learn_clock(const http::client_answer& got, wall_time received) {
        const auto date = got.find("date");
        const auto measured = estimate_.record(
            {sent_, received, date ? parse_http_date(*date) : std::nullopt, got.find("age").has_value()});
        if (measured && owner_.settings_.correction->learn(*measured) == clock_correction::outcome::newly_beyond)
            obs::log(obs::level::warn,
                     "this machine's clock differs from AWS's by more than can be corrected; repair its time "
                     "synchronisation",
                     {{"aws_ahead_seconds", std::chrono::duration_cast<std::chrono::seconds>(*measured).count()}});
        return measured;
    }

    channel& owner_;
    const aws::credentials* with_;
    aws::denial on_denial_;
    signed_request request_;
    aws::retry_session retries_;
    aws::skew_estimate estimate_;
    wall_time sent_{};
    std::chrono::nanoseconds signed_with_{};
    int signed_again_ = 0;
    int attempts_ = 0;
    std::optional<aws::retry_kind> kind_;
    std::optional<std::chrono::milliseconds> retry_after_;
    answer answer_;
    failure failure_{errc::sts_timeout, {}, "Try again in some seconds."};
};

channel::channel(net::reactor& on, sts_endpoint to, channel_settings settings)
    : endpoint_(std::move(to)),
      settings_(std::move(settings)),
      executor_(on.get_executor()),
      pool_(on, endpoint_.to, settings_.pool),
      signer_(endpoint_.region, endpoint_.host_field) {
    if (!settings_.random) settings_.random = make_random_source();
}

task<result<channel::answer>> channel::converse(conversation& c, deadline until) {
    for (;;) {
        const auto now = settings_.clock->steady_now();
        if (until.has_passed(now)) co_return c.take_failure();
        const auto& request = c.prepare(settings_.clock->now());
        auto got = co_await http::exchange(pool_, request, until.sooner(deadline(now + settings_.attempt_timeout)));
        switch (got ? c.judge(*got, settings_.clock->now()) : c.judge(got.error())) {
            case conversation::next::done: co_return c.take_answer();
            case conversation::next::fail: co_return c.take_failure();
            case conversation::next::again_at_once: continue;
            case conversation::next::again_later: break;
        }
        const auto delay = c.delay_before_next(until);
        if (!delay) co_return c.take_failure();
        steady_timer waiting(executor_, *delay);
        co_await waiting.async_wait(as_task_tuple);
    }
}

task<result<channel::answer>> channel::call(std::string_view operation, std::string body, const aws::credentials* with,
                                            deadline until, aws::denial on_denial, aws::retry_bucket* share) {
    const auto started = settings_.clock->steady_now();
    conversation attempts(*this, std::move(body), with, on_denial, share);
    auto out = co_await converse(attempts, until);
    call_report report{operation, {}, settings_.clock->steady_now() - started, attempts.attempts()};
    if (out) {
        out->report = report;
    } else {
        report.failed = out.error().code;
        if (settings_.on_call) settings_.on_call(report);
    }
    co_return out;
}

void channel::settle(answer& got, std::optional<errc> failed) {
    if (failed) {
        got.connection = {};
        pool_.close_idle();
    } else {
        got.connection.keep();
    }
    if (!settings_.on_call) return;
    auto report = got.report;
    report.failed = failed;
    settings_.on_call(report);
}

}  // namespace hourkey::sts
