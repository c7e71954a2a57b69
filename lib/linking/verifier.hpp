#pragma once

#include "core/clock.hpp"
#include "core/deadline.hpp"
#include "core/failure.hpp"
#include "core/task.hpp"
#include "model/connection.hpp"
#include "model/token.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hourkey::linking {

/// One AssumeRole of a verification, as it ended. Only AccessDenied refuses; a throttle or a timeout proves nothing.
struct probe_result {
    /// not_asked: it never came to AWS, for it could not be recorded or is more than the asker's share.
    enum class kind { allowed, refused, inconclusive, not_asked };
    kind ended = kind::inconclusive;
    std::optional<failure> why;             ///< for refused and inconclusive
    /// Allowed: what GetCallerIdentity says with the result; none when that failed.
    std::optional<std::string> account_id;
    /// For the record. A key that AWS made stays a key, though its secret is wiped at once.
    std::string session_name{}, access_key_id{}, sts_request_id{};
    std::optional<wall_time> expiration{};
};

/// STS: the shortest there is.
inline constexpr std::chrono::seconds probe_session{900};

struct probe_wish {
    model::caller who;
    model::connection connection;
    std::optional<std::string> external_id;  ///< none: sent without one
    std::string session_name;
    bool then_identify = false;  ///< GetCallerIdentity is asked with the result, which is then wiped
};

/// What a verification needs of STS. Every call carries a deny-all session policy and 900 seconds.
class trust_probe {
public:
    virtual ~trust_probe() = default;
    [[nodiscard]] virtual task<probe_result> assume(probe_wish wish, deadline until) = 0;
};

enum class step_state { pass, fail, warn, skipped };
[[nodiscard]] std::string_view to_text(step_state s) noexcept;

struct step {
    std::string_view id;
    step_state state = step_state::skipped;
    std::string cause;
    std::string fix;
};

struct verification {
    /// None when the outcome proves nothing: the connection keeps its state.
    std::optional<model::connection_state> state;
    std::vector<step> steps;
    std::vector<probe_result> probes;  ///< right, wrong and no external id, as they were made
};

/// What is verified, for whom.
struct verification_wish {
    model::caller who;
    model::connection connection;
    std::string principal_arn;
    std::string wrong_external_id;  ///< fresh and random
    std::string session_name;       ///< of the three sessions, each with an ending of its own
};

/// Pure: what the three calls prove.
[[nodiscard]] verification judge(const model::connection& c, const std::string& principal_arn,
                                 const probe_result& right, const probe_result& wrong, const probe_result& none);

/// Right external id, a wrong one, none. The negative calls are made even when the first is refused: an open role must
/// be found whatever else is wrong. When the first may not be asked, none is: then there are no steps, and one probe
/// with the reason.
[[nodiscard]] task<verification> verify(verification_wish wish, trust_probe& probe, deadline until);

}  // namespace hourkey::linking
