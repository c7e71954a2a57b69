#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hourkey::json {

enum class kind : std::uint8_t {
    null,
    boolean,
    integer,
    other_number,  ///< a fraction, an exponent, -0 or beyond 64 bits: never what a field wants
    string,
    array,
    object,
};

struct node {
    kind what = kind::null;
    std::string_view name;  ///< in its object
    std::string_view text;
    std::int64_t number = 0;         ///< integer, or 0 and 1 for a boolean
    std::uint32_t first_child = 0;   ///< 0: none, because node 0 is the root
    std::uint32_t next_sibling = 0;
};

/// Nodes in one array, their texts in one buffer that is reserved once and so can be wiped as a whole.
struct tree {
    tree() = default;
    tree(const tree&) = delete;
    tree& operator=(const tree&) = delete;
    ~tree();

    std::vector<node> nodes;
    std::string text;
};

}  // namespace hourkey::json
