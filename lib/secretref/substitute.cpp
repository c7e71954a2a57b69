#include "secretref/document.hpp"
#include "secretref/limits.hpp"
#include "secretref/quoting.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>
#include <utility>

namespace hourkey::secretref {
namespace {

/// What a reference comes to.
struct outcome {
    enum class kind { object, value, verbatim, word };
    kind is = kind::value;
    const answer* object = nullptr;
    std::string_view text;  ///< of the answer or of the document, neither copied
};

/// A bound for what a value takes when it is written: nearly all are written as they are, between quotes.
std::size_t most_of(std::string_view value) noexcept {
    const bool is_easy =
        std::ranges::all_of(value, [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\' && c != '\''; });
    return value.size() * (is_easy ? 1 : 6) + 2;
}

/// A connection need not have these, so a default may stand for them; no connection is without the others.
bool may_be_absent(field f) noexcept { return f == field::region || f == field::account_id; }

/// The connection is there, and the default stands for what it does not have.
bool is_absent(const reference& r, const answer& given) {
    return given.found && r.wanted && may_be_absent(*r.wanted) && given.of(*r.wanted).empty();
}

class substitution {
public:
    substitution(const document& doc, const answers& known) : doc_(doc), known_(known), text_(doc.text) {}
    ~substitution() { wipe_container(out_); }
    substitution(const substitution&) = delete;
    substitution& operator=(const substitution&) = delete;

    checked<secret> run() {
        reserve();
        const auto room = out_.capacity();
        for (const auto& s : doc_.scalars) write(s);
        copy_to(text_.size());
        if (!problems_.empty()) return rejection{std::move(problems_)};
        if (out_.capacity() != room) throw std::logic_error("a substitution outgrew its bound and left copies behind");
        return secret(out_);
    }

private:
    // ------------------------------------------------------------------ what references come to

    void refuse(const reference& r, problem_code code, std::string message, std::string hint = {}) {
        if (problems_.size() < max_problems)
            problems_.push_back({code, r.at, doc_.file, std::move(message), std::move(hint)});
    }

    std::optional<outcome> come_to(std::size_t index) {
        for (;;) {
            const auto& r = doc_.references[index];
            if (!r.name.empty()) {
                const auto found = known_.find(r.name);
                if (found == known_.end()) {
                    refuse(r, problem_code::not_answered, "there is no answer for the connection " + r.name);
                    return std::nullopt;
                }
                const auto& given = found->second;
                if (given.found && !r.wanted) return whole_object(r, given);
                if (given.found && !given.of(*r.wanted).empty())
                    return outcome{outcome::kind::value, nullptr, given.of(*r.wanted).expose()};
                const bool takes_default = !given.found || is_absent(r, given);
                if (!takes_default || (given.found && r.otherwise.is == fallback::kind::none)) {
                    refuse(r, problem_code::field_missing,
                           "the connection " + r.name + " has no " + std::string(name_of(*r.wanted)),
                           takes_default ? "Set it at the connection, or give the reference a default." : "");
                    return std::nullopt;
                }
            }
            switch (r.otherwise.is) {
                case fallback::kind::none:
                    refuse(r, problem_code::not_found, "there is no connection " + r.name);
                    return std::nullopt;
                case fallback::kind::quoted:
                    return outcome{outcome::kind::verbatim, nullptr, slice(r.otherwise.verbatim)};
                case fallback::kind::word: return outcome{outcome::kind::word, nullptr, slice(r.otherwise.verbatim)};
                case fallback::kind::variable: return outcome{outcome::kind::value, nullptr, r.otherwise.text};
                case fallback::kind::reference: index = r.otherwise.other; break;
            }
        }
    }

    std::optional<outcome> whole_object(const reference& r, const answer& given) {
        for (const auto f : object_fields) {
            const auto value = given.of(f).expose();
            if (value.empty()) {
                refuse(r, problem_code::field_missing,
                       "the connection " + r.name + " has no " + std::string(name_of(f)));
                return std::nullopt;
            }
            if (!can_hold(quoting::json_string, value)) {
                refuse(r, problem_code::unrepresentable, "a value of the connection " + r.name + " is not UTF-8");
                return std::nullopt;
            }
        }
        return outcome{outcome::kind::object, &given, {}};
    }

