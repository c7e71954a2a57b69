#include "secretref/reference_reader.hpp"

#include "core/ascii.hpp"
#include "core/character_set.hpp"
#include "core/name.hpp"
#include "secretref/limits.hpp"

#include <algorithm>

namespace hourkey::secretref {
namespace {

constexpr std::string_view source = "secrets:";
// What a default may be without quotes: a region, a number, a path. Whatever YAML reads as something else than a plain
// scalar is not among it, nor is a colon: `opt:region` would be a variable to who wrote it.
constexpr auto word_characters = character_set::alphanumeric_and("_./+=@-");
constexpr auto begins_word = character_set::alphanumeric_and("_/");
constexpr auto signs = character_set::of("+-.");
constexpr auto digits = character_set::of("0123456789");

constexpr std::string_view fields_in_words =
    ".accessKeyId, .secretAccessKey, .sessionToken, .expiration, .region, .accountId";
constexpr std::string_view how_to_default = "Write the default as 'text', as one word, or as ${secrets:OTHER}.";

bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }
char closer_of(char opener) noexcept { return opener == '{' ? '}' : '>'; }

bool is_word(std::string_view text) noexcept {
    if (text.empty()) return false;
    return begins_word.has(text[0]) || (signs.has(text[0]) && text.size() > 1 && digits.has(text[1]));
}

/// For a message, which may be shown on a terminal.
std::string showable(std::string_view text) {
    std::string made(text.substr(0, max_quoted_bytes));
    std::ranges::replace_if(made, [](char c) { return c < ' ' || c > '~'; }, '?');
    return made;
}

}  // namespace

bool reference_reader::opens_any(std::size_t at) const noexcept {
    return at + 1 < text_.size() && text_[at] == '$' && (text_[at + 1] == '{' || text_[at + 1] == '<');
}

std::size_t reference_reader::behind_secrets(std::size_t at) const noexcept {
    if (!opens_any(at)) return 0;
    at += 2;
    while (at < text_.size() && is_blank(text_[at])) ++at;
    return text_.substr(at).starts_with(source) ? at + source.size() : 0;
}

std::size_t reference_reader::opens_at(std::size_t at) const noexcept {
    if (!opens_any(at)) return 0;
    if (options_.spelling == (text_[at + 1] == '{' ? delimiters::angles : delimiters::braces)) return 0;
    return behind_secrets(at);
}

bool reference_reader::stops() const noexcept {
    return at_ >= text_.size() || text_[at_] == '\n' || text_[at_] == '\r' || at_ - begin_ >= max_reference_bytes ||
           ends_string(text_, at_, kind_);
}

void reference_reader::skip_blanks() noexcept {
    while (!stops() && is_blank(text_[at_])) ++at_;
}

std::optional<std::string> reference_reader::given(std::string_view name) const {
    const auto found = options_.variables.find(name);
    if (found == options_.variables.end()) return std::nullopt;
    return found->second;
}

/// What the document has there, in quotes: never of a default, which may be anything.
std::string reference_reader::shown(std::size_t begin, std::size_t end) const {
    return '"' + showable(text_.substr(begin, end - begin)) + '"';
}

void reference_reader::refuse(problem_code code, const position& at, std::string message, std::string hint) {
    if (quiet_ || problems_.size() >= max_problems) return;
    problems_.push_back({code, at, options_.file, std::move(message), std::move(hint)});
}

void reference_reader::refuse_here(problem_code code, std::string message, std::string hint) {
    if (quiet_) return;
    refuse(code, position_of(begin_), std::move(message), std::move(hint));
}

void reference_reader::refuse_stop() {
    if (at_ - begin_ >= max_reference_bytes)
        refuse_here(problem_code::too_long,
                    "a reference is longer than " + std::to_string(max_reference_bytes) + " bytes");
    else
        refuse_here(problem_code::unclosed, "a reference is not closed on its line and in its string",
                    "A reference ends with } after ${ and with > after $<, on the same line.");
}

std::optional<std::size_t> reference_reader::read(std::size_t at, quoting kind) {
    at_ = begin_ = at;
    kind_ = kind;
    return read_reference(1);
}

std::size_t reference_reader::end_of(std::size_t at, quoting kind) {
    const auto kept = found_.size();
    quiet_ = true;
    const bool closed = read(at, kind).has_value();
    quiet_ = false;
    found_.resize(kept);
    return closed ? at_ : behind_secrets(at);
}

