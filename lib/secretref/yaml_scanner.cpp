#include "secretref/yaml_scanner.hpp"

#include <algorithm>

namespace hourkey::secretref {

bool yaml_scanner::is_flow_sign(std::size_t i) const noexcept {
    const char c = at(i);
    return c == ',' || c == '[' || c == ']' || c == '{' || c == '}';
}

/// `---` or `...`; `i` is a line's begin.
bool yaml_scanner::is_marker(std::size_t i) const noexcept {
    const auto three = text_.substr(std::min(i, text_.size()), 3);
    return (three == "---" || three == "...") && is_space(i + 3);
}

std::size_t yaml_scanner::behind_break(std::size_t i) const noexcept {
    return i + (at(i) == '\r' && i + 1 < text_.size() && at(i + 1) == '\n' ? 2 : 1);
}

void yaml_scanner::begin_line() {
    line_begin_ = at_;
    is_fresh_ = true;
    properties_ = npos;
    if (!in_flow()) lead_ = lead::line_start;
}

void yaml_scanner::pass_line() { at_ = std::min(text_.find_first_of("\r\n", at_), text_.size()); }

std::size_t yaml_scanner::run() {
    at_ = begin_of_text(text_);
    begin_line();
    while (at_ < text_.size()) {
        if (is_blank(at_)) {
            ++at_;
        } else if (is_break(at_)) {
            at_ = behind_break(at_);
            begin_line();
        } else if (at(at_) == '#') {
            pass_line();
        } else if (!is_fresh_ || begin_content()) {
            is_fresh_ = false;
            token();
        }
    }
    if (in_flow()) into_.lose(flow_.front().begin);
    return step_;
}

/// At the first token of a line. @return whether it is still to be read
bool yaml_scanner::begin_content() {
    if (at_ == line_begin_ && is_marker(at_)) {
        if (in_flow()) into_.lose(flow_.front().begin);
        flow_.clear();
        levels_.resize(1);
        forget_node();
        explicit_key_ = -1;
        flow_explicit_key_ = false;
        lead_ = at(at_) == '-' ? lead::document_start : lead::node;
        at_ += 3;
        is_fresh_ = false;
        return false;
    }
    if (in_flow()) return true;
    if (at_ == line_begin_ && at(at_) == '%') {  // a directive
        pass_line();
        return false;
    }
    const auto indentation = text_.substr(line_begin_, at_ - line_begin_);
    if (indentation.find('\t') != npos) into_.lose(line_begin_);
    while (levels_.back().column > column()) levels_.pop_back();
    const bool is_value = at(at_) == ':' && is_space(at_ + 1);
    if (explicit_key_ >= 0 && (column() < explicit_key_ || (column() == explicit_key_ && !is_value)))
        explicit_key_ = -1;
    return true;
}

void yaml_scanner::enter(std::ptrdiff_t column, collection is) {
    const auto back = levels_.back();
    if (column <= back.column) return;
    if (step_ == 0 && lead_ == lead::line_start && back.is == collection::mapping)
        step_ = static_cast<std::size_t>(column - back.column);
    levels_.push_back({column, is});
}

void yaml_scanner::forget_node() {
    properties_ = npos;
    tag_ = {};
}

void yaml_scanner::token() {
    if (in_flow() ? flow_indicator() : block_indicator()) return;
    switch (at(at_)) {
        case '[':
        case '{': return open_flow();
        case ']':
        case '}':  // in a block
            into_.lose(at_++);
            return;
        case '&':
        case '!': return property();
        case '*': return alias();
        case '\'':
        case '"': return quoted();
        case '|':
        case '>':
            if (!in_flow()) return block_scalar();
            break;
        default: break;
    }
    plain();
}

bool yaml_scanner::block_indicator() {
    if (lead_ == lead::node) into_.lose(at_);
    const char c = at(at_);
    if ((c != '-' && c != '?' && c != ':') || !is_space(at_ + 1)) return false;
    if (lead_ == lead::key || properties_ != npos) into_.lose(at_);  // `a: - b`
    enter(column(), c == '-' ? collection::sequence : collection::mapping);
    if (c == '?' && explicit_key_ < 0) explicit_key_ = column();
    if (c == ':' && column() == explicit_key_) explicit_key_ = -1;
    lead_ = c == ':' ? lead::explicit_value : lead::dash;
    forget_node();
    ++at_;
    return true;
}

bool yaml_scanner::flow_indicator() {
    const char c = at(at_);
    if (c == ']' || c == '}') {
        close_flow();
        return true;
    }
    const bool begins_value = c == ':' && (is_space(at_ + 1) || is_flow_sign(at_ + 1));
    if (c != ',' && !begins_value && (c != '?' || !is_space(at_ + 1))) return false;
    flow_explicit_key_ = c == '?';
    lead_ = begins_value ? lead::key : lead::line_start;
    forget_node();
    ++at_;
    return true;
}

/// The next node is one in `{a, b}`, where values may be left out.
bool yaml_scanner::is_flow_key() const noexcept {
    return in_flow() && flow_.back().opener == '{' && lead_ != lead::key;
}

void yaml_scanner::open_flow() {
    flow_.push_back({at_, at(at_), into_.size(), lead_, properties_, flow_explicit_key_});
    flow_explicit_key_ = false;
    lead_ = lead::line_start;
    forget_node();
    ++at_;
}

void yaml_scanner::close_flow() {
    const auto top = flow_.back();
    if ((top.opener == '[') != (at(at_) == ']')) into_.lose(top.begin);
    ++at_;
    flow_.pop_back();
    lead_ = top.before;
    properties_ = top.begin >= line_begin_ ? top.properties : npos;
    flow_explicit_key_ = top.in_explicit_key;
    const bool is_entry = is_flow_key();
    if (take_key(top.begin, true) || is_entry || flow_explicit_key_) into_.were_keys(top.edits);
}

void yaml_scanner::property() {
    if (properties_ == npos) properties_ = at_;
    const auto begin = at_;
    const bool is_verbatim = text_.substr(at_).starts_with("!<");
    ++at_;
    while (!is_space(at_) && !(in_flow() && !is_verbatim && is_flow_sign(at_))) ++at_;
    if (text_[begin] == '!') tag_ = text_.substr(begin, at_ - begin);
}

void yaml_scanner::alias() {
    const auto begin = at_++;
    while (!is_space(at_) && !(in_flow() && is_flow_sign(at_))) ++at_;
    take_key(begin, false);
}

/// Behind a node that began at `begin`: whether it is a key, whose colon is taken too.
/// `is_json_like`: in a flow collection the colon needs no space behind it.
bool yaml_scanner::take_key(std::size_t begin, bool is_json_like) {
    auto next = at_;
    while (is_blank(next)) ++next;
    const bool ends = is_space(next + 1) || (in_flow() && (is_json_like || is_flow_sign(next + 1)));
    if (at(next) != ':' || !ends) {
        forget_node();
        lead_ = lead::node;
        return false;
    }
    if (!in_flow()) {
        // `a: b: c`, or a key of several lines
        if (lead_ == lead::key || lead_ == lead::node || lead_ == lead::document_start || begin < line_begin_)
            into_.lose(begin);
        const auto first = std::max(properties_ == npos ? begin : properties_, line_begin_);
        enter(static_cast<std::ptrdiff_t>(first - line_begin_), collection::mapping);
    }
    forget_node();
    lead_ = lead::key;
    at_ = next + 1;
    return true;
}

void yaml_scanner::end_scalar(scalar made, std::size_t edits_before) {
    made.has_lines = line_begin_ > made.all.begin;
    if (into_.size() != edits_before) choose_object(made);
    const bool is_inside_key = explicit_key_ >= 0 || flow_explicit_key_ || is_flow_key();
    const bool may_stand_alone = in_flow() || lead_ != lead::line_start ||
                                 static_cast<std::ptrdiff_t>(made.all.begin - line_begin_) > levels_.back().column;
    const bool is_key = take_key(made.all.begin, made.kind != quoting::yaml_plain);
    if (!is_key && !may_stand_alone && !made.has_lines)
        into_.lose(made.all.begin);  // it is no key, where one has to be
    into_.close(made, edits_before, is_key || is_inside_key);
}

/// How the scalar is written as a mapping, by what stands before it.
void yaml_scanner::choose_object(scalar& made) const {
    if (tag_.starts_with("!!") && tag_ != "!!map" && tag_ != "!!omap") return;  // `!!str` is no mapping
    if (in_flow()) {
        made.object = made.kind == quoting::yaml_double ? object_form::yaml_flow_quoted : object_form::yaml_flow;
        return;
    }
    const auto begin = made.all.begin;
    auto blanks = begin;
    bool has_tab = false;
    while (blanks > line_begin_ && is_blank(blanks - 1)) has_tab = at(--blanks) == '\t' || has_tab;
    made.object = object_form::yaml_below;
    switch (lead_) {
        case lead::key:
            made.indent = static_cast<std::size_t>(std::max<std::ptrdiff_t>(levels_.back().column, 0));
            made.adds_step = true;
            return;
        case lead::document_start: return;
        case lead::line_start:
        case lead::dash:
        case lead::explicit_value:
        case lead::node:
            if (properties_ != npos) {  // an anchor before the first key would be that key's
                made.indent = properties_ - line_begin_;
                return;
            }
            made.indent = begin - line_begin_;
            // A tab may part, and may not indent what follows on the lines below.
            made.object = has_tab ? object_form::yaml_flow : object_form::yaml_here;
            return;
    }
}

/// Behind a line of a plain scalar: whether the next line that is not empty is part of it, and where that begins.
bool yaml_scanner::plain_goes_on(std::size_t& next, std::size_t& line, bool& has_tab) const {
    next = at_;
    while (is_blank(next)) ++next;
    while (next < text_.size() && is_break(next)) {
        line = next = behind_break(next);
        for (; is_blank(next); ++next) has_tab = has_tab || at(next) == '\t';
    }
    if (next >= text_.size() || at(next) == '#' || is_marker(line)) return false;
    auto indent = line;
    while (at(indent) == ' ') ++indent;
    return in_flow() || static_cast<std::ptrdiff_t>(indent - line) > levels_.back().column;
}

void yaml_scanner::plain() {
    const auto begin = at_;
    const auto before = into_.size();
    auto end = at_;
    auto line_of_end = line_begin_;
    bool tab_follows = false;
    for (;;) {
        if (is_break(at_)) {
            std::size_t next = 0;
            std::size_t line = 0;
            bool has_tab = false;
            if (at_ >= text_.size()) break;
            if (!plain_goes_on(next, line, has_tab)) {
                tab_follows = has_tab;
                break;
            }
            line_begin_ = line;
            at_ = next;
            continue;
        }
        if (is_blank(at_)) {
            ++at_;
            continue;
        }
        const char c = at(at_);
        if (c == '#' && at_ > begin && is_space(at_ - 1)) break;
        if (c == ':' && (is_space(at_ + 1) || (in_flow() && is_flow_sign(at_ + 1)))) break;
        if (in_flow() && is_flow_sign(at_)) break;
        if (c == '$') {
            const auto behind = into_.take(at_, quoting::yaml_plain, begin);
            at_ = behind == at_ + 1 && in_flow() ? behind_variable(at_) : behind;
        } else {
            ++at_;
        }
        end = at_;
        line_of_end = line_begin_;
    }
    // Nothing was read of what can begin no scalar, as a colon that no key stands before.
    if (end == begin) {
        into_.lose(begin);
        end = begin + 1;
    }
    at_ = end;
    line_begin_ = line_of_end;
    end_scalar({.kind = quoting::yaml_plain, .all = {begin, end}, .content = {begin, end}, .tab_follows = tab_follows},
               before);
}

/// Behind another variable's braces that begin at `i`, or behind the `$` when they do not end on this line.
std::size_t yaml_scanner::behind_variable(std::size_t i) {
    if (at(i + 1) != '{') return i + 1;
    if (i >= variables_known_) {
        variables_.clear();
        variables_next_ = 0;
        std::vector<std::size_t> open;
        auto j = i;
        for (; !is_break(j); ++j) {
            if (at(j) == '{') {
                open.push_back(j);
            } else if (at(j) == '}' && !open.empty()) {
                if (at(open.back() - 1) == '$') variables_.emplace_back(open.back() - 1, j + 1);
                open.pop_back();
            }
        }
        variables_known_ = j;
        std::ranges::sort(variables_);
    }
    while (variables_next_ < variables_.size() && variables_[variables_next_].first < i) ++variables_next_;
    const bool is_known = variables_next_ < variables_.size() && variables_[variables_next_].first == i;
    return is_known ? variables_[variables_next_].second : i + 1;
}

void yaml_scanner::quoted() {
    const auto kind = at(at_) == '"' ? quoting::yaml_double : quoting::yaml_single;
    const auto begin = at_++;
    const auto before = into_.size();
    bool is_lost = false;
    while (at_ < text_.size() && !ends_string(text_, at_, kind) && !is_lost) {
        const char c = text_[at_];
        if (is_break(at_)) {
            at_ = line_begin_ = behind_break(at_);
            is_lost = is_marker(at_);
        } else if (c == '$') {
            at_ = into_.take(at_, kind, begin + 1);
        } else if (c == '\'' && kind == quoting::yaml_single) {
            at_ += 2;
        } else {
            at_ += c == '\\' && kind == quoting::yaml_double && at(at_ + 1) != '$' && !is_break(at_ + 1) ? 2 : 1;
        }
    }
    scalar made{.kind = kind, .all = {begin, at_}, .content = {begin + 1, at_}};
    if (is_lost || at_ >= text_.size()) {
        into_.lose(begin);
        at_ = std::min(at_, text_.size());
        is_fresh_ = is_lost;
        return into_.close(made, before, false);
    }
    made.all.end = ++at_;
    end_scalar(made, before);
}

void yaml_scanner::block_scalar() {
    const auto begin = at_++;
    std::size_t explicit_indent = 0;
    while (at(at_) == '+' || at(at_) == '-' || (at(at_) >= '1' && at(at_) <= '9')) {
        if (at(at_) >= '1' && at(at_) <= '9') explicit_indent = static_cast<std::size_t>(at(at_) - '0');
        ++at_;
    }
    while (is_blank(at_)) ++at_;
    if (at(at_) == '#' && is_blank(at_ - 1)) pass_line();
    if (!is_break(at_)) {
        into_.lose(begin);
        return;
    }
    forget_node();
    if (at_ >= text_.size()) return;
    at_ = behind_break(at_);
    block_lines(begin, block_indent(explicit_indent));
}

/// At the line behind the header: how far its lines are indented; libyaml counts from the parent's column.
std::size_t yaml_scanner::block_indent(std::size_t explicit_indent) const {
    const auto parent = levels_.back().column;
    if (explicit_indent != 0) return explicit_indent + static_cast<std::size_t>(std::max<std::ptrdiff_t>(parent, 0));
    const auto least = static_cast<std::size_t>(std::max<std::ptrdiff_t>(parent + 1, 1));
    for (auto line = at_; line < text_.size();) {
        auto i = line;
        while (at(i) == ' ') ++i;
        if (!is_break(i)) return std::max(least, i - line);
        if (i >= text_.size()) break;
        line = behind_break(i);
    }
    return least;
}

void yaml_scanner::block_lines(std::size_t begin, std::size_t indent) {
    const auto before = into_.size();
    while (at_ < text_.size()) {
        begin_line();
        auto i = at_;
        while (at(i) == ' ' && i - line_begin_ < indent) ++i;
        if (!is_break(i)) {
            if (i - line_begin_ < indent) {
                if (at(i) == '\t') into_.lose(at_);
                break;
            }
            const auto content = i;
            while (!is_break(i)) i = at(i) == '$' ? into_.take(i, quoting::yaml_block, content) : i + 1;
        }
        at_ = i < text_.size() ? behind_break(i) : i;
    }
    begin_line();
    into_.close({.kind = quoting::yaml_block, .all = {begin, at_}, .content = {begin, at_}, .has_lines = true}, before,
                explicit_key_ >= 0);
}

std::size_t scan_yaml(collector& into) { return yaml_scanner(into).run(); }

}  // namespace hourkey::secretref
