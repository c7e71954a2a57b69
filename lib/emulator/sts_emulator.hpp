#pragma once

#include "core/clock.hpp"
#include "core/secret.hpp"
#include "emulator/answer.hpp"
#include "emulator/assume_role.hpp"
#include "emulator/fault_plan.hpp"
#include "emulator/request.hpp"
#include "emulator/role.hpp"
#include "emulator/session_token.hpp"
#include "emulator/signature.hpp"
#include "emulator/sts_xml.hpp"

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hourkey::emulator {

/// One AssumeRole request, whatever came of it.
struct assume_role_record {
    wall_time at{};
    std::string caller;  ///< ARN; empty when the signature did not hold or a fault came first
    std::string role_arn;
    std::string session_name;
    std::optional<std::string> external_id;
    std::chrono::seconds duration{};
    bool had_policy = false;  ///< a session policy, inline or managed
    std::string outcome;      ///< "ok" or the error's code
    std::string access_key;   ///< issued; empty unless ok
    std::optional<fault> struck_by;
};

/// A user's second factor. The code is a fixed one: the emulator computes none.
struct mfa_device {
    std::string serial, code;  ///< empty: the user has none
};

/// An STS without I/O: verifies every signature, refuses parameters in STS's words, evaluates role trust, issues
/// sessions that really sign, and fails as told. Every identity known here may call everything; only trust policies
/// decide. Thread-safe.
///
/// Not evaluated: what a session policy lets a session do (it is only checked to be one that IAM takes), the signature
/// of a web identity's token, and AssumeRoleWithSAML, DecodeAuthorizationMessage and GetAccessKeyInfo, which are
/// answered InvalidAction.
class sts_emulator {
public:
    static constexpr std::size_t default_history = 10'000;

    explicit sts_emulator(const clock_source& clock = system_clock(), std::size_t history_size = default_history);

    /// A long-lived user. Adding a known access key replaces it.
    void put_user(std::string_view access_key, std::string_view secret_key, std::string_view arn, mfa_device mfa = {});
    /// Of a trust that trust_of() takes.
    void put_role(role r);
    /// False: there was none.
    bool delete_role(const std::string& role_arn);
    [[nodiscard]] std::vector<role> roles() const;
    /// Called after each change of the roles, on the thread that made it. Set it before there are others.
    void on_roles_change(std::function<void()> tell) { roles_changed_ = std::move(tell); }

    /// Regions that AWS has opened since the table of aws/known_regions.hpp was made: signatures for them hold too. Set
    /// them before there are requests.
    void allow_regions(std::vector<std::string> more) { extra_regions_ = std::move(more); }

    [[nodiscard]] static bool has_operation(std::string_view name) noexcept;

    /// GET and POST of STS's Query API.
    [[nodiscard]] answer answer_to(const request& r);

    void set_fault(fault_rule rule);
    /// A slow answer that waits is then given at once.
    void clear_faults();
    [[nodiscard]] std::uint64_t times_cleared() const noexcept { return times_cleared_; }
    /// The fault of a connection that was just accepted.
    [[nodiscard]] std::optional<fault_rule> fault_at_accept();
    /// Added to the clock for everything that this server says and checks.
    void set_clock_offset(std::chrono::seconds offset) noexcept { offset_seconds_ = offset.count(); }

    /// Oldest first; bounded, the oldest give way.
    [[nodiscard]] std::vector<assume_role_record> history() const;
    void clear_history();

private:
    struct user {
        principal who;
        secret secret_key;
        mfa_device mfa;
        std::string key_scope;  ///< "date/region" of `key`: derived once a day
        std::string key;
    };
    struct trusted_role {
        role declared;
        trust_policy trust;
    };
    struct exchange;
    struct operation {
        std::string_view name;
        outcome<answer> (sts_emulator::*perform)(exchange& x);
    };
    [[nodiscard]] static const operation* find_operation(std::string_view name) noexcept;

    [[nodiscard]] answer perform(exchange& x);
    [[nodiscard]] outcome<answer> dispatch(exchange& x);
    [[nodiscard]] outcome<> authenticate(exchange& x);
    [[nodiscard]] bool has_region(std::string_view region) const noexcept;
    [[nodiscard]] outcome<principal> authenticate_user(const signature_claim& claim);
    [[nodiscard]] outcome<principal> authenticate_session(const signature_claim& claim, wall_time now);

    // The operations: sts_operations.cpp.
    [[nodiscard]] outcome<answer> assume_role(exchange& x);
    [[nodiscard]] outcome<answer> assume_role_with_web_identity(exchange& x);
    [[nodiscard]] outcome<answer> get_caller_identity(exchange& x);
    [[nodiscard]] outcome<answer> get_federation_token(exchange& x);
    [[nodiscard]] outcome<answer> get_session_token(exchange& x);
    /// Whether a right code of the caller's device came along.
    [[nodiscard]] outcome<mfa_proof> check_mfa(const mfa_claim& claim, const principal& caller) const;
    [[nodiscard]] std::optional<trusted_role> find_role(const std::string& role_arn) const;
    [[nodiscard]] bool knows_provider(const arn_parts& of_role, std::string_view provider_arn) const;
    /// A session of `who`, whose key, secret and token are new.
    [[nodiscard]] assume_role_texts issue(exchange& x, principal who, std::chrono::seconds duration);

    void remember(assume_role_record record);
    [[nodiscard]] wall_time server_now() const noexcept;

    const clock_source& clock_;
    const std::size_t history_size_;
    const session_sealer sealer_;
    std::function<void()> roles_changed_;
    std::vector<std::string> extra_regions_;
    std::atomic<long> offset_seconds_{0};
    std::atomic<std::uint64_t> times_cleared_{0};

    mutable std::mutex mutex_;  ///< guards what follows; held for look-ups, and once a day and user for a signing key
    std::map<std::string, user, std::less<>> users_;
    std::map<std::string, trusted_role, std::less<>> roles_;
    fault_plan faults_;
    std::deque<assume_role_record> history_;
};

}  // namespace hourkey::emulator
