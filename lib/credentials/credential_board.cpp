#include "credentials/credential_board.hpp"

#include "net/reactor.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <utility>

namespace hourkey::credentials {
namespace {

namespace asio = boost::asio;
/// Readiness asks for more than a refresh needs, so that a server about to lose its base is seen before it fails.
constexpr std::chrono::minutes shortest_ready{5};

}  // namespace

/// Touched on its own reactor only, but for its executor.
struct credential_board::waiter {
    waiter(const executor& on, deadline until) : bell(on, until.at()), home(on) {}
    steady_timer bell;
    executor home;
    std::optional<result<sts::base_identity_ptr>> outcome;
};

result<sts::base_identity_ptr> credential_board::current_locked() const {
    if (!identity_)
        return problem_.value_or(
            failure(errc::base_credentials_unavailable, {},
                    "hourkey is still fetching its own AWS credentials; try again in some seconds."));
    if (identity_->keys.expiration && *identity_->keys.expiration <= corrected_now())
        return problem_.value_or(
            failure(errc::base_credentials_unavailable, {}, identity_->source + ": its credentials have expired"));
    return identity_;
}

result<sts::base_identity_ptr> credential_board::current() const {
    const std::lock_guard lock(mutex_);
    return current_locked();
}

task<result<sts::base_identity_ptr>> credential_board::refresh(std::shared_ptr<credential_board> self,
                                                               std::string seen_access_key_id, deadline until) {
    const auto here = co_await asio::this_coro::executor;
    const auto place = std::make_shared<waiter>(here, until);
    {
        const std::lock_guard lock(self->mutex_);
        self->refused_locked(seen_access_key_id, "renew it");
        if (self->identity_ && self->identity_->keys.access_key_id != seen_access_key_id)
            co_return self->current_locked();
        if (self->refreshed_at_ && self->clock_.steady_now() - *self->refreshed_at_ < refresh_pause) {
            if (self->problem_) co_return *self->problem_;
            co_return self->current_locked();
        }
        if (!self->wake_) co_return failure(errc::shutting_down);
        self->waiters_.push_back(place);
        self->wake_();
    }
    // Also when this coroutine is destroyed with its reactor: nobody may post to it then.
    struct leaver {
        credential_board& board;
        const std::shared_ptr<waiter>& place;
        ~leaver() { board.leave(place); }
    } leaving{*self, place};
    co_await place->bell.async_wait(as_task_tuple);
    if (!place->outcome)
        co_return failure(errc::base_credentials_unavailable, {}, "Fetching new credentials did not end in time.");
    co_return *place->outcome;
}

void credential_board::leave(const std::shared_ptr<waiter>& place) {
    const std::lock_guard lock(mutex_);
    std::erase(waiters_, place);
}

void credential_board::tell_waiters_locked(const result<sts::base_identity_ptr>& outcome) {
    for (const auto& place : std::exchange(waiters_, {})) {
        asio::post(place->home, [place, outcome] {
            place->outcome = outcome;
            place->bell.cancel();
        });
    }
}

base_credentials_status credential_board::status() const {
    const std::lock_guard lock(mutex_);
    base_credentials_status out;
    if (!refusal_.empty()) out.problem = "AWS STS refuses hourkey's own access key: " + refusal_;
    if (problem_) out.problem = problem_->hint;
    if (!identity_) return out;
    out.source = identity_->source;
    out.access_key_id = identity_->keys.access_key_id;
    if (identity_->who) out.arn = identity_->who->arn;
    out.age = std::chrono::duration_cast<std::chrono::seconds>(clock_.now() - identity_->fetched);
    if (identity_->keys.expiration)
        out.expires_in = std::chrono::floor<std::chrono::seconds>(*identity_->keys.expiration - corrected_now());
    out.valid = refusal_.empty() && (!out.expires_in || *out.expires_in > std::chrono::seconds::zero());
    out.ready = refusal_.empty() && (!out.expires_in || *out.expires_in > shortest_ready);
    return out;
}

bool credential_board::wait_for_first(deadline until) const {
    std::unique_lock lock(mutex_);
    return changed_.wait_until(lock, until.at(), [this] { return has_tried_; });
}

bool credential_board::wait_for_owner(deadline until) const {
    std::unique_lock lock(mutex_);
    return changed_.wait_until(lock, until.at(), [this] {
        return !refusal_.empty() || (identity_ ? identity_->who.has_value() : has_tried_);
    });
}

void credential_board::open(std::function<void()> wake) {
    const std::lock_guard lock(mutex_);
    wake_ = std::move(wake);
}

void credential_board::close() {
    const std::lock_guard lock(mutex_);
    wake_ = nullptr;
    tell_waiters_locked(failure(errc::shutting_down));
}

bool credential_board::is_wanted() const {
    const std::lock_guard lock(mutex_);
    return !waiters_.empty();
}

sts::base_identity_ptr credential_board::latest() const {
    const std::lock_guard lock(mutex_);
    return identity_;
}

void credential_board::settle(result<sts::base_identity_ptr> outcome) {
    const std::lock_guard lock(mutex_);
    if (outcome) {
        if (identity_ && identity_->keys.access_key_id != (*outcome)->keys.access_key_id) refusal_.clear();
        identity_ = *outcome;
        problem_.reset();
    } else {
        problem_ = outcome.error();
    }
    has_tried_ = true;
    if (!waiters_.empty()) refreshed_at_ = clock_.steady_now();
    tell_waiters_locked(outcome);
    changed_.notify_all();
}

void credential_board::learned(const std::string& access_key_id, const aws::caller_identity& who) {
    const std::lock_guard lock(mutex_);
    if (!identity_ || identity_->keys.access_key_id != access_key_id) return;
    identity_ = std::make_shared<const sts::base_identity>(
        sts::base_identity{identity_->keys.clone(), identity_->source, who, identity_->fetched, identity_->assumed});
    refusal_.clear();
    changed_.notify_all();
}

void credential_board::refused(const std::string& access_key_id, std::string_view why) {
    const std::lock_guard lock(mutex_);
    refused_locked(access_key_id, why);
}

void credential_board::refused_locked(const std::string& access_key_id, std::string_view why) {
    if (!identity_ || identity_->keys.access_key_id != access_key_id) return;
    refusal_ = why;
    changed_.notify_all();
}

bool credential_board::is_refused() const {
    const std::lock_guard lock(mutex_);
    return !refusal_.empty();
}

}  // namespace hourkey::credentials
