#include "secretref/collector.hpp"

#include <algorithm>

namespace hourkey::secretref {
namespace {

/// Lines `[export ]NAME=value`. There are no mappings, so a reference has to name a field.
class dotenv_scanner {
public:
    explicit dotenv_scanner(collector& into) : into_(into), text_(into.text()) {}

    void run() {
        at_ = begin_of_text(text_);
        while (at_ < text_.size()) {
            line();
            ++at_;
        }
    }

private:
    [[nodiscard]] bool at_line_end() const noexcept { return at_ >= text_.size() || text_[at_] == '\n'; }
    [[nodiscard]] bool is_blank(std::size_t at) const noexcept {
        return text_[at] == ' ' || text_[at] == '\t' || text_[at] == '\r';
    }
    void skip_blanks() {
        while (!at_line_end() && is_blank(at_)) ++at_;
    }
    void pass_line() { at_ = std::min(text_.find('\n', at_), text_.size()); }

    void line() {
        skip_blanks();
        if (at_line_end()) return;
        if (text_[at_] == '#') return pass_line();
        while (!at_line_end() && text_[at_] != '=') {
            if (text_[at_] == '$')
                at_ = into_.refuse_reference(at_, problem_code::in_key,
                                             "a reference stands where a line has the name of a variable",
                                             "Write NAME=${secrets:CONNECTION.accessKeyId}.");
            else
                ++at_;
        }
        if (at_line_end()) return;
        ++at_;
        skip_blanks();
        if (at_line_end()) return;
        switch (text_[at_]) {
            case '\'': return quoted(quoting::dotenv_single);
            case '"': return quoted(quoting::dotenv_double);
            case '`': return quoted(quoting::dotenv_backtick);
            default: return bare();
        }
    }

    void bare() {
        const auto begin = at_;
        const auto before = into_.size();
        auto end = at_;
        while (!at_line_end() && !(text_[at_] == '#' && (at_ == begin || is_blank(at_ - 1)))) {
            const bool blank = is_blank(at_);
            at_ = text_[at_] == '$' ? into_.take(at_, quoting::dotenv_bare, begin) : at_ + 1;
            if (!blank) end = at_;
        }
        into_.close({.kind = quoting::dotenv_bare, .all = {begin, end}, .content = {begin, end}}, before, false);
        pass_line();
    }

    void quoted(quoting kind) {
        const auto begin = at_++;
        const auto before = into_.size();
        while (at_ < text_.size() && !ends_string(text_, at_, kind)) {
            if (text_[at_] == '$')
                at_ = into_.take(at_, kind, begin + 1);
            else
                at_ +=
                    has_escapes(kind) && text_[at_] == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] != '$' ? 2 : 1;
        }
        scalar made{.kind = kind, .all = {begin, at_}, .content = {begin + 1, at_}};
        if (at_ >= text_.size()) {
            into_.lose(begin);
            return into_.close(made, before, false);
        }
        made.all.end = ++at_;
        into_.close(made, before, false);
        skip_blanks();
        if (!at_line_end() && text_[at_] != '#') into_.lose(begin);
        pass_line();
    }

    collector& into_;
    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

void scan_dotenv(collector& into) { dotenv_scanner(into).run(); }

}  // namespace hourkey::secretref
