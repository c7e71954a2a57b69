#pragma once

#include <cstdint>
#include <optional>
#include <utility>

namespace hourkey::store {

/// What a change demands of what is there: If-Match and If-None-Match of a request.
struct precondition {
    std::optional<std::uint64_t> revision;
    bool is_absent = false;  ///< `If-None-Match: *`: nothing of that name may be there
};

/// What a change found and what it left, both as its own transaction saw them: the answer to give and the record to
/// write.
template <class Row>
struct row_change {
    std::optional<Row> before;  ///< none: it was created
    std::optional<Row> after;   ///< none: it is gone
    bool is_unchanged = false;  ///< nothing of meaning was written: no revision, no epoch, no record

    [[nodiscard]] static row_change created(Row row) { return {std::nullopt, std::move(row), false}; }
    [[nodiscard]] static row_change changed(Row from, Row to) { return {std::move(from), std::move(to), false}; }
    [[nodiscard]] static row_change unchanged(Row row) { return {row, std::move(row), true}; }
    [[nodiscard]] static row_change removed(Row row) { return {std::move(row), std::nullopt, false}; }

    [[nodiscard]] bool is_created() const noexcept { return !before; }
};

}  // namespace hourkey::store
