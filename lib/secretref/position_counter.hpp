#pragma once

#include "secretref/problem.hpp"

#include <string_view>

namespace hourkey::secretref {

/// Lines and columns of ascending offsets, each byte looked at once.
class position_counter {
public:
    explicit position_counter(std::string_view text);
    [[nodiscard]] position of(std::size_t offset);

private:
    void advance();
    void begin();

    std::string_view text_;
    position now_;
};

}  // namespace hourkey::secretref
