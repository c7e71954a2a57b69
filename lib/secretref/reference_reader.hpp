#pragma once

#include "secretref/document.hpp"
#include "secretref/position_counter.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace hourkey::secretref {

/// The grammar of one reference, read where it begins. What is wrong goes to `problems`.
class reference_reader {
public:
    reference_reader(std::string_view text, const scan_options& options, std::vector<reference>& found,
                     std::vector<problem>& problems)
        : text_(text), options_(options), found_(found), problems_(problems), positions_(text) {}

    /// The offset behind `secrets:` when a reference of the wanted spelling begins at `at`; 0 when none does.
    [[nodiscard]] std::size_t opens_at(std::size_t at) const noexcept;

    /// Reads the reference at `at`: its index in `found`, and end() is behind it.
    std::optional<std::size_t> read(std::size_t at, quoting kind);
    /// Where the reference at `at` ends, well-formed as it may be or not; nothing is kept of it.
    std::size_t end_of(std::size_t at, quoting kind);
    [[nodiscard]] std::size_t end() const noexcept { return at_; }
    /// Of one that read() has refused: where its braces end, or behind its `secrets:`.
    [[nodiscard]] std::size_t end_by_braces(std::size_t begin);

    void refuse(problem_code code, const position& at, std::string message, std::string hint = {});
    [[nodiscard]] position position_of(std::size_t offset) { return positions_.of(offset); }

private:
    /// What an inner variable stands for; without a value `missing` is the one that has none.
    struct variable {
        std::optional<std::string> value;
        std::string missing;
    };

    std::optional<std::size_t> read_reference(int depth);
    std::optional<variable> read_variable(int depth);
    std::optional<std::string> read_inner(int depth);
    bool read_name(reference& into, int depth, char closer);
    bool read_default(reference& into, int depth);
    std::optional<span_of_text> read_quoted(char mark, std::size_t size);

    [[nodiscard]] bool stops() const noexcept;
    [[nodiscard]] bool opens_any(std::size_t at) const noexcept;
    [[nodiscard]] std::size_t behind_secrets(std::size_t at) const noexcept;
    [[nodiscard]] std::optional<std::string> given(std::string_view name) const;
    [[nodiscard]] std::string shown(std::size_t begin, std::size_t end) const;
    void skip_blanks() noexcept;
    void refuse_here(problem_code code, std::string message, std::string hint = {});
    void refuse_stop();

    std::string_view text_;
    const scan_options& options_;
    std::vector<reference>& found_;
    std::vector<problem>& problems_;
    position_counter positions_;
    quoting kind_{};
    std::size_t at_ = 0;
    std::size_t begin_ = 0;  ///< of the outermost reference
    bool quiet_ = false;     ///< only the end is wanted
};

}  // namespace hourkey::secretref
