#include "command/manual.hpp"

#include "command/option_text.hpp"
#include "command/prose.hpp"

#include <algorithm>

namespace hourkey::command {
namespace {

/// Text for roff: a hyphen that can be copied, and no line that would be read as a request.
std::string escaped(std::string_view text) {
    std::string out;
    if (text.starts_with('.') || text.starts_with('\'')) out += "\\&";
    for (const char c : text) {
        switch (c) {
            case '\\': out += "\\e"; break;
            case '-': out += "\\-"; break;
            case '\'': out += "\\(aq"; break;
            case '^': out += "\\(ha"; break;
            case '~': out += "\\(ti"; break;
            default: out += c;
        }
    }
    return out;
}

std::string bold(std::string_view text) { return "\\fB" + escaped(text) + "\\fR"; }

std::string page_name(const program& of, std::string_view path) {
    auto name = full_name(of, path);
    std::ranges::replace(name, ' ', '-');
    return name;
}

class page {
public:
    page(const program& of, std::string_view path, std::string_view summary) {
        auto title = page_name(of, path);
        // Without a date: one version's pages are the same whenever they are written.
        add(".TH \"" + escaped(title) + "\" 1 \"\" \"" + escaped(of.name + " " + of.version) + "\"");
        section("NAME");
        add(escaped(title) + " \\- " + escaped(summary));
    }

    void section(std::string_view name) { add(".SH " + std::string(name)); }

    void prose(std::string_view text) {
        for (const auto& block : blocks_of(text)) {
            add(block.is_verbatim ? ".PP\n.nf\n.RS" : ".PP");
            for (const auto& line : block.lines) add(escaped(line));
            if (block.is_verbatim) add(".RE\n.fi");
        }
    }

    void row(std::string_view left, std::string_view right) {
        add(".TP\n" + bold(left));
        add(escaped(right));
    }

    void exit_codes(const std::vector<exit_meaning>& of) {
        if (of.empty()) return;
        section("EXIT STATUS");
        for (const auto& e : of) row(std::to_string(e.code), e.meaning);
    }

    void examples(const std::vector<example>& of) {
        if (of.empty()) return;
        section("EXAMPLES");
        for (const auto& e : of) {
            if (&e != &of.front()) add(".PP");
            add(escaped(sentence(e.text)));
            add(".PP\n.nf\n.RS");
            add(escaped(e.line));
            add(".RE\n.fi");
        }
    }

    void see_also(const std::vector<std::string>& names) {
        if (names.empty()) return;
        section("SEE ALSO");
        for (std::size_t i = 0; i < names.size(); ++i)
            add(".BR " + escaped(names[i]) + " (1)" + (i + 1 == names.size() ? "" : ","));
    }

    void add(const std::string& line) { text_ += line + "\n"; }

    [[nodiscard]] manual_page take(const program& of, std::string_view path) && {
        return {page_name(of, path) + ".1", std::move(text_)};
    }

private:
    std::string text_;
};

manual_page command_page(const program& of, const spec& c) {
    page p(of, c.path, c.summary);
    p.section("SYNOPSIS");
    p.add(bold(usage_of(of, c)));
    p.section("DESCRIPTION");
    p.add(escaped(sentence(c.summary)));
    p.prose(c.text);
    if (!c.options.empty()) p.section("OPTIONS");
    for (const auto& o : c.options) p.row(syntax_of(o), sentence(description_of(o)));
    auto codes = c.exit_codes;
    for (const auto& general : of.exit_codes)
        if (std::ranges::find(codes, general.code, &exit_meaning::code) == codes.end()) codes.push_back(general);
    std::ranges::sort(codes, {}, &exit_meaning::code);
    p.exit_codes(codes);
    p.examples(c.examples);
    if (!c.path.empty()) p.see_also({page_name(of, "")});
    return std::move(p).take(of, c.path);
}

manual_page program_page(const program& of) {
    page p(of, "", of.summary);
    p.section("SYNOPSIS");
    p.add(bold(of.name) + " COMMAND [OPTION...]");
    p.section("DESCRIPTION");
    p.add(escaped(of.name + " " + sentence(of.summary)));
    p.prose(of.text);
    p.section("COMMANDS");
    std::vector<std::string> names;
    for (const auto& c : of.commands) {
        if (c.is_hidden) continue;
        p.row(c.path, sentence(c.summary));
        names.push_back(page_name(of, c.path));
    }
    p.exit_codes(of.exit_codes);
    p.see_also(names);
    return std::move(p).take(of, "");
}

}  // namespace

std::vector<manual_page> manual_pages(const program& of) {
    std::vector<manual_page> pages;
    if (find_command(of, "") == nullptr) pages.push_back(program_page(of));
    for (const auto& c : of.commands)
        if (!c.is_hidden) pages.push_back(command_page(of, c));
    return pages;
}

}  // namespace hourkey::command
