#pragma once

#include "linking/ports.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hourkey::linking {

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
struct verification_request {
    model::principal who;
    model::connection connection;
    std::string principal_arn;
    aws::external_id wrong_external_id;  ///< fresh and random
    ulid request;                        ///< names the three sessions
};

/// Pure: what the three calls prove.
[[nodiscard]] verification judge(const model::connection& c, const std::string& principal_arn,
                                 const probe_result& right, const probe_result& wrong, const probe_result& none);

/// Right external id, a wrong one, none. The negative calls are made even when the first is refused: an open role must
/// be found whatever else is wrong. When the first may not be asked, or there is no role yet, none is: then there are
/// no steps, and one probe with the reason.
[[nodiscard]] task<verification> verify(verification_request request, trust_probe& probe, deadline until);

}  // namespace hourkey::linking
