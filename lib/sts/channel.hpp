#pragma once

#include "aws/credentials.hpp"
#include "aws/retry.hpp"
#include "aws/sts_request.hpp"
#include "aws/sts_signer.hpp"
#include "core/clock.hpp"
#include "core/deadline.hpp"
#include "core/failure.hpp"
#include "core/random_source.hpp"
#include "core/task.hpp"
#include "http/client.hpp"
#include "net/connection_pool.hpp"
#include "net/reactor.hpp"
#include "sts/clock_correction.hpp"
#include "sts/endpoint.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace hourkey::sts {

/// What one call came to, for metrics: handed over on the reactor's thread when the call has ended and its answer was
/// judged.
struct call_report {
    std::string_view operation;  ///< "AssumeRole", "AssumeRoleWithWebIdentity", "GetCallerIdentity"
    std::optional<errc> failed;  ///< none: an answer that is believed
    std::chrono::nanoseconds took{};
    int attempts = 0;
};

/// What all channels of a process share or are given alike.
struct channel_settings {
    std::chrono::milliseconds attempt_timeout{
        5'000};  ///< a hung server costs one of three attempts, not the whole call
    std::shared_ptr<clock_correction> correction = std::make_shared<clock_correction>();
    const clock_source* clock = &system_clock();
    random_source random;  ///< empty: one of its own
    net::pool_settings pool;
    std::function<void(const call_report&)> on_call;
};

/// One reactor's calls to one endpoint: connection pool, signing keys and retry bucket of its own, so no locks. (A
/// bucket per reactor bounds the endpoint's extra load as well: it is spread over the reactors.) Repeats by the rules
/// of 2026, signs again when the clock is the reason, and repeats an AccessDenied that may pass once, out of the same
/// bucket.
class channel {
public:
    channel(net::reactor& on, sts_endpoint to, channel_settings settings);

    struct answer {
        std::string body;
        std::string request_id;     ///< of the header field; may be empty
        wall_time corrected_now{};  ///< when the answer came, by STS's clock
        call_report report;         ///< without its end
        /// The next call's, once settle() has been told that this answer is believed.
        net::connection_pool::lease connection;

        answer() = default;
        answer(answer&&) noexcept = default;
        answer& operator=(answer&&) noexcept = default;
        ~answer() { wipe_container(body); }
    };
    /// A 200's body, not yet believed: settle() is told what it is worth. `with` is owned by the caller's frame; null:
    /// the call is not signed.
    /// `share`: what retries also draw on (retry_session); it outlives the call.
    /// Fails with what aws::to_failure makes of STS's error, sts_unavailable, sts_timeout, or sts_invalid_answer for
    /// bytes that are no HTTP answer; never later than `until`, but for the reactor's sweep period.
    [[nodiscard]] task<result<answer>> call(std::string_view operation, std::string body, const aws::credentials* with,
                                            deadline until, aws::denial on_denial = aws::denial::is_final,
                                            aws::retry_bucket* share = nullptr);

    /// Once for each answer of call(): what made it not believed, if anything did. Then its connection is not used
    /// again, nor those that are idle beside it: answers may have come to the wrong requests there.
    void settle(answer& got, std::optional<errc> failed);

    [[nodiscard]] const std::string& region() const noexcept { return endpoint_.region; }
    [[nodiscard]] int retry_tokens() const noexcept { return bucket_.tokens(); }

private:
    class conversation;
    [[nodiscard]] task<result<answer>> converse(conversation& c, deadline until);

    sts_endpoint endpoint_;
    channel_settings settings_;
    executor executor_;
    net::connection_pool pool_;
    aws::sts_signer signer_;
    aws::retry_bucket bucket_;
};

}  // namespace hourkey::sts
