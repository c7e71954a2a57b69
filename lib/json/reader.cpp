#include "json/reader.hpp"

#include "core/encoding.hpp"
#include "json/tree.hpp"

#include <algorithm>

namespace hourkey::json {
namespace {

/// A field's name comes from the caller and is repeated only when it looks like one: it may be a secret in the wrong
/// place.
bool is_showable(std::string_view name) {
    return !name.empty() && name.size() <= 40 &&
           std::ranges::all_of(name, [](char c) { return c == '_' || c == '-' || c == '.' || is_base62({&c, 1}); });
}

}  // namespace

document::document(std::unique_ptr<tree> content) : tree_(std::move(content)) {}
document::document(document&&) noexcept = default;
document& document::operator=(document&&) noexcept = default;
document::~document() = default;

object document::root() const { return {*tree_, 0, {}}; }

struct object::found {
    const node* value = nullptr;  ///< null pointer: absent or null
    std::uint32_t at = 0;
};

object::found object::look_up(std::string_view field) {
    if (std::ranges::find(asked_, field) == asked_.end()) asked_.push_back(field);
    for (auto child = tree_->nodes[at_].first_child; child != 0; child = tree_->nodes[child].next_sibling) {
        const auto& candidate = tree_->nodes[child];
        if (candidate.name == field)
            return candidate.what == kind::null ? found{} : found{.value = &candidate, .at = child};
    }
    return {};
}

std::string object::path_of(std::string_view field) const {
    std::string path(path_);
    if (!path.empty()) path.push_back('.');
    return path.append(field);
}

failure object::missing(std::string_view field) const {
    const auto path = path_of(field);
    return invalid_field(path, "is missing", "Add the field " + path + ".");
}

bool object::has(std::string_view field) { return look_up(field).value != nullptr; }

result<std::optional<std::string_view>> object::optional_string(std::string_view field) {
    const auto* const value = look_up(field).value;
    if (value == nullptr) return std::nullopt;
    if (value->what != kind::string)
        return invalid_field(path_of(field), "must be a string", "Write it in double quotes.");
    return value->text;
}

result<std::string_view> object::string(std::string_view field) {
    HK_TRY(const auto value, optional_string(field));
    if (!value) return missing(field);
    return *value;
}

result<std::optional<std::vector<std::string_view>>> object::optional_strings(std::string_view field) {
    const auto* const value = look_up(field).value;
    if (value == nullptr) return std::nullopt;
    std::vector<std::string_view> texts;
    bool all_strings = value->what == kind::array;
    for (auto child = value->first_child; child != 0 && all_strings; child = tree_->nodes[child].next_sibling) {
        all_strings = tree_->nodes[child].what == kind::string;
        texts.push_back(tree_->nodes[child].text);
    }
    if (!all_strings) return invalid_field(path_of(field), "must be an array of strings", "Write it as [\"...\"].");
    return std::optional(std::move(texts));
}

result<std::optional<std::int64_t>> object::optional_integer(std::string_view field, std::int64_t min,
                                                             std::int64_t max) {
    const auto* const value = look_up(field).value;
    if (value == nullptr) return std::nullopt;
    if (value->what != kind::integer || value->number < min || value->number > max)
        return invalid_field(path_of(field),
                             "must be a whole number from " + std::to_string(min) + " to " + std::to_string(max),
                             "Write it without quotes, fraction or exponent.");
    return value->number;
}

result<std::int64_t> object::integer(std::string_view field, std::int64_t min, std::int64_t max) {
    HK_TRY(const auto value, optional_integer(field, min, max));
    if (!value) return missing(field);
    return *value;
}

result<std::optional<bool>> object::optional_boolean(std::string_view field) {
    const auto* const value = look_up(field).value;
    if (value == nullptr) return std::nullopt;
    if (value->what != kind::boolean)
        return invalid_field(path_of(field), "must be true or false", "Write it without quotes.");
    return value->number == 1;
}

result<std::optional<object>> object::optional_object(std::string_view field) {
    const auto [value, at] = look_up(field);
    if (value == nullptr) return std::nullopt;
    if (value->what != kind::object)
        return invalid_field(path_of(field), "must be an object", "Write it as {\"name\": ...}.");
    return std::optional(object(*tree_, at, path_of(field)));
}

result<std::optional<std::vector<object>>> object::optional_objects(std::string_view field) {
    const auto* const value = look_up(field).value;
    if (value == nullptr) return std::nullopt;
    std::vector<object> items;
    bool all_objects = value->what == kind::array;
    for (auto child = value->first_child; child != 0 && all_objects; child = tree_->nodes[child].next_sibling) {
        all_objects = tree_->nodes[child].what == kind::object;
        items.push_back(object(*tree_, child, path_of(field) + "[" + std::to_string(items.size()) + "]"));
    }
    if (!all_objects)
        return invalid_field(path_of(field), "must be an array of objects", "Write it as [{\"name\": ...}].");
    return std::optional(std::move(items));
}

result<std::optional<std::vector<std::string>>> object::optional_texts(std::string_view field) {
    const auto* const value = look_up(field).value;
    if (value == nullptr) return std::nullopt;
    std::vector<std::string> texts;
    const auto add = [&texts](const node& n) {
        if (n.what == kind::string) texts.emplace_back(n.text);
        if (n.what == kind::boolean) texts.emplace_back(n.number == 1 ? "true" : "false");
        if (n.what == kind::integer) texts.push_back(std::to_string(n.number));
        return n.what == kind::string || n.what == kind::boolean || n.what == kind::integer;
    };
    bool all_scalars = value->what == kind::array || add(*value);
    for (auto child = value->first_child; child != 0 && all_scalars; child = tree_->nodes[child].next_sibling)
        all_scalars = add(tree_->nodes[child]);
    if (!all_scalars)
        return invalid_field(path_of(field), "must be a string or an array of strings",
                             "Write it as \"...\" or [\"...\"].");
    return std::optional(std::move(texts));
}

std::vector<std::string_view> object::names() const {
    std::vector<std::string_view> all;
    for (auto child = tree_->nodes[at_].first_child; child != 0; child = tree_->nodes[child].next_sibling)
        all.push_back(tree_->nodes[child].name);
    return all;
}

result<> object::finish() const {
    for (auto child = tree_->nodes[at_].first_child; child != 0; child = tree_->nodes[child].next_sibling) {
        const auto name = tree_->nodes[child].name;
        if (std::ranges::find(asked_, name) != asked_.end()) continue;
        std::string known;
        for (const auto field : asked_) known.append(known.empty() ? "" : ", ").append(field);
        const auto fix = known.empty() ? "This object takes no fields." : "Known fields: " + known + ".";
        return invalid_field(path_of(is_showable(name) ? name : "(a field)"), "is an unknown field", fix);
    }
    return {};
}

}  // namespace hourkey::json
