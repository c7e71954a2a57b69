#pragma once

#include "secretref/collector.hpp"

#include <cstddef>
#include <limits>
#include <string_view>
#include <vector>

namespace hourkey::secretref {

/// Walks through YAML as libyaml's scanner does (its rules are those that Serverless, PyYAML and Go's yaml.v3 keep), as
/// far as it takes to know of each `$`: comment, key or value; which quotes; block or flow; how far indented. A
/// reference is taken as one character wherever it stands, so that a plain one may stand in a flow collection, whose
/// braces YAML would count. So is another variable's `${...}` there.
class yaml_scanner {
public:
    explicit yaml_scanner(collector& into) : into_(into), text_(into.text()) {}

    /// @return the step of indentation, or 0
    std::size_t run();

private:
    static constexpr auto npos = std::string_view::npos;

    /// What stands before the next node on its line.
    enum class lead {
        line_start,
        document_start,
        dash,
        explicit_value,
        key,
        node  ///< a node: nothing may follow but a comment
    };
    enum class collection { none, mapping, sequence };
    struct level {
        std::ptrdiff_t column;
        collection is;
    };
    /// A flow collection that is open, and what stood before it.
    struct opened {
        std::size_t begin;
        char opener;
        std::size_t edits;
        lead before;
        std::size_t properties;
        bool in_explicit_key;
    };

    [[nodiscard]] char at(std::size_t i) const noexcept { return i < text_.size() ? text_[i] : '\n'; }
    [[nodiscard]] bool is_break(std::size_t i) const noexcept { return at(i) == '\n' || at(i) == '\r'; }
    [[nodiscard]] bool is_blank(std::size_t i) const noexcept { return at(i) == ' ' || at(i) == '\t'; }
    [[nodiscard]] bool is_space(std::size_t i) const noexcept { return is_blank(i) || is_break(i); }
    [[nodiscard]] bool in_flow() const noexcept { return !flow_.empty(); }
    [[nodiscard]] bool is_flow_sign(std::size_t i) const noexcept;
    [[nodiscard]] bool is_marker(std::size_t i) const noexcept;
    [[nodiscard]] std::size_t behind_break(std::size_t i) const noexcept;
    [[nodiscard]] std::ptrdiff_t column() const noexcept { return static_cast<std::ptrdiff_t>(at_ - line_begin_); }

    void begin_line();
    void pass_line();
    bool begin_content();
    void token();
    bool block_indicator();
    bool flow_indicator();
    [[nodiscard]] bool is_flow_key() const noexcept;
    void open_flow();
    void close_flow();
    void property();
    void alias();
    void plain();
    void quoted();
    void block_scalar();
    std::size_t block_indent(std::size_t explicit_indent) const;
    void block_lines(std::size_t begin, std::size_t indent);

    void end_scalar(scalar made, std::size_t edits_before);
    bool take_key(std::size_t begin, bool is_json_like);
    void choose_object(scalar& made) const;
    void enter(std::ptrdiff_t column, collection is);
    void forget_node();
    bool plain_goes_on(std::size_t& next, std::size_t& line, bool& has_tab) const;
    std::size_t behind_variable(std::size_t i);

    collector& into_;
    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t line_begin_ = 0;
    bool is_fresh_ = true;  ///< nothing of this line has been read but its indentation
    std::vector<level> levels_{{-1, collection::none}};
    std::vector<opened> flow_;
    lead lead_ = lead::line_start;
    std::size_t properties_ = npos;  ///< where the anchor or tag on this line begins that is for the next node
    std::string_view tag_;
    std::ptrdiff_t explicit_key_ = -1;  ///< column of the outermost `?` that is open
    bool flow_explicit_key_ = false;
    std::size_t step_ = 0;
    // Where each `${` of a line ends that is closed on it.
    std::vector<std::pair<std::size_t, std::size_t>> variables_;
    std::size_t variables_known_ = 0;
    std::size_t variables_next_ = 0;
};

}  // namespace hourkey::secretref
