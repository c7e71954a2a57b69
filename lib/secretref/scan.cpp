#include "secretref/collector.hpp"

#include <array>
#include <utility>

namespace hourkey::secretref {
namespace {

/// UTF-16 and UTF-32 by their marks: a PowerShell redirect writes them, and no reference would be found in them.
bool is_wide(std::string_view text) noexcept {
    static constexpr std::array<std::string_view, 3> marks{"\xff\xfe", "\xfe\xff", std::string_view("\0\0\xfe\xff", 4)};
    for (const auto mark : marks)
        if (text.starts_with(mark)) return true;
    return false;
}

}  // namespace

void scan_text(collector& into) {
    const auto text = into.text();
    std::size_t at = text.find('$');
    while (at != std::string_view::npos) at = text.find('$', into.take(at, quoting::bare_text, 0));
    into.close({.kind = quoting::bare_text, .all = {0, text.size()}, .content = {0, text.size()}}, 0, false);
}

checked<document> scan(std::string text, const scan_options& options) {
    if (is_wide(text))
        return rejection{{{problem_code::encoding,
                           {},
                           options.file,
                           "the document is not UTF-8",
                           "Write it anew as UTF-8, without byte order mark."}}};
    collector found(text, options);
    std::size_t indent_step = 0;
    switch (options.form) {
        case format::yaml: indent_step = scan_yaml(found); break;
        case format::json: scan_json(found); break;
        case format::toml: scan_toml(found); break;
        case format::dotenv: scan_dotenv(found); break;
        case format::text: scan_text(found); break;
    }
    return found.finish(std::move(text), options, indent_step);
}

}  // namespace hourkey::secretref
