#pragma once

#include <string>
#include <vector>

namespace hourkey::test {

struct refused_request {
    std::string name;
    std::string raw;  ///< ends with a second request that must never be seen
    int status;
};

/// What a second reader on the way could understand differently from us: each must get exactly one answer, then the
/// end.
[[nodiscard]] std::vector<refused_request> smuggling_requests();

}  // namespace hourkey::test
