#include "server/doors/query.hpp"

#include "core/encoding.hpp"

#include <algorithm>
#include <charconv>

namespace hourkey::server {

result<query> query::parse(std::string_view raw) {
    query out;
    while (!raw.empty()) {
        const auto amp = raw.find('&');
        const auto pair = raw.substr(0, amp);
        raw.remove_prefix(amp == std::string_view::npos ? raw.size() : amp + 1);
        const auto equals = pair.find('=');
        if (equals == std::string_view::npos || equals == 0)
            return failure(errc::invalid_request, "The query has a parameter without a name or value.",
                           "Write name=value, joined by '&'.");
        HK_TRY(auto name, percent_decoded(pair.substr(0, equals)));
        HK_TRY(auto value, percent_decoded(pair.substr(equals + 1)));
        if (!is_valid_utf8(value)) return invalid_field("query parameter", "is not UTF-8");
        if (std::ranges::any_of(out.parameters_, [&](const parameter& p) { return p.name == name; }))
            return invalid_field("a query parameter", "is given twice", "Give it once.");
        out.parameters_.push_back({std::move(name), std::move(value), false});
    }
    return out;
}

std::optional<std::string_view> query::text(std::string_view name) {
    for (auto& p : parameters_)
        if (p.name == name) {
            p.asked = true;
            return p.value;
        }
    return std::nullopt;
}

result<std::optional<std::int64_t>> query::integer(std::string_view name, std::int64_t min, std::int64_t max) {
    const auto value = text(name);
    if (!value) return std::optional<std::int64_t>();
    std::int64_t number = 0;
    const auto [end, ec] = std::from_chars(value->data(), value->data() + value->size(), number);
    if (ec == std::errc::invalid_argument || end != value->data() + value->size())
        return invalid_field(name, "is not a whole number", "Write digits only.");
    if (ec != std::errc{} || number < min || number > max)
        return invalid_field(name, "is not from " + std::to_string(min) + " to " + std::to_string(max),
                             "Give a number in that range, or leave it out.");
    return std::optional<std::int64_t>(number);
}

result<> query::finish(std::string fix) const {
    for (const auto& p : parameters_)
        if (!p.asked) {
            const bool printable =
                std::ranges::all_of(p.name, [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
            return invalid_field(printable ? "query parameter '" + p.name + "'" : "a query parameter",
                                 "is not known here", std::move(fix));
        }
    return {};
}

}  // namespace hourkey::server
