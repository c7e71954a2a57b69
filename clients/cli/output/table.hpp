#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hourkey::cli {

/// Columns for people: as wide as their widest cell, two blanks between them, nothing behind the last.
class table {
public:
    explicit table(std::vector<std::string> header) { rows_.push_back(std::move(header)); }
    void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
    /// Lines without the last one's end.
    [[nodiscard]] std::string text() const;

private:
    std::vector<std::vector<std::string>> rows_;
};

/// "Name:   value" lines, their values under each other. Rows with an empty value are left out.
[[nodiscard]] std::string listing(const std::vector<std::pair<std::string, std::string>>& rows);

/// For a terminal: what would move its cursor or change its colours is replaced by '?'.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace hourkey::cli
