#pragma once

#include <string>

namespace hourkey::obs {

/// Appends the customary `process_*` figures of this process, read from /proc now. A figure that cannot be read is left
/// out.
void expose_process(std::string& out);

}  // namespace hourkey::obs
