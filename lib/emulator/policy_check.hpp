#pragma once

#include "core/failure.hpp"
#include "emulator/policy_document.hpp"

#include <vector>

namespace hourkey::emulator {

/// What IAM looks at in policies of every kind once their syntax holds, in its order: the dates of conditions, Sids,
/// that there are actions, the forms of resources and actions. Fails in IAM's sentences, as getmoto/moto records them
/// (tests/test_iam/test_iam_policies.py).
[[nodiscard]] result<> check_statements(const std::vector<policy_statement>& statements);

}  // namespace hourkey::emulator
