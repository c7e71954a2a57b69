#pragma once

#include "core/deadline.hpp"
#include "core/failure.hpp"
#include "core/task.hpp"
#include "credentials/base_credentials_settings.hpp"
#include "sts/endpoint.hpp"
#include "sts/identity_source.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace hourkey::credentials {

class credential_board;

/// For readiness and metrics.
struct base_credentials_status {
    bool valid = false;  ///< not expired, and not refused by STS when it last saw them
    /// Valid for more than 5 minutes, or not expiring; and not refused by STS when it last saw them.
    bool ready = false;
    std::string source;
    std::string access_key_id;
    std::string arn;  ///< empty until STS has told
    std::optional<std::chrono::seconds> expires_in;  ///< negative when past; none: they do not expire
    std::optional<std::chrono::seconds> age;  ///< none: there never were any
    std::string problem;  ///< why the last fetch failed, or that STS refuses the key; empty: neither
};

/// The process's base credentials, kept fresh by a thread of their own: fetched at once, when a shared file changes,
/// ahead of their expiry, and when a call finds them stale or STS, asked now and then, refuses them. One fetch at a
/// time. While fetching fails, the old ones serve until they truly expire; there is no anonymous fall-back.
class base_credentials final : public sts::identity_source {
public:
    [[nodiscard]] static result<std::unique_ptr<base_credentials>> start(base_credentials_settings settings,
                                                                         const sts::endpoint_table& endpoints);
    /// Ends a fetch in flight, its program included.
    ~base_credentials() override;
    base_credentials(const base_credentials&) = delete;
    base_credentials& operator=(const base_credentials&) = delete;

    /// base_credentials_unavailable tells which sources were tried and what each lacked.
    [[nodiscard]] result<sts::base_identity_ptr> current() const override;
    /// From any thread, whether they have expired or not; null: there never were any.
    [[nodiscard]] sts::base_identity_ptr latest() const;

    [[nodiscard]] task<result<sts::base_identity_ptr>> refresh(std::string seen_access_key_id, deadline until) override;

    [[nodiscard]] base_credentials_status status() const;

    /// Blocks until the first fetch has ended or the deadline has passed: for the start of a program, never on a
    /// reactor.
    bool wait_for_first(deadline until) const;
    /// As wait_for_first, and on until STS has told whose credentials these are, or has refused them.
    bool wait_for_owner(deadline until) const;

private:
    struct worker;
    base_credentials(base_credentials_settings settings, sts::sts_endpoint endpoint);

    std::shared_ptr<credential_board> board_;
    std::unique_ptr<worker> worker_;
};

}  // namespace hourkey::credentials
