#pragma once

#include "aws/retry.hpp"
#include "core/deadline.hpp"
#include "core/failure.hpp"
#include "core/task.hpp"
#include "net/wait_queue.hpp"
#include "policy/fair_places.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace hourkey::server {

/// What each tenant has of one reactor's calls to STS: its share of the connections to a region, and retries of its own
/// beside those that all draw on, so that one whose calls fail does not use up everybody's.
class sts_shares {
public:
    /// Seven retries after a lost connection, twenty after a throttle; each good answer gives some back.
    static constexpr int retry_tokens = 100;
    /// Tenants whose retries are remembered; full ones are forgotten first.
    static constexpr std::size_t most_remembered = 1'024;

    sts_shares(net::reactor& on, std::size_t places_a_region) : on_(on), places_(places_a_region) {}

    /// A place among the calls to a region; given back when it goes. The shares outlive it.
    class pass {
    public:
        pass() = default;
        pass(pass&& other) noexcept;
        pass& operator=(pass&& other) noexcept;
        ~pass();

    private:
        friend class sts_shares;
        pass(sts_shares& of, std::string region, const ulid& tenant)
            : of_(&of), region_(std::move(region)), tenant_(tenant) {}
        sts_shares* of_ = nullptr;
        std::string region_;
        ulid tenant_;
    };
    /// Fails with sts_timeout when its turn has not come by `until`.
    [[nodiscard]] task<result<pass>> enter(ulid tenant, std::string region, deadline until);
    /// The same without waiting, if there is a place.
    [[nodiscard]] std::optional<pass> enter_now(const ulid& tenant, const std::string& region);

    [[nodiscard]] std::shared_ptr<aws::retry_bucket> retries_of(const ulid& tenant);

private:
    struct gate {
        explicit gate(std::size_t places) : rule(places) {}
        policy::fair_places rule;
        net::wait_queue queue;
        std::map<policy::fair_places::ticket, net::wait_queue::place*> waiting;
        policy::fair_places::ticket next = 0;
    };
    struct turn;
    [[nodiscard]] gate& gate_of(const std::string& region);
    void leave(const std::string& region, const ulid& tenant) noexcept;

    net::reactor& on_;
    std::size_t places_;
    std::map<std::string, gate, std::less<>> gates_;
    std::map<ulid, std::shared_ptr<aws::retry_bucket>> retries_;
};

}  // namespace hourkey::server