std::size_t reference_reader::end_by_braces(std::size_t begin) {
    std::size_t open = 0;
    begin_ = at_ = begin;
    for (; !stops(); ++at_) {
        if (opens_any(at_)) {
            ++open;
            ++at_;
        } else if ((text_[at_] == '}' || text_[at_] == '>') && --open == 0) {
            return at_ + 1;
        }
    }
    return behind_secrets(begin);
}

std::optional<std::size_t> reference_reader::read_reference(int depth) {
    if (depth > max_depth) {
        refuse_here(problem_code::too_deep,
                    "references and variables stand deeper than " + std::to_string(max_depth) + " in each other");
        return std::nullopt;
    }
    reference made;
    made.where.begin = at_;
    made.is_default = depth > 1;
    if (!quiet_) made.at = position_of(at_);
    const char closer = closer_of(text_[at_ + 1]);
    at_ = behind_secrets(at_);
    if (!read_name(made, depth, closer)) return std::nullopt;
    skip_blanks();
    if (!stops() && text_[at_] == ',' && !read_default(made, depth)) return std::nullopt;
    if (stops()) {
        refuse_stop();
        return std::nullopt;
    }
    if (text_[at_] != closer) {
        if (made.otherwise.is == fallback::kind::none)
            refuse_here(problem_code::invalid_name, "a name of a connection has no blanks");
        else
            refuse_here(problem_code::invalid_default, "a reference has something behind its default",
                        text_[at_] == ','
                            ? "One default; a second one goes into it: ${secrets:A, ${secrets:B, 'text'}}."
                            : std::string(how_to_default));
        return std::nullopt;
    }
    made.where.end = ++at_;
    if (!quiet_ && made.name.empty() && made.otherwise.is == fallback::kind::none) {
        refuse_here(problem_code::variable_empty, "a variable in the name of a connection is empty",
                    "Give it a value, or the reference a default.");
        return std::nullopt;
    }
    found_.push_back(std::move(made));
    return found_.size() - 1;
}

bool reference_reader::read_name(reference& into, int depth, char closer) {
    const auto begin = at_;
    auto dot = at_;
    std::string wanted;
    bool has_dot = false;
    bool is_empty = false;
    while (!stops() && text_[at_] != closer && text_[at_] != ',' && !is_blank(text_[at_])) {
        auto& part = has_dot ? wanted : into.name;
        if (opens_any(at_)) {
            const auto value = read_inner(depth);
            if (!value) return false;
            is_empty = is_empty || value->empty();
            part += *value;
        } else if (text_[at_] == '.' && !has_dot) {
            has_dot = true;
            dot = at_++;
        } else {
            part += text_[at_++];
        }
    }
    if (stops()) {
        refuse_stop();
        return false;
    }
    if (quiet_) return true;
    if (is_empty) {
        into.name.clear();
    } else if (!is_name(into.name)) {
        refuse_here(
            problem_code::invalid_name, shown(begin, has_dot ? dot : at_) + " is no name of a connection",
            "A name has 1 to 63 of a-z, 0-9 and -, and does not begin with -; a field follows it behind a dot.");
        return false;
    }
    if (has_dot) {
        into.wanted = find_field(wanted);
        if (!into.wanted) {
            refuse_here(problem_code::unknown_field, shown(dot + 1, at_) + " is no field",
                        "Fields are " + std::string(fields_in_words) + ".");
            return false;
        }
    }
    return true;
}

std::optional<std::string> reference_reader::read_inner(int depth) {
    auto inner = read_variable(depth + 1);
    if (!inner) return std::nullopt;
    if (inner->value || quiet_) return std::move(inner->value).value_or("");
    refuse_here(problem_code::variable_not_given, "the variable " + inner->missing + " has no value",
                "Give it one: " + inner->missing + "=VALUE; or give it a default in the document.");
    return std::nullopt;
}

