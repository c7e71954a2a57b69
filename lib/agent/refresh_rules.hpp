#pragma once

#include "core/clock.hpp"
#include "core/random_source.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace hourkey::agent {

/// What a refused or failed fetch proves.
enum class fetch_failure : std::uint8_t {
    refusal,  ///< somebody decided so: what was granted before is not handed out any longer
    outage    ///< nobody decided anything
};

/// When one connection's credentials are fetched again, and whether those at hand may be handed out: decisions without
/// I/O. All times are this machine's.
class refresh_rules {
public:
    /// botocore fetches again for every call below 15 minutes, and asks in vain when it gets the same ones.
    static constexpr std::chrono::minutes comfortable{20};
    /// Whoever is handed credentials still has to sign and to send.
    static constexpr std::chrono::seconds last_moments{10};
    /// One refused command of an SDK asks three to five times within 3.1 s: the server is asked once.
    static constexpr std::chrono::seconds refusal_holds{5};
    /// The same of an outage with nothing at hand; short, because people try again too.
    static constexpr std::chrono::seconds outage_holds{1};
    /// Between tries while those at hand are served on: 1, 2, 4, 8, 16 s, then this, each shortened by up to a quarter.
    static constexpr std::chrono::seconds longest_pause{30};
    /// The longest Retry-After that is heeded.
    static constexpr std::chrono::seconds longest_hold{60};

    explicit refresh_rules(random_source random) : random_(std::move(random)) {}

    enum class use : std::uint8_t {
        at_once,  ///< what is at hand
        after_try,  ///< little is left of it: newer ones first, what is at hand if none come
        when_fetched,
        not_now  ///< the last failure still answers
    };
    [[nodiscard]] use judge(wall_time now, steady_time steady_now) const noexcept;
    /// There is something at hand that may still be handed out.
    [[nodiscard]] bool is_usable(wall_time now, steady_time steady_now) const noexcept;
    /// Newer ones are to be fetched, whether or not somebody asks. Never with nothing at hand.
    [[nodiscard]] bool is_due(wall_time now, steady_time steady_now) const noexcept;

    /// False: they have ended already, and what is at hand stays.
    [[nodiscard]] bool fetched(wall_time now, steady_time steady_now, wall_time expiration);
    void failed(fetch_failure how, steady_time steady_now, std::optional<std::chrono::seconds> retry_after);

private:
    struct life {
        wall_time usable_until{};
        steady_time usable_until_at_most{};  ///< also when somebody sets the clock back
        wall_time comfortable_until{};
        wall_time refresh_at{};
    };
    random_source random_;
    std::optional<life> at_hand_;
    std::optional<steady_time> tries_again_at_;  ///< with something at hand
    std::optional<steady_time> answers_until_;  ///< with nothing: so long the last failure answers
    std::chrono::seconds pause_{1};
};

}  // namespace hourkey::agent
