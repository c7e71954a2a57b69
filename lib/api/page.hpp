#pragma once

#include "api/fields.hpp"
#include "api/shape.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hourkey::api {

/// One page of a list.
template <class T>
struct page {
    std::vector<T> items;
    std::optional<std::string> cursor;

    static constexpr about is{T::list_title, sender::server, "One page of a list."};
    template <class Of, class Fields>
    static void describe(Of& of, Fields& has) {
        has({"items", "In the order of their names; grants of any app (*) first, tokens in the order of their making."},
            of.items);
        has(cursor_field, of.cursor);
    }
};

inline constexpr std::int64_t longest_page = 1000;

/// Which page of a list, as its query says it.
struct page_request {
    std::optional<std::string> cursor;
    std::optional<std::int64_t> limit;

    static constexpr about is{"PageRequest", sender::client, "Which page of a list."};
    template <class Of, class Fields>
    static void describe(Of& of, Fields& has);
};

}  // namespace hourkey::api