    void refuse_value(const edit& e, std::string_view where,
                      std::string_view hint = "Put the whole string in double quotes, on one line.") {
        refuse(doc_.references[*e.of], problem_code::unrepresentable,
               "the value cannot be written " + std::string(where), std::string(hint));
    }

    // ------------------------------------------------------------------ writing

    [[nodiscard]] std::string_view slice(span_of_text s) const { return text_.substr(s.begin, s.size()); }

    void copy_to(std::size_t end) {
        if (end > done_) out_.append(text_.substr(done_, end - done_));
        done_ = std::max(done_, end);
    }

    void reserve() {
        auto most = text_.size() * 2;  // plain scalars get quotes, and what is in them twice
        for (const auto& s : doc_.scalars) {
            most += 2;
            for (auto i = s.first_edit; i < s.first_edit + s.edits; ++i) {
                if (!doc_.edits[i].of) continue;
                most += most_of_reference(*doc_.edits[i].of);
                if (s.is_whole) most += object_fields.size() * (s.indent + doc_.indent_step + 64);
            }
        }
        out_.reserve(most);
    }

    [[nodiscard]] std::size_t most_of_reference(std::size_t index) const {
        std::size_t most = 0;
        for (;;) {
            const auto& r = doc_.references[index];
            auto here = std::max(most_of(r.otherwise.text), most_of(slice(r.otherwise.verbatim)));
            if (const auto found = known_.find(r.name); found != known_.end()) {
                std::size_t all = 0;
                for (const auto f : object_fields)
                    if (!r.wanted) all += most_of(found->second.of(f).expose());
                if (r.wanted) all = most_of(found->second.of(*r.wanted).expose());
                here = std::max(here, all);
            }
            most = std::max(most, here);
            if (r.otherwise.is != fallback::kind::reference) return most;
            index = r.otherwise.other;
        }
    }

    void write(const scalar& s) {
        outcomes_.clear();
        bool is_refused = false;
        for (auto i = s.first_edit; i < s.first_edit + s.edits; ++i) {
            auto& made = outcomes_.emplace_back();
            if (!doc_.edits[i].of) continue;  // an escape's backslash comes to nothing
            const auto come = come_to(*doc_.edits[i].of);
            if (come) made = *come;
            is_refused = is_refused || !come;
        }
        if (is_refused) return;
        bool stays_plain = false;
        if (s.is_whole && outcomes_[0].is == outcome::kind::object)
            write_object(s, *outcomes_[0].object);
        else if (s.kind == quoting::yaml_plain)
            stays_plain = s.is_whole ? write_whole_plain(s) : write_plain(s);
        else
            write_string(s);
        if (s.tab_follows && !stays_plain)
            refuse_first(s, "here, where the line below begins with a tab", "Remove it.");
    }

    void refuse_first(const scalar& s, std::string_view where, std::string_view hint) {
        for (auto i = s.first_edit; i < s.first_edit + s.edits; ++i)
            if (doc_.edits[i].of) return refuse_value(doc_.edits[i], where, hint);
    }

    /// Keeps the quotes.
    void write_string(const scalar& s) {
        // What it was written as has been right there already.
        const bool is_bare =
            s.kind == quoting::bare_text || s.kind == quoting::yaml_block || s.kind == quoting::dotenv_bare;
        for (std::size_t i = 0; i < s.edits; ++i) {
            const auto& e = doc_.edits[s.first_edit + i];
            const auto& o = outcomes_[i];
            copy_to(e.where.begin);
            done_ = e.where.end;
            if (!e.of) continue;
            const bool as_it_is = !is_bare && o.is != outcome::kind::value;
            if (!fits_lines(s, e, o.text)) {
                refuse_value(e, "in a string of several lines");
            } else if (as_it_is) {
                out_.append(o.text);
            } else if (can_hold(s.kind, o.text)) {
                write_value(out_, s.kind, o.text);
            } else if (!s.is_whole || !rewrite(s, o.text)) {
                refuse_value(e, "in this kind of string", "Use other quotes.");
            }
        }
    }

