#pragma once

#include "aws/external_id.hpp"
#include "aws/region.hpp"
#include "aws/session_name.hpp"
#include "core/clock.hpp"
#include "core/deadline.hpp"
#include "core/failure.hpp"
#include "core/task.hpp"
#include "model/connection.hpp"
#include "model/principal.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace hourkey::linking {

/// One AssumeRole of a verification, as it ended. Only AccessDenied refuses; a throttle or a timeout proves nothing.
struct probe_result {
    /// not_asked: it never came to AWS, for it could not be recorded or is more than the asker's share.
    enum class kind { allowed, refused, inconclusive, not_asked };
    kind ended = kind::inconclusive;
    std::optional<failure> why;             ///< for refused and inconclusive
    /// Allowed: what GetCallerIdentity says with the result; none when that failed.
    std::optional<aws::account_id> account_id;
    /// For the record. A key that AWS made stays a key, though its secret is wiped at once.
    std::string session_name{}, access_key_id{}, sts_request_id{};
    std::optional<wall_time> expiration{};
};

struct probe_request {
    model::principal who;
    model::connection connection;                  ///< with a role
    std::optional<aws::external_id> external_id;  ///< none: sent without one
    aws::session_name session_name;
    bool then_identify = false;  ///< GetCallerIdentity is asked with the result, which is then wiped
};

/// What a verification needs of STS. Every call carries a deny-all session policy and 900 seconds.
class trust_probe {
public:
    virtual ~trust_probe() = default;
    [[nodiscard]] virtual task<probe_result> assume(probe_request probe, deadline until) = 0;
};

/// What hourkey is to AWS: changes when the base identity is learned or refreshed.
struct own_identity {
    std::string principal_arn;  ///< whom trust policies name; empty while unknown
    std::string partition;
};

struct finding;

/// What linking needs of the server that it runs in.
class host {
public:
    virtual ~host() = default;
    [[nodiscard]] virtual own_identity identity() const = 0;
    /// Whether AWS has such a region, as far as this server knows.
    [[nodiscard]] virtual bool knows_region(const aws::region& region) const = 0;
    /// Unique for ever, and not to be guessed.
    [[nodiscard]] virtual aws::external_id make_external_id() const = 0;
    /// How long until a connection in use is looked at again, unasked; 0: it never is.
    [[nodiscard]] virtual std::chrono::seconds verify_every() const = 0;
    /// Any number, for what should not happen all at once.
    [[nodiscard]] virtual std::uint64_t random() const = 0;
    /// For the operator: it holds all the same.
    virtual void tell_unstored(const finding& f, const failure& why) const = 0;
};

}  // namespace hourkey::linking
