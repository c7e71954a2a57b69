#pragma once

#include "store/cursor.hpp"
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

/// A page of `list` from a statement that was limited to one row more than the page; `key` is the place of a row.
template <class T, class Read, class Key>
[[nodiscard]] result<page<T>> read_page(cursor_of list, query& q, std::size_t limit, Read read, Key key) {
    page<T> out;
    bool has_more = false;
    for (;;) {
        HK_TRY(const bool has_row, q.next());
        if (!has_row) break;
        has_more = out.items.size() == limit;
        if (has_more) break;
        HK_TRY(auto row, read(q));
        out.items.push_back(std::move(row));
    }
    if (!out.items.empty()) out.last = make_cursor(list, key(out.items.back()));
    if (has_more) out.next = out.last;
    return out;
}

inline constexpr std::size_t max_page_size = 1000;

[[nodiscard]] inline result<> check_limit(const page_request& p) {
    if (p.limit < 1 || p.limit > max_page_size) return invalid_field("limit", "must be 1 to 1000");
    return {};
}

/// The place after which a page of `list` goes on; empty: from the start.
[[nodiscard]] inline result<std::string> read_place(cursor_of list, const page_request& p) {
    HK_CHECK(check_limit(p));
    return read_cursor(list, p.cursor);
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

/// What makes one row of no use, and says nothing about the others: something else than this store has written it.
[[nodiscard]] inline bool is_unusable_row(const failure& why) noexcept {
    return why.code == errc::broken_seal || why.code == errc::store_corrupt;
}

/// Tokens of the server itself have no tenant.
[[nodiscard]] inline std::optional<ulid> nil_as_null(const ulid& id) {
    return id.is_nil() ? std::nullopt : std::optional(id);
}

}  // namespace hourkey::store
