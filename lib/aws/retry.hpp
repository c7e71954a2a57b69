#pragma once

#include "aws/error_class.hpp"

#include <chrono>
#include <optional>
#include <string_view>

namespace hourkey::aws {

/// The SDKs' retry rules of 2026 (boto/botocore botocore/retries/standard.py, aws/aws-sdk-cpp#3832). Pure: neither
/// clock nor random numbers of its own. Adaptive mode is left out: AWS advises against it where tenants share a client.
inline constexpr int most_attempts = 3;

/// One per endpoint and thread: while failures eat it, calls fail without another attempt instead of adding load.
class retry_bucket {
public:
    static constexpr int capacity = 500;
    explicit retry_bucket(int tokens = capacity, int most = capacity) noexcept : tokens_(tokens), most_(most) {}

    [[nodiscard]] int tokens() const noexcept { return tokens_; }
    [[nodiscard]] bool take(int cost) noexcept;
    void give_back(int cost) noexcept;  ///< never above `most`

private:
    int tokens_;
    int most_;
};

/// A denial is repeated like a transient failure, but only out of the bucket's upper half: whoever provokes denials
/// takes no retry from those whose calls fail.
enum class retry_kind { transient, throttling, denial };

/// What an error class means for a retry; nothing for those that are not repeated by these rules.
[[nodiscard]] std::optional<retry_kind> retry_kind_of(error_class what) noexcept;

/// `x-amz-retry-after`, whole milliseconds; negative or garbled is nothing.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view field);

/// rand x min(base x 2^(n-1), 20 s) after the n-th failed attempt (from 1), base 50 ms or, throttled, 1 s; with the
/// server's Retry-After: at least that, but at most 5 s more. `random` in [0, 1].
[[nodiscard]] std::chrono::milliseconds retry_delay(retry_kind kind, int failed_attempt, double random,
                                                    std::optional<std::chrono::milliseconds> retry_after);

/// The attempts of one call.
class retry_session {
public:
    /// `share`: of the one for whom the call is made, if any; a retry takes from both.
    explicit retry_session(retry_bucket& bucket, retry_bucket* share = nullptr) noexcept
        : bucket_(&bucket), share_(share) {}

    enum class end { none, attempts, time, quota };
    struct decision {
        end why_not = end::none;
        std::chrono::milliseconds delay{};  ///< when none
        [[nodiscard]] bool again() const noexcept { return why_not == end::none; }
    };
    /// After a failed attempt of a kind worth repeating, with so much time left; takes its tokens when the answer is
    /// `again`.
    [[nodiscard]] decision after_failure(retry_kind kind, double random,
                                         std::optional<std::chrono::milliseconds> retry_after,
                                         std::chrono::nanoseconds left);
    /// After a good answer: gives back the last retry's tokens, or 1 when there was none.
    void after_success() noexcept;

    [[nodiscard]] int failed_attempts() const noexcept { return failed_; }

private:
    [[nodiscard]] bool take(int cost) noexcept;

    retry_bucket* bucket_;
    retry_bucket* share_;
    int failed_ = 0;
    int last_cost_ = 0;
};

}  // namespace hourkey::aws
