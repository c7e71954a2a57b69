#pragma once

#include <string>
#include <vector>

namespace hourkey::emulator {

struct session_tag {
    std::string key, value;
    bool is_transitive = false;  ///< goes on to the sessions of roles that this session assumes
};
using session_tags = std::vector<session_tag>;

}  // namespace hourkey::emulator
