#pragma once

#include "core/failure.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hourkey::json {

/// hourkey's own bodies nest three deep; recursive code over a deep tree is a crash from outside.
inline constexpr std::size_t max_depth = 16;
/// Keys, values and both ends of each container. A body of 64 KiB could hold 30,000, of which no request needs a tenth.
inline constexpr std::size_t max_events = 2000;

struct tree;

/// One JSON object of a parsed body: a view, valid while its document lives, that remembers which fields it was asked
/// for. Field names given to it must outlive it (literals do). Every error is `invalid_request` and names the field by
/// its path; none repeats a value. For an optional field null counts as absent.
class object {
public:
    [[nodiscard]] bool has(std::string_view field);  ///< present and not null

    /// The text stays in the document, which wipes it; copy what has to live longer.
    [[nodiscard]] result<std::string_view> string(std::string_view field);
    [[nodiscard]] result<std::optional<std::string_view>> optional_string(std::string_view field);
    /// An array of strings.
    [[nodiscard]] result<std::optional<std::vector<std::string_view>>> optional_strings(std::string_view field);
    /// A whole number written as one: 1.0, 1e3, -0 and true are refused.
    [[nodiscard]] result<std::int64_t> integer(std::string_view field, std::int64_t min, std::int64_t max);
    [[nodiscard]] result<std::optional<std::int64_t>> optional_integer(std::string_view field, std::int64_t min,
                                                                       std::int64_t max);
    [[nodiscard]] result<std::optional<bool>> optional_boolean(std::string_view field);
    [[nodiscard]] result<std::optional<object>> optional_object(std::string_view field);

    /// An array of objects.
    [[nodiscard]] result<std::optional<std::vector<object>>> optional_objects(std::string_view field);

    /// One scalar, or an array of them, each as text: a string, true, false or a whole number. For documents that let a
    /// list of one be written as its element.
    [[nodiscard]] result<std::optional<std::vector<std::string>>> optional_texts(std::string_view field);
    /// The names of its fields in their order, for objects whose names are data; none counts as asked for.
    [[nodiscard]] std::vector<std::string_view> names() const;

    /// Call it last: a field that no getter has asked for is an error, so that a misspelt option is never silently
    /// ignored.
    [[nodiscard]] result<> finish() const;

private:
    friend class document;
    struct found;
    object(const tree& in, std::uint32_t at, std::string path) : tree_(&in), at_(at), path_(std::move(path)) {}
    [[nodiscard]] found look_up(std::string_view field);
    [[nodiscard]] std::string path_of(std::string_view field) const;
    [[nodiscard]] failure missing(std::string_view field) const;

    const tree* tree_;
    std::uint32_t at_;
    std::string path_;
    std::vector<std::string_view> asked_;
};

/// A parsed body; wipes the text it holds when it goes (the parser's own scratch memory is the allocator's to scrub).
class document {
public:
    document(document&&) noexcept;
    document& operator=(document&&) noexcept;
    ~document();

    [[nodiscard]] object root() const;

private:
    friend result<document> parse(std::string_view body, std::size_t most_events);
    explicit document(std::unique_ptr<tree> content);
    std::unique_ptr<tree> tree_;
};

/// Parses one JSON object (RFC 8259) and refuses what parsers disagree on: duplicate keys after unescaping, a byte
/// order mark, ill-formed UTF-8, NUL in a string, more than max_depth levels or `most_events`. The error tells the
/// problem and the byte offset and nothing of the content.
[[nodiscard]] result<document> parse(std::string_view body, std::size_t most_events = max_events);

/// The same, but a body of no bytes is `{}`: for requests whose fields are all optional.
[[nodiscard]] result<document> parse_object_or_empty(std::string_view body);

}  // namespace hourkey::json
