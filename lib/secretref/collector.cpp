#include "secretref/collector.hpp"

#include "secretref/limits.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace hourkey::secretref {
namespace {

constexpr std::string_view field_forms =
    "Name a field: ${secrets:NAME.accessKeyId}, .secretAccessKey, .sessionToken, .expiration, .region or .accountId.";

}  // namespace

std::size_t collector::take(std::size_t at, quoting kind, std::size_t content) {
    const auto behind = reader_.opens_at(at);
    if (behind == 0) return at + 1;
    std::size_t slashes = 0;
    while (at - slashes > content && text_[at - slashes - 1] == '\\') ++slashes;
    // Where a backslash is written as two, a single one before a dollar is no escape of the format's: it can only be
    // ours.
    const std::size_t dropped = slashes % 2 == 1 ? 1 : has_escapes(kind) && slashes / 2 % 2 == 1 ? 2 : 0;
    if (dropped != 0) {
        edits_.push_back({{at - dropped, at}, std::nullopt});
        return reader_.end_of(at, kind);
    }
    if (problems_.size() >= max_problems) return behind;
    const auto index = reader_.read(at, kind);
    if (!index) return reader_.end_by_braces(at);
    edits_.push_back({{at, reader_.end()}, index});
    return reader_.end();
}

std::size_t collector::refuse_reference(std::size_t at, problem_code code, std::string_view message,
                                        std::string_view hint) {
    const auto behind = reader_.opens_at(at);
    if (behind == 0) return at + 1;
    if (problems_.size() < max_problems)
        reader_.refuse(code, reader_.position_of(at), std::string(message), std::string(hint));
    return behind;
}

/// Of the reference and of whatever may stand for it.
bool collector::may_be_object(std::size_t index) const {
    for (;;) {
        const auto& r = references_[index];
        if (!r.name.empty() && !r.wanted) return true;
        if (r.otherwise.is != fallback::kind::reference) return false;
        index = r.otherwise.other;
    }
}

void collector::close(scalar made, std::size_t edits_before, bool is_key) {
    if (edits_.size() == edits_before) return;
    made.first_edit = edits_before;
    made.edits = edits_.size() - edits_before;
    made.is_whole = made.edits == 1 && edits_.back().of && edits_.back().where == made.content;
    scalars_.push_back(made);
    if (is_key) return were_keys(edits_before);
    for (auto i = edits_before; i < edits_.size(); ++i) {
        if (!edits_[i].of || !may_be_object(*edits_[i].of)) continue;
        const auto& at = references_[*edits_[i].of].at;
        if (!made.is_whole)
            reader_.refuse(problem_code::object_in_string, at,
                           "a reference without a field is a whole object, and stands inside a larger string",
                           std::string(field_forms));
        else if (made.object == object_form::none)
            reader_.refuse(problem_code::object_impossible, at,
                           "a reference without a field is a whole object, which cannot stand here",
                           std::string(field_forms));
    }
}

void collector::were_keys(std::size_t edits_before) {
    for (auto i = edits_before; i < edits_.size() && problems_.size() < max_problems; ++i)
        if (edits_[i].of)
            reader_.refuse(problem_code::in_key, references_[*edits_[i].of].at, "a reference stands in a key",
                           "A credential can be a value, and no name of one.");
}

void collector::lose(std::size_t at) {
    if (!lost_) lost_ = at;
}

checked<document> collector::finish(std::string text, const scan_options& options, std::size_t indent_step) {
    const bool follows = lost_ && std::ranges::any_of(edits_, [&](const edit& e) { return e.where.begin >= *lost_; });
    if (follows && problems_.size() < max_problems)
        reader_.refuse(problem_code::not_understood, reader_.position_of(*lost_),
                       "from here on the document is not understood, and it has references behind this place",
                       "Mend it, or say what format it really has.");
    if (!problems_.empty()) {
        const auto place = [](const problem& p) { return std::pair(p.at.offset, p.code); };
        std::ranges::sort(problems_, {}, place);
        // A key within a key has been found twice.
        problems_.erase(std::ranges::unique(problems_, {}, place).begin(), problems_.end());
        return rejection{std::move(problems_)};
    }
    document made;
    made.text = std::move(text);
    made.file = options.file;
    made.references = std::move(references_);
    made.edits = std::move(edits_);
    made.scalars = std::move(scalars_);
    if (indent_step != 0) made.indent_step = indent_step;
    return made;
}

}  // namespace hourkey::secretref
