#pragma once

#include "core/secret.hpp"
#include "secretref/field.hpp"
#include "secretref/format.hpp"
#include "secretref/problem.hpp"
#include "secretref/quoting.hpp"

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hourkey::secretref {

/// Bytes [begin, end) of the document.
struct span_of_text {
    std::size_t begin = 0;
    std::size_t end = 0;

    [[nodiscard]] std::size_t size() const noexcept { return end - begin; }
    friend bool operator==(const span_of_text&, const span_of_text&) = default;
};

/// What stands for a reference whose connection does not exist, or whose inner variable is empty.
struct fallback {
    enum class kind {
        none,
        quoted,    ///< `verbatim`, the inside of its quotes
        word,      ///< `verbatim`; a whole plain YAML scalar keeps its type: `true`, `5`
        variable,  ///< `text`, what an inner variable stands for
        reference  ///< `other`
    };
    kind is = kind::none;
    span_of_text verbatim;  ///< already written as the surrounding string demands
    std::string text;
    std::size_t other = 0;  ///< in document::references
};

/// `${secrets:NAME[.FIELD][, DEFAULT]}` or the same in `$<...>`.
struct reference {
    std::string name;  ///< a connection's, its inner variables put in; empty: one of them was, the default stands
    std::optional<field> wanted;  ///< none: the whole object
    fallback otherwise;
    span_of_text where;
    position at;
    bool is_default = false;  ///< stands in another one's default
};

/// A reference or an escape's backslashes, which go.
struct edit {
    span_of_text where;
    std::optional<std::size_t> of;  ///< in document::references
};

/// How a whole object is written in the place of a scalar.
enum class object_form {
    none,
    json,
    toml,
    yaml_flow,
    yaml_flow_quoted,  ///< as JSON, in a flow collection whose scalars have double quotes
    yaml_below,        ///< on the lines below, by `indent`
    yaml_here          ///< the first entry in its place, the others on the lines below
};

/// A string of the document in which something is to be done.
struct scalar {
    quoting kind{};
    span_of_text all;      ///< with its quotes
    span_of_text content;  ///< without
    std::size_t first_edit = 0;
    std::size_t edits = 0;
    bool is_whole = false;  ///< it is one reference and nothing else
    bool has_lines = false;
    bool tab_follows = false;  ///< the line below begins with one, which libyaml reads behind a plain scalar only
    object_form object = object_form::none;
    std::size_t indent = 0;
    bool adds_step = false;  ///< `indent` is of the key, and one step of the document's is added
};

/// What a scan found. Made by scan() alone.
struct document {
    std::string text;
    std::string file;
    std::vector<reference> references;  ///< one in a default stands before the one whose default it is in
    std::vector<edit> edits;            ///< in the order of the document
    std::vector<scalar> scalars;        ///< so too
    std::size_t indent_step = 2;        ///< of YAML blocks: by the first mapping within a mapping
};

struct scan_options {
    format form = format::text;
    delimiters spelling = delimiters::both;
    /// What inner variables stand for: "opt:stage" -> "prod".
    std::map<std::string, std::string, std::less<>> variables;
    std::string file = "-";  ///< for the problems' texts
};

/// First half: finds the references, or says everything (up to max_problems) that is wrong with them.
///
/// - Names have no dots: the field is what follows the first one. An inner variable, `${secrets:${opt:stage}-deploy}`,
///   is replaced by what `variables` has for it, else by its own default; if neither is there, that is a problem. An
///   empty one makes the reference's default stand for it.
/// - A default is `'text'`, `"text"`, a word, a variable or another reference. It is for an empty inner variable, a
///   connection that does not exist, and a `region` or `accountId` that the connection does not have; never for a
///   refusal or an outage, which do not come here: whoever meets one does not call substitute().
/// - An odd number of backslashes before a reference is an escape: the last one goes, the reference stays. (Between
///   double quotes, a backslash is written as two; a single one is taken too.) An even number stays and escapes
///   nothing.
/// - Without a field it is the whole object, and has to be a whole string: a value of YAML, plain or in quotes, of JSON
///   or of TOML. A block scalar (`|`, `>`) is always text, a string tagged `!!str` stays one, and dotenv and plain text
///   have no mappings: a field has to be named there.
/// - In JSON and TOML a reference stands in a string; one outside of quotes is refused.
/// - Comments are not looked into. Keys of mappings may not hold references at all: a credential is no name.
/// - Inside another variable's braces (`${opt:region, '${secrets:a.region}'}`) a reference with a field is replaced as
///   text; everything else of the other variable stays.
/// - Time is linear in the document's size.
[[nodiscard]] checked<document> scan(std::string text, const scan_options& options);

/// What a connection's name turned out to be.
struct answer {
    bool found = false;  ///< false: there is no such connection, and the caller may know that
    std::array<secret, field_count> values;  ///< by field; an empty one is not there

    [[nodiscard]] const secret& of(field f) const { return values.at(static_cast<std::size_t>(f)); }
    secret& of(field f) { return values.at(static_cast<std::size_t>(f)); }
};
using answers = std::map<std::string, answer, std::less<>>;

/// The distinct names that still need an answer, in the document's order. One in a default is asked for only when the
/// default is taken: ask, add what came, and come again until nothing is left.
[[nodiscard]] std::vector<std::string> names_to_ask(const document& doc, const answers& known);

/// Second half: the new text. Every byte outside the scalars that hold references is as it was; within them, every byte
/// outside of the references, but for
/// - a whole scalar that becomes an object: `object_fields` as a mapping in the file's style, its quotes gone;
/// - a plain YAML scalar whose new text would not be read as this string, which gets quotes;
/// - a whole single-quoted YAML scalar or literal TOML string that cannot hold its value, which gets double quotes.
/// A value that cannot be written where its reference stands is a problem, never a guess.
[[nodiscard]] checked<secret> substitute(const document& doc, const answers& known);

}  // namespace hourkey::secretref
