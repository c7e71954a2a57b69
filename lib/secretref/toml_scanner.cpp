#include "secretref/collector.hpp"

#include <algorithm>

namespace hourkey::secretref {
namespace {

/// Statements of TOML 1.0: a table's header, or a key and its value.
class toml_scanner {
public:
    explicit toml_scanner(collector& into) : into_(into), text_(into.text()) {}

    void run() {
        at_ = begin_of_text(text_);
        while (at_ < text_.size()) statement();
    }

private:
    [[nodiscard]] bool at_line_end() const noexcept { return at_ >= text_.size() || text_[at_] == '\n'; }
    void pass_line() { at_ = std::min(text_.find('\n', at_), text_.size()); }

    void statement() {
        at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size());
        if (at_ >= text_.size()) return;
        const bool is_header = text_[at_] == '[';
        while (!at_line_end() && text_[at_] != '#' && (is_header || text_[at_] != '=')) element(true);
        if (!at_line_end() && text_[at_] == '=') {
            ++at_;
            value();
        }
        pass_line();
    }

    /// Up to the end of its line, or of the line that closes its last bracket.
    void value() {
        const auto begin = at_;
        std::size_t depth = 0;
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (c == '#') {
                pass_line();
            } else if (c == '\n') {
                if (depth == 0) return;
                ++at_;
            } else {
                if (c == '[' || c == '{') ++depth;
                if ((c == ']' || c == '}') && depth != 0) --depth;
                element(false);
            }
        }
        if (depth != 0) into_.lose(begin);
    }

    void element(bool is_key) {
        if (text_[at_] == '"' || text_[at_] == '\'') return string(is_key);
        if (text_[at_] != '$') {
            ++at_;
            return;
        }
        at_ = into_.refuse_reference(at_, problem_code::outside_string, "a reference stands outside of a string",
                                     "Put it in quotes; they go when it becomes an inline table.");
    }

    void string(bool is_key) {
        const auto begin = at_;
        const char mark = text_[at_];
        const bool is_basic = mark == '"';
        const bool has_lines = text_.substr(at_).starts_with(is_basic ? "\"\"\"" : "'''");
        const auto kind = is_basic ? (has_lines ? quoting::toml_basic_lines : quoting::toml_basic)
                                   : (has_lines ? quoting::toml_literal_lines : quoting::toml_literal);
        const std::size_t width = has_lines ? 3 : 1;
        at_ += width;
        const auto content = at_;
        const auto before = into_.size();
        while (at_ < text_.size() && !ends_string(text_, at_, kind) && (has_lines || text_[at_] != '\n')) {
            if (text_[at_] == '$')
                at_ = into_.take(at_, kind, content);
            else
                at_ += is_basic && text_[at_] == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] != '$' ? 2 : 1;
        }
        scalar made{.kind = kind, .all = {begin, at_}, .content = {content, at_}, .has_lines = has_lines};
        if (at_ >= text_.size() || !ends_string(text_, at_, kind)) {
            at_ = std::min(at_, text_.size());
            into_.lose(begin);
            return into_.close(made, before, is_key);
        }
        if (has_lines) {
            // Up to two quotes may stand before the closing three.
            for (int before_close = 0; before_close < 2 && text_.substr(at_ + width).starts_with(mark); ++before_close)
                ++at_;
            made.content.end = at_;
        }
        at_ += width;
        made.all.end = at_;
        made.object = object_form::toml;
        const auto next = text_.find_first_not_of(" \t", at_);
        const bool names = next != std::string_view::npos && (text_[next] == '=' || text_[next] == '.');
        into_.close(made, before, is_key || names);
    }

    collector& into_;
    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

void scan_toml(collector& into) { toml_scanner(into).run(); }

}  // namespace hourkey::secretref