std::optional<reference_reader::variable> reference_reader::read_variable(int depth) {
    if (depth > max_depth) {
        refuse_here(problem_code::too_deep,
                    "references and variables stand deeper than " + std::to_string(max_depth) + " in each other");
        return std::nullopt;
    }
    if (behind_secrets(at_) != 0) {
        refuse_here(problem_code::invalid_name, "a reference stands in the name of a connection or in a variable",
                    "A name is made of text and variables; a credential is no part of one.");
        return std::nullopt;
    }
    const char closer = closer_of(text_[at_ + 1]);
    at_ += 2;
    variable made;
    std::string name;
    while (!stops() && text_[at_] != closer && text_[at_] != ',') {
        if (!opens_any(at_)) {
            name += text_[at_++];
            continue;
        }
        auto inner = read_variable(depth + 1);
        if (!inner) return std::nullopt;
        if (!inner->value && made.missing.empty()) made.missing = std::move(inner->missing);
        name += std::move(inner->value).value_or("");
    }
    if (made.missing.empty()) {
        const auto wanted = trimmed(name);
        made.value = given(wanted);
        made.missing = showable(wanted);
    }
    while (!stops() && text_[at_] == ',') {
        ++at_;
        skip_blanks();
        char mark{};
        std::optional<std::string> next;
        if (const auto size = quote_at(text_, at_, kind_, mark); size != 0) {
            const auto inside = read_quoted(mark, size);
            if (!inside) return std::nullopt;
            next = text_.substr(inside->begin, inside->size());
        } else if (opens_any(at_)) {
            auto inner = read_variable(depth + 1);
            if (!inner) return std::nullopt;
            next = std::move(inner->value);
        } else {
            const auto begin = at_;
            while (!stops() && text_[at_] != ',' && text_[at_] != closer && !opens_any(at_)) ++at_;
            const auto bare = trimmed(text_.substr(begin, at_ - begin));
            // The frameworks of this syntax read `self:provider.stage` as a variable without its braces.
            next = bare.find(':') == std::string_view::npos ? std::optional(std::string(bare)) : given(bare);
        }
        if (!made.value) made.value = std::move(next);
        skip_blanks();
    }
    if (stops() || text_[at_] != closer) {
        if (stops())
            refuse_stop();
        else
            refuse_here(problem_code::invalid_default, "a variable in a reference has something behind its default");
        return std::nullopt;
    }
    ++at_;
    return made;
}

std::optional<span_of_text> reference_reader::read_quoted(char mark, std::size_t size) {
    const auto spelled = text_.substr(at_, size);
    at_ += size;
    const auto begin = at_;
    while (!stops()) {
        char other{};
        if (const auto width = quote_at(text_, at_, kind_, other); width != 0) {
            if (other == mark && text_.substr(at_, width) == spelled) {
                const span_of_text inside{begin, at_};
                at_ += width;
                return inside;
            }
            at_ += width;
        } else if (has_escapes(kind_) && text_[at_] == '\\') {
            ++at_;
            if (!stops()) ++at_;
        } else {
            ++at_;
        }
    }
    refuse_stop();
    return std::nullopt;
}

bool reference_reader::read_default(reference& into, int depth) {
    ++at_;
    skip_blanks();
    auto& made = into.otherwise;
    char mark{};
    if (const auto size = quote_at(text_, at_, kind_, mark); size != 0) {
        const auto inside = read_quoted(mark, size);
        if (!inside) return false;
        for (auto i = inside->begin; i < inside->end; ++i) {
            if (behind_secrets(i) == 0) continue;
            refuse_here(problem_code::invalid_default,
                        "a default in quotes holds a reference, which would stay as it is",
                        std::string(how_to_default));
            return false;
        }
        made.is = fallback::kind::quoted;
        made.verbatim = *inside;
    } else if (behind_secrets(at_) != 0) {
        const auto other = read_reference(depth + 1);
        if (!other) return false;
        made.is = fallback::kind::reference;
        made.other = *other;
    } else if (opens_any(at_)) {
        auto value = read_inner(depth);
        if (!value) return false;
        made.is = fallback::kind::variable;
        made.text = std::move(*value);
    } else {
        const auto begin = at_;
        while (!stops() && word_characters.has(text_[at_])) ++at_;
        const auto word = text_.substr(begin, at_ - begin);
        if (const bool has_colon = !stops() && text_[at_] == ':'; has_colon || !is_word(word)) {
            refuse_here(problem_code::invalid_default,
                        has_colon ? "a default with a colon is either text, which wants quotes, or a variable or a "
                                    "reference, which want braces"
                                  : "a default is missing, or cannot stand without quotes",
                        std::string(how_to_default));
            return false;
        }
        made.is = fallback::kind::word;
        made.verbatim = {begin, at_};
    }
    skip_blanks();
    return true;
}

}  // namespace hourkey::secretref
