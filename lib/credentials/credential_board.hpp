#pragma once

#include "core/deadline.hpp"
#include "core/failure.hpp"
#include "core/task.hpp"
#include "credentials/base_credentials.hpp"
#include "sts/clock_correction.hpp"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hourkey::credentials {

/// Where the background thread publishes and everyone else reads or waits. Thread-safe; outlives both sides.
class credential_board {
public:
    /// A storm of refused calls leads to one fetch in this time, whatever it brings.
    static constexpr std::chrono::seconds refresh_pause{2};

    credential_board(const clock_source& clock, std::shared_ptr<sts::clock_correction> correction)
        : clock_(clock), correction_(std::move(correction)) {}

    // ---- everyone ----
    [[nodiscard]] result<sts::base_identity_ptr> current() const;
    [[nodiscard]] static task<result<sts::base_identity_ptr>> refresh(std::shared_ptr<credential_board> self,
                                                                      std::string seen_access_key_id, deadline until);
    [[nodiscard]] base_credentials_status status() const;
    bool wait_for_first(deadline until) const;
    bool wait_for_owner(deadline until) const;

    // ---- the background thread ----
    /// `wake` is called, under the lock, by whoever wants a fetch.
    void open(std::function<void()> wake);
    /// Nobody is woken any more; who waits is told that hourkey is shutting down.
    void close();
    [[nodiscard]] bool is_wanted() const;
    [[nodiscard]] sts::base_identity_ptr latest() const;
    /// What a fetch has come to.
    void settle(result<sts::base_identity_ptr> outcome);
    /// Who STS says that a key belongs to; so it takes the key.
    void learned(const std::string& access_key_id, const aws::caller_identity& who);
    /// STS does not take the key; `why`, not empty, says what to do. That stands until it does, or until another key
    /// has come.
    void refused(const std::string& access_key_id, std::string_view why);
    [[nodiscard]] bool is_refused() const;

private:
    struct waiter;
    [[nodiscard]] wall_time corrected_now() const noexcept { return clock_.now() + correction_->value(); }
    [[nodiscard]] result<sts::base_identity_ptr> current_locked() const;
    void refused_locked(const std::string& access_key_id, std::string_view why);
    void tell_waiters_locked(const result<sts::base_identity_ptr>& outcome);
    void leave(const std::shared_ptr<waiter>& place);

    const clock_source& clock_;
    const std::shared_ptr<sts::clock_correction> correction_;

    mutable std::mutex mutex_;  ///< guards what follows
    mutable std::condition_variable changed_;
    bool has_tried_ = false;
    sts::base_identity_ptr identity_;
    std::string refusal_;  ///< why STS does not take identity_'s key; empty: it does, for all that is known
    std::optional<failure> problem_;
    std::optional<steady_time> refreshed_at_;
    std::vector<std::shared_ptr<waiter>> waiters_;
    std::function<void()> wake_;
};

}  // namespace hourkey::credentials
