#pragma once

#include "aws/arn.hpp"
#include "aws/external_id.hpp"
#include "aws/region.hpp"
#include "aws/session_name.hpp"
#include "core/clock.hpp"
#include "core/deadline.hpp"
#include "core/failure.hpp"
#include "core/secret.hpp"
#include "core/task.hpp"
#include "model/audit_record.hpp"
#include "model/principal.hpp"
#include "model/vend_view.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace hourkey::vending {

/// What a vend needs of the store.
class vend_store {
public:
    virtual ~vend_store() = default;

    using view_ptr = std::shared_ptr<const model::vend_view>;
    /// What the vend rests on, as the store has it now. Fails with store_unavailable.
    [[nodiscard]] virtual task<result<view_ptr>> read_anew(const model::principal& who,
                                                           const connection_name& connection) = 0;

    /// The decision once more, on facts that the writing transaction read. It owns what it uses: the writer may come to
    /// it when the vend has been given up.
    using second_decision = std::function<result<>(const model::principal&, const model::vend_facts&, wall_time now)>;
    /// What a vend was allowed on.
    struct authorization_basis {
        model::authorisation_mark seen;  ///< as it was read
        wall_time until;  ///< the first end of what it rests on: its token, its grants
        second_decision decide_again;  ///< called only if authorisation has changed since, or `until` has come
    };
    /// Makes the record durable. When the token or the decision no longer holds, the record is stored as denied instead
    /// and that failure is returned. Fails with audit_unavailable when nothing is known to be durable.
    [[nodiscard]] virtual task<result<>> commit(model::principal who, model::audit_record record,
                                                authorization_basis under) = 0;
    /// Makes a record of something that gave nobody anything durable; of equal denials the later ones may be counted
    /// instead.
    [[nodiscard]] virtual task<result<>> commit(model::audit_record record) = 0;
};

struct role_session {
    std::string access_key_id;
    secret secret_access_key;
    secret session_token;
    wall_time expiration;
    std::chrono::nanoseconds life{};  ///< until then by STS's own clock: this machine's may be wrong
    std::string sts_request_id;
    std::chrono::seconds
        duration{};  ///< that AWS was asked for: less than wanted when the base identity is a role session
};

struct role_session_request {
    aws::role_arn role;
    aws::session_name name;
    aws::external_id external_id;
    std::optional<aws::region> region;  ///< none: the server's
    std::chrono::seconds duration{};  ///< at most
    std::chrono::seconds least{};  ///< rather no session than one that cannot last so long
    bool trust_has_settled = true;  ///< a denial is believed at once
};

/// What a vend needs of STS.
class role_assumer {
public:
    virtual ~role_assumer() = default;
    /// min_ttl_unmet, trust_refused, sts_throttled, sts_rejected, sts_invalid_answer, sts_unavailable, sts_timeout or
    /// base_credentials_unavailable. audit_unavailable and rate_limited: AWS was not asked, since the session could not
    /// be recorded or is more than the caller's share. `who` is owned by the caller's frame.
    [[nodiscard]] virtual task<result<role_session>> assume(const model::principal& who, role_session_request request,
                                                            deadline until) = 0;
};

}  // namespace hourkey::vending
