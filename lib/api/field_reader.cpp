#include "api/field_reader.hpp"

#include "core/time_text.hpp"

#include <algorithm>

namespace hourkey::api {
namespace {

/// A page has 1,000 items at most, an item of the audit some hundred of the parser's events.
constexpr std::size_t events_of_a_page = 200'000;

std::string list_of(std::span<const std::string_view> values) {
    std::string out;
    for (const auto v : values) {
        if (!out.empty()) out.append(v == values.back() ? " or " : ", ");
        out.append(v);
    }
    return out;
}

result<> check(const field& f, std::string_view text) {
    if (f.of.most_bytes != 0 && text.size() > f.of.most_bytes)
        return invalid_field(f.name, "is longer than " + std::to_string(f.of.most_bytes) + " bytes", "Shorten it.");
    if (!f.of.values.empty() && std::ranges::find(f.of.values, text) == f.of.values.end())
        return invalid_field(f.name, "is none of those that there are", "Use " + list_of(f.of.values) + ".");
    return f.of.check != nullptr ? f.of.check(f.name, text) : result<>{};
}

std::int64_t least_read(const field& f) { return f.is_judged_later ? -any_number : f.least; }
std::int64_t most_read(const field& f) { return f.is_judged_later ? any_number : f.most; }

}  // namespace

result<json::document> parse_body(std::string_view body, sender who) {
    return who == sender::client ? json::parse_object_or_empty(body) : json::parse(body, events_of_a_page);
}

void field_reader::miss(const field& f) {
    if (!why_) why_ = invalid_field(f.name, "is missing", "Add the field " + std::string(f.name) + ".");
}

bool field_reader::is_as_described(const field& f, std::string_view text) {
    if (who_ == sender::server || why_) return !why_;  // a newer server has words that we do not know
    if (const auto fits = check(f, text); !fits) why_ = fits.error();
    return !why_;
}

void field_reader::operator()(const field& f, std::string& into) {
    if (const auto got = take(from_.string(f.name)); got && is_as_described(f, *got)) into = *got;
}

void field_reader::operator()(const field& f, std::optional<std::string>& into) {
    if (const auto got = take(from_.optional_string(f.name)); got && *got && is_as_described(f, **got)) into = **got;
}

void field_reader::operator()(const field& f, std::vector<std::string>& into) {
    const auto all = take(from_.optional_strings(f.name));
    if (!all) return;
    if (!*all) return miss(f);
    if (who_ == sender::client && static_cast<std::int64_t>((*all)->size()) > f.most && !why_)
        why_ = invalid_field(f.name, "has more than " + std::to_string(f.most) + " entries", "Ask for fewer at once.");
    for (const auto text : **all)
        if (is_as_described(f, text)) into.emplace_back(text);
}

void field_reader::operator()(const field& f, secret& into) {
    if (const auto got = take(from_.string(f.name))) into = secret(*got);
}

void field_reader::operator()(const field& f, bool& into) {
    const auto got = take(from_.optional_boolean(f.name));
    if (got && !*got) miss(f);
    if (got && *got) into = **got;
}

void field_reader::operator()(const field& f, wall_time& into) {
    std::optional<wall_time> got;
    (*this)(f, got);
    if (got) into = *got;
    if (!got) miss(f);
}

void field_reader::operator()(const field& f, std::optional<wall_time>& into) {
    const auto text = take(from_.optional_string(f.name));
    if (!text || !*text) return;
    const auto parsed = parse_rfc3339(**text);
    if (parsed) into = *parsed;
    if (!parsed && !why_) why_ = invalid_field(f.name, "is not an RFC 3339 time", "Write it as 2026-11-22T02:59:40Z.");
}

std::optional<std::int64_t> field_reader::number(const field& f) {
    return take(from_.integer(f.name, least_read(f), most_read(f)));
}

std::optional<std::int64_t> field_reader::optional_number(const field& f) {
    return take(from_.optional_integer(f.name, least_read(f), most_read(f))).value_or(std::nullopt);
}

void field_reader::refuse(std::string_view name, std::string_view what, std::string_view fix) {
    if (from_.has(name) && !why_) why_ = invalid_field(name, what, fix);
}

result<> field_reader::finish() {
    if (why_) return *std::move(why_);
    return who_ == sender::client ? from_.finish() : result<>{};
}

}  // namespace hourkey::api
