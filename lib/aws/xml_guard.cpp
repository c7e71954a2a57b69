#include "aws/xml_guard.hpp"

#include "core/character_set.hpp"
#include "core/encoding.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace hourkey::aws {
namespace {

using objection = std::optional<std::string_view>;

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

bool is_white(char c) noexcept { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// XML 1.0, production 2.
bool is_xml_character(std::uint32_t c) noexcept {
    return c == 0x9 || c == 0xA || c == 0xD || (c >= 0x20 && c <= 0xD7FF) || (c >= 0xE000 && c <= 0xFFFD) ||
           (c >= 0x10000 && c <= 0x10FFFF);
}

std::optional<unsigned> digit_value(char c, bool hex) noexcept {
    if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
    if (hex && c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
    if (hex && c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
    return std::nullopt;
}

/// `name` is what stands between '&' and ';'.
bool is_reference(std::string_view name) noexcept {
    static constexpr std::array<std::string_view, 5> predefined{"amp", "lt", "gt", "quot", "apos"};
    if (!name.starts_with('#')) return std::ranges::find(predefined, name) != predefined.end();
    const bool hex = name.starts_with("#x");
    name.remove_prefix(hex ? 2 : 1);
    if (name.empty()) return false;
    std::uint32_t value = 0;
    for (const char c : name) {
        const auto digit = digit_value(c, hex);
        if (!digit || value > 0x10FFFF) return false;
        value = value * (hex ? 16 : 10) + *digit;
    }
    return is_xml_character(value);
}

/// The only bytes within a tag that need a look.
constexpr auto decisive = character_set::of("<>\"'");

class scanner {
public:
    scanner(std::string_view text, bool has_references) noexcept : rest_(text), has_references_(has_references) {}

    objection run() noexcept {
        while (!rest_.empty()) {
            const auto wrong = rest_.front() == '<' ? markup() : text();
            if (wrong) return wrong;
        }
        if (depth_ != 0) return "it ends inside an element";
        if (roots_ != 1) return "it has no root element";
        return {};
    }

private:
    objection text() noexcept {
        auto run = rest_.substr(0, rest_.find('<'));
        rest_.remove_prefix(run.size());
        if (depth_ == 0)
            return std::ranges::all_of(run, is_white) ? objection() : "there is text outside the root element";
        if (!has_references_) return {};
        for (auto at = run.find('&'); at != std::string_view::npos; at = run.find('&')) {
            const auto semicolon = run.find(';', at);
            if (semicolon == std::string_view::npos || !is_reference(run.substr(at + 1, semicolon - at - 1)))
                return "a reference is malformed or undefined";
            run.remove_prefix(semicolon + 1);
        }
        return {};
    }

    objection markup() noexcept {
        const char second = rest_.size() > 1 ? rest_[1] : '\0';
        if (second == '/') return end_tag();
        if (second != '!' && second != '?') return start_tag();
        if (rest_.starts_with("<!--")) return skip(4, "-->");
        if (rest_.starts_with("<![CDATA["))
            return depth_ == 0 ? objection("there is text outside the root element") : skip(9, "]]>");
        if (rest_.starts_with("<?")) return skip(2, "?>");
        return "it has a DOCTYPE";
    }

    objection skip(std::size_t opening, std::string_view closing) noexcept {
        const auto end = rest_.find(closing, opening);
        if (end == std::string_view::npos) return "it is cut off";
        rest_.remove_prefix(end + closing.size());
        return {};
    }

    objection end_tag() noexcept {
        if (depth_-- == 0) return "an end tag has no start";
        const auto end = rest_.find('>', 2);
        if (end == std::string_view::npos) return "it is cut off";
        rest_.remove_prefix(end + 1);
        return {};
    }

    objection start_tag() noexcept {
        if (depth_ == 0 && roots_++ != 0) return "it has a second root element";
        const auto end = end_of_start_tag();
        if (end == std::string_view::npos) return "a tag is malformed";
        const bool is_empty = rest_[end - 1] == '/';
        rest_.remove_prefix(end + 1);
        if (!is_empty && ++depth_ > deepest_xml) return "it is nested too deeply";
        return {};
    }

    /// Where its '>' stands; npos when there is none or a '<' before it. A '>' within quotes ends no tag.
    std::size_t end_of_start_tag() const noexcept {
        char quote = 0;
        for (std::size_t at = 1; at < rest_.size(); ++at) {
            const char c = rest_[at];
            if (!decisive.has(c)) continue;
            if (c == '<') return std::string_view::npos;
            if (quote == 0) {
                if (c == '>') return at;
                quote = c;
            } else if (c == quote) {
                quote = 0;
            }
        }
        return std::string_view::npos;
    }

    std::string_view rest_;
    bool has_references_;
    std::size_t depth_ = 0;
    unsigned roots_ = 0;
};

bool is_control(char c) noexcept { return c >= 0 && c < 0x20 && c != '\t' && c != '\n' && c != '\r'; }

/// And line ends: what STS answers are made of. Without early exit, so that the compiler makes vectors of it: this runs
/// over each.
bool is_printable_ascii(std::string_view body) noexcept {
    unsigned char other = 0;
    for (const char c : body) other |= static_cast<unsigned char>((static_cast<signed char>(c) < 0x20) & (c != '\n'));
    return other == 0;
}

}  // namespace

std::optional<std::string_view> xml_objection(std::string_view body) noexcept {
    if (body.starts_with(byte_order_mark)) body.remove_prefix(byte_order_mark.size());
    if (body.empty()) return "it is empty";
    if (!is_printable_ascii(body)) {
        if (std::ranges::any_of(body, is_control)) return "it holds a control character";
        if (!is_valid_utf8(body)) return "it is not UTF-8";
    }
    return scanner(body, body.find('&') != std::string_view::npos).run();
}

}  // namespace hourkey::aws