    /// With other quotes, if the format has any that hold the value.
    bool rewrite(const scalar& s, std::string_view value) {
        const bool is_dotenv = s.kind == quoting::dotenv_bare && can_hold(quoting::dotenv_single, value);
        const bool is_other = (s.kind == quoting::yaml_single || s.kind == quoting::toml_literal ||
                               s.kind == quoting::toml_literal_lines) &&
                              can_hold(quoting::yaml_double, value);
        if (!is_dotenv && !is_other) return false;
        out_.resize(out_.size() - (s.content.begin - s.all.begin));
        out_.push_back(is_dotenv ? '\'' : '"');
        is_dotenv ? write_value(out_, quoting::dotenv_single, value) : write_escaped(out_, value);
        out_.push_back(is_dotenv ? '\'' : '"');
        done_ = s.all.end;
        return true;
    }

    /// A line of YAML loses blanks at its ends, an empty one means a line break, and blanks before a block's line are
    /// its indentation.
    [[nodiscard]] bool fits_lines(const scalar& s, const edit& e, std::string_view value) const {
        if (!s.has_lines) return true;
        const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
        if (s.kind == quoting::yaml_block) {
            auto i = e.where.begin;
            while (i > s.all.begin && text_[i - 1] == ' ') --i;
            const bool begins_line = i == s.all.begin || text_[i - 1] == '\n' || text_[i - 1] == '\r';
            return !begins_line || (!value.empty() && !is_blank(value.front()));
        }
        if (s.kind != quoting::yaml_plain && s.kind != quoting::yaml_single && s.kind != quoting::yaml_double)
            return true;
        return !value.empty() && !is_blank(value.front()) && !is_blank(value.back()) && !value.starts_with("---") &&
               !value.starts_with("...");
    }

    /// @return whether it got no quotes; write_plain too
    bool write_whole_plain(const scalar& s) {
        const auto& o = outcomes_[0];
        copy_to(s.all.begin);
        done_ = s.all.end;
        if (o.is == outcome::kind::word || is_yaml_word(o.text)) {
            out_.append(o.text);
            return true;
        }
        if (can_hold(quoting::yaml_double, o.text))
            write_double(o.text);
        else
            refuse_value(doc_.edits[s.first_edit], "in YAML: it is not UTF-8", "");
        return false;
    }

    void write_double(std::string_view value) {
        out_.push_back('"');
        write_escaped(out_, value);
        out_.push_back('"');
    }

    /// As it is, if every reader takes the outcome for the same string; else between single quotes, in which YAML folds
    /// lines by the same rules.
    bool write_plain(const scalar& s) {
        yaml_type_guess guess;
        bool stays = true;
        auto begin = s.content.begin;
        for (std::size_t i = 0; i < s.edits; ++i) {
            const auto& e = doc_.edits[s.first_edit + i];
            guess.add(text_.substr(begin, e.where.begin - begin));
            begin = e.where.end;
            if (!e.of) continue;
            guess.add(outcomes_[i].text);
            stays = stays && fits_yaml_plain(outcomes_[i].text, e.where.begin == s.content.begin);
        }
        guess.add(text_.substr(begin, s.content.end - begin));
        stays = stays && !guess.may_be_no_string();
        copy_to(s.content.begin);
        if (!stays) out_.push_back('\'');
        for (std::size_t i = 0; i < s.edits; ++i) {
            const auto& e = doc_.edits[s.first_edit + i];
            write_literal(e.where.begin, stays);
            done_ = e.where.end;
            if (!e.of) continue;
            const auto value = outcomes_[i].text;
            if (!can_hold(quoting::yaml_single, value) || !fits_lines(s, e, value))
                refuse_value(e, "in a string without quotes");
            else
                write_value(out_, stays ? quoting::yaml_plain : quoting::yaml_single, value);
        }
        write_literal(s.content.end, stays);
        if (!stays) out_.push_back('\'');
        return stays;
    }

    /// The document's own text up to `end`.
    void write_literal(std::size_t end, bool stays) {
        if (!stays) write_value(out_, quoting::yaml_single, text_.substr(done_, end - done_));
        if (!stays) done_ = end;
        copy_to(end);
    }

    // ------------------------------------------------------------------ objects

