#pragma once

#include "core/clock.hpp"
#include "emulator/answer.hpp"
#include "emulator/sts_xml.hpp"

namespace hourkey::emulator {

/// AssumeRole's good answer, spoilt by a fault of stage body. `expires` is the texts' Expiration as a time, `now` the
/// server's.
[[nodiscard]] answer spoilt_answer(fault f, assume_role_texts texts, wall_time expires, wall_time now);

}  // namespace hourkey::emulator
