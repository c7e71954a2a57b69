#pragma once

#include "agent/refresh_rules.hpp"
#include "agent/source.hpp"
#include "api/credentials.hpp"
#include "core/clock.hpp"
#include "core/deadline.hpp"
#include "core/failure.hpp"
#include "core/name.hpp"
#include "core/random_source.hpp"
#include "core/task.hpp"
#include "net/reactor.hpp"
#include "net/wait_queue.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

namespace hourkey::agent {

/// What whoever watches an agent is told: once for each change, however often it shows.
struct notice {
    enum class what : std::uint8_t {
        served_on,  ///< the server cannot be asked: what is at hand is handed out until `until`
        back,       ///< after that: newer ones have come
        refused,    ///< nothing is handed out any longer
        clock       ///< this machine's clock is wrong by `clock_offset`: what is handed out ends by that clock
    };
    what told{};
    const connection_name& connection;
    const failure& why;                   ///< of `served_on` and `refused`
    wall_time until{};                    ///< the end of what is at hand, by this machine's clock
    std::chrono::seconds clock_offset{};  ///< the server's is ahead by so much
};
using notice_function = std::function<void(const notice&)>;

/// Whether credentials are renewed that nobody has asked for since the last time.
enum class renewal : std::uint8_t {
    always,     ///< for one child, which must not meet a moment in which the server is down
    while_used  ///< each is a session at AWS and a record in the audit
};

struct keeper_settings {
    renewal renews = renewal::always;
    notice_function tell;  ///< may be empty; never throws
    /// Of one fetch. A vend takes four seconds at the most; a busy server may have said to come back.
    std::chrono::seconds fetch_time{10};
    const clock_source* clock = &system_clock();
    random_source random = make_random_source();
};

/// One connection's credentials, fetched ahead of their end, by one fetch at a time for all who ask. On its reactor's
/// thread alone; wiped when replaced, refused or ended.
class keeper : public std::enable_shared_from_this<keeper> {
public:
    using handed = std::shared_ptr<const api::credentials>;

    keeper(net::reactor& on, connection_name of, source from, keeper_settings with);

    /// Never any that have ended. Fails with the server's refusal, with why it cannot be asked, or at `until` with
    /// deadline_exceeded: the fetch goes on, for whoever asks again.
    [[nodiscard]] task<result<handed>> get(deadline until);

    /// What is to be done by now though nobody asks.
    void tick();

    [[nodiscard]] const connection_name& connection() const noexcept { return of_; }

private:
    [[nodiscard]] bool is_usable() const noexcept;
    void begin_fetch();
    static task<> fetch(std::shared_ptr<keeper> self);
    void take(result<fetched> got);
    void fail(failure why);
    void tell(notice::what told, const failure& why) const;

    net::reactor& on_;
    connection_name of_;
    source from_;
    keeper_settings with_;
    refresh_rules rules_;
    handed at_hand_;
    failure last_failure_;
    net::wait_queue waiting_;
    bool fetching_ = false;
    bool is_wanted_ = false;
    bool is_out_ = false;  ///< an outage has been told
    std::chrono::seconds clock_offset_{};
};

}  // namespace hourkey::agent
