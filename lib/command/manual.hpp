#pragma once

#include "command/spec.hpp"

#include <string>
#include <vector>

namespace hourkey::command {

struct manual_page {
    std::string name;  ///< of its file: "hourkeyd-token-create.1"
    std::string roff;
};

/// The program's page, and one for each command that is not hidden.
[[nodiscard]] std::vector<manual_page> manual_pages(const program& of);

}  // namespace hourkey::command
