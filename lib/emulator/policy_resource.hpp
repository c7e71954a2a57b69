#pragma once

#include "core/failure.hpp"

#include <string_view>

namespace hourkey::emulator {

/// A value of Resource or NotResource: `*`, or an ARN as far as IAM looks at it when it takes a policy. It leaves open
/// which services, regions and accounts there are, and takes an ARN that ends behind its service. Fails in IAM's
/// sentences, as getmoto/moto records them (tests/test_iam/test_iam_policies.py).
[[nodiscard]] result<> check_resource(std::string_view resource);

}  // namespace hourkey::emulator
