#pragma once

#include "secretref/document.hpp"
#include "secretref/reference_reader.hpp"

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace hourkey::secretref {

/// What the scanners of all formats have in common: they walk through the document and know where they are; this takes
/// what they meet, and judges it.
class collector {
public:
    collector(std::string_view text, const scan_options& options)
        : reader_(text, options, references_, problems_), text_(text) {}

    [[nodiscard]] std::string_view text() const noexcept { return text_; }
    /// How many edits there are: a scanner that remembers it knows whether a string had any.
    [[nodiscard]] std::size_t size() const noexcept { return edits_.size(); }

    /// At a `$` within a string whose content begins at `content`: takes a reference or an escaped one.
    /// @return where to go on, always beyond `at`
    std::size_t take(std::size_t at, quoting kind, std::size_t content);
    /// At a `$` where no reference may be: refuses one.
    /// @return where to go on
    std::size_t refuse_reference(std::size_t at, problem_code code, std::string_view message, std::string_view hint);

    /// A string is over; `made` has its kind, places and, if it may become an object, how. Keeps it if it had edits.
    void close(scalar made, std::size_t edits_before, bool is_key);
    /// What was closed since then is a key after all.
    void were_keys(std::size_t edits_before);

    /// From here on the scanner does not know where it is: whatever reference follows is refused.
    void lose(std::size_t at);

    [[nodiscard]] checked<document> finish(std::string text, const scan_options& options, std::size_t indent_step);

private:
    [[nodiscard]] bool may_be_object(std::size_t index) const;

    std::vector<reference> references_;
    std::vector<problem> problems_;
    std::vector<edit> edits_;
    std::vector<scalar> scalars_;
    reference_reader reader_;
    std::string_view text_;
    std::optional<std::size_t> lost_;
};

// The formats' scanners. Each goes once through the text.
/// @return the step of indentation, or 0
std::size_t scan_yaml(collector& into);
void scan_json(collector& into);
void scan_toml(collector& into);
void scan_dotenv(collector& into);
void scan_text(collector& into);

/// Behind a UTF-8 byte order mark, if there is one.
[[nodiscard]] constexpr std::size_t begin_of_text(std::string_view text) noexcept {
    return text.starts_with("\xef\xbb\xbf") ? 3 : 0;
}

}  // namespace hourkey::secretref
