#pragma once

#include "store/reader.hpp"
#include "store_sqlite/sqlite.hpp"

#include <string>
#include <utility>

namespace hourkey::store {

/// The first row through `read`, or none. Read: result<T>(query&).
template <class T, class Read>
[[nodiscard]] result<std::optional<T>> find_row(query& q, Read read) {
    HK_TRY(const bool has_row, q.next());
    if (!has_row) return std::optional<T>();
    HK_TRY(auto row, read(q));
    return std::optional<T>(std::move(row));
}

/// A page from a statement that was limited to one row more than the page; `key` names the row that a next page goes on
/// after.
template <class T, class Read, class Key>
[[nodiscard]] result<page<T>> read_page(query& q, std::size_t limit, Read read, Key key) {
    page<T> out;
    for (;;) {
        HK_TRY(const bool has_row, q.next());
        if (!has_row) return out;
        if (out.items.size() == limit) {
            out.next = key(out.items.back());
            return out;
        }
        HK_TRY(auto row, read(q));
        out.items.push_back(std::move(row));
    }
}

inline constexpr std::size_t max_page_size = 1000;

[[nodiscard]] inline result<> check_limit(const page_request& p) {
    if (p.limit < 1 || p.limit > max_page_size) return invalid_field("limit", "must be 1 to 1000");
    return {};
}

[[nodiscard]] inline failure not_our_cursor() {
    return invalid_field("cursor", "is not one of ours", "Send the cursor of the page before, unchanged.");
}

/// Lists by name go on after a name.
[[nodiscard]] inline result<> check_name_page(const page_request& p) {
    HK_CHECK(check_limit(p));
    if (!p.cursor.empty() && !is_name(p.cursor)) return not_our_cursor();
    return {};
}

[[nodiscard]] inline failure absent() { return failure(errc::not_found); }

/// If-Match. A revision expected of something that is not there does not match either.
[[nodiscard]] inline result<> check_revision(const std::optional<std::uint64_t>& expected, std::uint64_t stored) {
    if (expected && *expected != stored)
        return failure(errc::revision_mismatch, {}, "Read the resource again and repeat the change with its revision.");
    return {};
}

/// Column of a name that the schema's CHECK has let in.
template <class Name>
[[nodiscard]] result<Name> read_name(query& q, std::string_view table) {
    auto name = Name::parse(q.text());
    if (!name) return damaged_row(table);
    return name;
}

/// Tokens of the server itself have no tenant.
[[nodiscard]] inline std::optional<ulid> nil_as_null(const ulid& id) {
    return id.is_nil() ? std::nullopt : std::optional(id);
}

}  // namespace hourkey::store
