#include "secretref/document.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace hourkey::secretref;

namespace {

constexpr std::string_view easy = "vv";  // no string of any kind has to escape it, and no reader takes it for more
constexpr std::string_view odd = " '\"\\`$#: {\n,-";

answer found_with(std::string_view value) {
    answer made;
    made.found = true;
    for (auto& one : made.values) one = hourkey::secret(value);
    return made;
}

/// Asks until nothing is left to ask.
template <class Made>
checked<hourkey::secret> substituted(const document& doc, Made make) {
    answers known;
    for (auto names = names_to_ask(doc, known); !names.empty(); names = names_to_ask(doc, known))
        for (const auto& name : names)
            if (!known.emplace(name, make()).second) std::abort();
    return substitute(doc, known);
}

/// The references and the escapes lie in the document, one behind another.
void check_places(const document& doc) {
    std::size_t done = 0;
    for (const auto& e : doc.edits) {
        if (e.where.begin < done || e.where.end <= e.where.begin || e.where.end > doc.text.size()) std::abort();
        done = e.where.end;
        const auto text = std::string_view(doc.text).substr(e.where.begin, e.where.size());
        if (e.of && (text[0] != '$' || (text.back() != '}' && text.back() != '>'))) std::abort();
        if (!e.of && text.find_first_not_of('\\') != std::string_view::npos) std::abort();
    }
}

/// What the document is to become when every reference comes to `easy`.
std::string with_easy_values(const document& doc) {
    std::string made;
    std::size_t done = 0;
    for (const auto& e : doc.edits) {
        made.append(doc.text, done, e.where.begin - done);
        if (e.of) made.append(easy);
        done = e.where.end;
    }
    return made.append(doc.text, done);
}

/// What stands between the strings that are touched stands in the outcome too, in this order.
void check_between(const document& doc, std::string_view made) {
    auto check = [&, at = std::size_t{0}](std::size_t begin, std::size_t end) mutable {
        auto kept = std::string_view(doc.text).substr(begin, end - begin);
        // The blanks before a mapping go, and its lines come behind the rest of its own.
        kept = kept.substr(0, kept.find_last_not_of(" \t") + 1);
        kept = kept.substr(std::min(kept.find_first_of("\r\n"), kept.size()));
        at = made.find(kept, at);
        if (at == std::string_view::npos) std::abort();
        at += kept.size();
    };
    std::size_t done = 0;
    for (const auto& s : doc.scalars) {
        check(done, s.all.begin);
        done = s.all.end;
    }
    check(done, doc.text.size());
}

}  // namespace

/// The first byte chooses format and spelling; the rest is the document.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    scan_options options;
    options.form = static_cast<format>(data[0] % 5);
    options.spelling = static_cast<delimiters>(data[0] / 5 % 3);
    options.variables = {{"opt:stage", "prod"}, {"opt:empty", ""}};
    const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto doc = scan(text, options);
    if (!doc) {
        if (doc.error().problems.empty()) std::abort();
        return 0;
    }
    if (doc->text != text) std::abort();
    check_places(*doc);

    const auto made = substituted(*doc, [] { return found_with(easy); });
    const auto of = [&](const edit& e) -> const reference& { return doc->references[*e.of]; };
    const bool escapes = std::ranges::any_of(doc->edits, [](const edit& e) { return !e.of; });
    const bool defaults = std::ranges::any_of(doc->edits, [&](const edit& e) { return e.of && of(e).name.empty(); });
    const bool objects = std::ranges::any_of(doc->edits, [&](const edit& e) { return e.of && !of(e).wanted; });
    if (doc->edits.empty() && (!made || made->expose() != text)) std::abort();
    if (!made && !defaults && !objects) std::abort();
    if (made && !defaults && !objects && made->expose() != with_easy_values(*doc)) std::abort();
    if (made) check_between(*doc, made->expose());
    if (made && !defaults && !escapes) {
        const auto again = scan(std::string(made->expose()), options);
        if (!again || !again->edits.empty()) std::abort();
    }

    // Whatever comes of these, it comes.
    (void)substituted(*doc, [] { return found_with(odd); });
    (void)substituted(*doc, [] { return answer{}; });
    return 0;
}