    void write_object(const scalar& s, const answer& given) {
        switch (s.object) {
            case object_form::json:
            case object_form::yaml_flow_quoted: return write_quoted_object(s, given);
            case object_form::toml: return write_flow(s, given, "{ ", " = ", " }", true);
            case object_form::yaml_flow: return write_flow(s, given, "{", ": ", "}", false);
            case object_form::yaml_below:
            case object_form::yaml_here: return write_block(s, given);
            case object_form::none: return;  // scan() has refused it
        }
    }

    /// As close as its neighbours: `"a":"b"` or `"a": "b"`.
    void write_quoted_object(const scalar& s, const answer& given) {
        const bool is_close = s.all.begin != 0 && text_[s.all.begin - 1] == ':';
        copy_to(s.all.begin);
        done_ = s.all.end;
        std::string_view before = "{\"";
        for (const auto f : object_fields) {
            out_.append(before).append(name_of(f)).append(is_close ? "\":" : "\": ");
            write_double(given.of(f).expose());
            before = is_close ? ",\"" : ", \"";
        }
        out_.push_back('}');
    }

    void write_flow(const scalar& s, const answer& given, std::string_view open, std::string_view between,
                    std::string_view close, bool quotes_all) {
        copy_to(s.all.begin);
        done_ = s.all.end;
        out_.append(open);
        for (const auto f : object_fields) {
            if (f != object_fields.front()) out_.append(", ");
            out_.append(name_of(f)).append(between);
            if (quotes_all)
                write_double(given.of(f).expose());
            else
                write_yaml_value(given.of(f).expose());
        }
        out_.append(close);
    }

    void write_yaml_value(std::string_view value) {
        if (is_yaml_word(value))
            out_.append(value);
        else
            write_double(value);
    }

    void write_block(const scalar& s, const answer& given) {
        auto erased = s.all.begin;
        if (s.object == object_form::yaml_below)
            while (erased > done_ && (text_[erased - 1] == ' ' || text_[erased - 1] == '\t')) --erased;
        copy_to(erased);
        done_ = s.all.end;
        const auto indent = s.indent + (s.adds_step ? doc_.indent_step : 0);
        const auto line_end = std::min(text_.find_first_of("\r\n", done_), text_.size());
        const auto line_break = break_at(line_end);
        for (const auto f : object_fields) {
            if (f == object_fields.front() && s.object == object_form::yaml_here) {
                write_entry(f, given);
                copy_to(line_end);  // a comment stays beside the first one
                continue;
            }
            copy_to(line_end);
            out_.append(line_break).append(indent, ' ');
            write_entry(f, given);
        }
    }

    void write_entry(field f, const answer& given) {
        out_.append(name_of(f)).append(": ");
        write_yaml_value(given.of(f).expose());
    }

    /// The line break at `at`, or at the document's end the one that the document has elsewhere.
    [[nodiscard]] std::string_view break_at(std::size_t at) const {
        if (at >= text_.size()) at = text_.find_first_of("\r\n");
        if (at == std::string_view::npos) return "\n";
        return text_.substr(at, text_.substr(at).starts_with("\r\n") ? 2 : 1);
    }

    const document& doc_;
    const answers& known_;
    std::string_view text_;
    std::size_t done_ = 0;
    std::string out_;
    std::vector<outcome> outcomes_;
    std::vector<problem> problems_;
};

}  // namespace

std::vector<std::string> names_to_ask(const document& doc, const answers& known) {
    std::vector<std::string> names;
    std::set<std::string_view> seen;
    for (const auto& root : doc.edits) {
        if (!root.of) continue;
        for (auto index = *root.of;;) {
            const auto& r = doc.references[index];
            if (!r.name.empty()) {
                const auto found = known.find(r.name);
                if (found == known.end() && seen.insert(r.name).second) names.push_back(r.name);
                const bool takes_default =
                    found != known.end() && (!found->second.found || is_absent(r, found->second));
                if (!takes_default) break;
            }
            if (r.otherwise.is != fallback::kind::reference) break;
            index = r.otherwise.other;
        }
    }
    return names;
}

checked<secret> substitute(const document& doc, const answers& known) { return substitution(doc, known).run(); }

}  // namespace hourkey::secretref
