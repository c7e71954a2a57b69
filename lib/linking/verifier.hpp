#pragma once

#include "core/deadline.hpp"
#include "core/failure.hpp"
#include "core/task.hpp"
#include "model/connection.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hourkey::linking {

/// One AssumeRole of a verification, as it ended. Only AccessDenied refuses; a throttle or a timeout proves nothing.
struct probe_result {
    enum class kind { allowed, refused, inconclusive };
    kind ended = kind::inconclusive;
    std::optional<failure> why;              ///< for refused and inconclusive
    std::optional<std::string> account_id;   ///< allowed: what GetCallerIdentity says with the result; none when that failed
};

/// What a verification needs of STS. Every call carries a deny-all session policy and 900 seconds.
class trust_probe {
public:
    virtual ~trust_probe() = default;
    /// `external_id` none: sent without one. With `then_identify` GetCallerIdentity is asked with the result, which is then wiped.
    [[nodiscard]] virtual task<probe_result> assume(const model::connection& c, std::optional<std::string> external_id, bool then_identify, deadline until) = 0;
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
};

/// Pure: what the three calls prove.
[[nodiscard]] verification judge(const model::connection& c, const std::string& principal_arn, const probe_result& right, const probe_result& wrong,
                                 const probe_result& none);

/// Right external id, a fresh random wrong one (`wrong_external_id`), none. The negative calls are made even when the
/// first is refused: an open role must be found whatever else is wrong.
[[nodiscard]] task<verification> verify(model::connection c, std::string principal_arn, std::string wrong_external_id, trust_probe& probe, deadline until);

}  // namespace hourkey::linking
