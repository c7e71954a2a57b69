#include "server/adapters/sts_shares.hpp"

#include <utility>

namespace hourkey::server {

sts_shares::pass::pass(pass&& other) noexcept
    : of_(std::exchange(other.of_, nullptr)), region_(std::move(other.region_)), tenant_(other.tenant_) {}

sts_shares::pass& sts_shares::pass::operator=(pass&& other) noexcept {
    std::swap(of_, other.of_);
    std::swap(region_, other.region_);
    std::swap(tenant_, other.tenant_);
    return *this;
}

sts_shares::pass::~pass() {
    if (of_ != nullptr) of_->leave(region_, tenant_);
}

/// One coroutine's place in the queue, for as long as its frame lives: a stopped reactor destroys those that still
/// wait.
struct sts_shares::turn {
    turn(net::reactor& on, gate& of, const ulid& whose) : here(on), in(of), tenant(whose), ticket(of.next++) {
        in.rule.queue(tenant, ticket);
        in.waiting.emplace(ticket, &here);
    }
    ~turn() {
        static_cast<void>(give_up());
        in.waiting.erase(ticket);
    }
    turn(const turn&) = delete;
    turn& operator=(const turn&) = delete;

    /// False: it has a place.
    [[nodiscard]] bool give_up() { return in.rule.give_up(tenant, ticket); }

    net::wait_queue::place here;
    gate& in;
    ulid tenant;
    policy::fair_places::ticket ticket;
};

sts_shares::gate& sts_shares::gate_of(const std::string& region) {
    if (const auto known = gates_.find(region); known != gates_.end()) return known->second;
    // Regions come from connections: those that nobody calls now are not kept.
    std::erase_if(gates_, [](const auto& entry) { return entry.second.rule.is_idle(); });
    return gates_.try_emplace(region, places_).first->second;
}

std::optional<sts_shares::pass> sts_shares::enter_now(const ulid& tenant, const std::string& region) {
    if (!gate_of(region).rule.enter(tenant)) return std::nullopt;
    return pass(*this, region, tenant);
}

task<result<sts_shares::pass>> sts_shares::enter(ulid tenant, std::string region, deadline until) {
    if (auto at_once = enter_now(tenant, region)) co_return *std::move(at_once);
    auto& in = gate_of(region);
    turn mine(on_, in, tenant);
    static_cast<void>(co_await in.queue.wait(mine.here, until));
    if (mine.give_up())
        co_return failure(errc::sts_timeout, "hourkey's connections to AWS STS are all in use.",
                          "Try again in some seconds.", "no place in time");
    co_return pass(*this, std::move(region), tenant);
}

void sts_shares::leave(const std::string& region, const ulid& tenant) noexcept {
    const auto at = gates_.find(region);
    auto& in = at->second;
    const auto next = in.rule.leave(tenant);
    if (!next) return;
    const auto waiting = in.waiting.find(*next);
    in.queue.wake(*waiting->second);
}

std::shared_ptr<aws::retry_bucket> sts_shares::retries_of(const ulid& tenant) {
    if (const auto known = retries_.find(tenant); known != retries_.end()) return known->second;
    if (retries_.size() >= most_remembered)
        std::erase_if(retries_, [](const auto& entry) {
            return entry.second.use_count() == 1 && entry.second->tokens() == retry_tokens;
        });
    return retries_.emplace(tenant, std::make_shared<aws::retry_bucket>(retry_tokens, retry_tokens)).first->second;
}

}  // namespace hourkey::server
