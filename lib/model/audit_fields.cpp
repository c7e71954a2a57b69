#include "model/audit_fields.hpp"

#include "core/number.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace hourkey::model {
namespace {

constexpr auto names = std::to_array<std::string_view>({
    "id",
    "name",
    "kind",
    "role",
    "app",
    "project",
    "service",
    "stage",
    "connection",
    "state",
    "role_arn",
    "region",
    "default_region",
    "external_id",
    "capabilities",
    "session_sharing",
    "binding",
    "policy_hash",
    "attempts",
    "max_duration_seconds",
    "reason",
    "created_at",
    "expires_at",
    "revoked_at",
});
static_assert(names.size() == static_cast<std::size_t>(audit_field::last_) + 1,
              "each audit_field has its name, in its order");

/// Takes the text up to `end` off the front, and `end` itself; none when it is not there.
std::optional<std::string_view> take_until(std::string_view& from, char end) {
    const auto at = from.find(end);
    if (at == std::string_view::npos) return std::nullopt;
    const auto taken = from.substr(0, at);
    from.remove_prefix(at + 1);
    return taken;
}

/// A number written as std::to_string writes it.
std::optional<std::int64_t> parse_canonical(std::string_view digits) {
    const auto n = parse_number<std::int64_t>(digits);
    return n && std::to_string(*n) == digits ? n : std::nullopt;
}

std::optional<std::string_view> take_text(std::string_view& from) {
    const auto digits = take_until(from, ':');
    const auto size = digits ? parse_canonical(*digits) : std::nullopt;
    if (!size || *size < 0 || static_cast<std::uint64_t>(*size) >= from.size() ||
        from[static_cast<std::size_t>(*size)] != ',')
        return std::nullopt;
    const auto text = from.substr(0, static_cast<std::size_t>(*size));
    from.remove_prefix(text.size() + 1);
    return text;
}

std::optional<audit_fields::value> take_value(std::string_view& from) {
    if (from.empty()) return std::nullopt;
    const char type = from.front();
    from.remove_prefix(1);
    if (type == 's') {
        const auto text = take_text(from);
        return text ? std::optional<audit_fields::value>(std::string(*text)) : std::nullopt;
    }
    const auto digits = take_until(from, ',');
    const auto n = digits ? parse_canonical(*digits) : std::nullopt;
    if (!n) return std::nullopt;
    if (type == 'i') return *n;
    if (type == 't') return wall_time(std::chrono::nanoseconds(*n));
    return std::nullopt;
}

}  // namespace

std::string_view to_text(audit_field f) noexcept { return names[static_cast<std::size_t>(f)]; }

std::optional<audit_field> parse_audit_field(std::string_view text) noexcept {
    const auto* const found = std::ranges::find(names, text);
    return found == names.end() ? std::nullopt : std::optional(static_cast<audit_field>(found - names.begin()));
}

audit_fields& audit_fields::add(audit_field f, value v) {
    if (!entries_.empty() && entries_.back().field >= f)
        throw std::logic_error("audit fields out of order: " + std::string(to_text(f)));
    entries_.push_back({f, std::move(v)});
    return *this;
}

audit_fields& audit_fields::text(audit_field f, std::string_view value) { return add(f, std::string(value)); }
audit_fields& audit_fields::filled(audit_field f, std::string_view value) {
    return value.empty() ? *this : text(f, value);
}
audit_fields& audit_fields::integer(audit_field f, std::int64_t value) { return add(f, value); }
audit_fields& audit_fields::time(audit_field f, wall_time value) { return add(f, value); }
audit_fields& audit_fields::time(audit_field f, const std::optional<wall_time>& value) {
    return value ? time(f, *value) : *this;
}

std::string audit_fields::canonical() const {
    std::string out;
    for (const auto& e : entries_) {
        out.append(to_text(e.field)).push_back(':');
        if (const auto* text = std::get_if<std::string>(&e.is)) {
            out.append("s").append(std::to_string(text->size())).append(":").append(*text);
        } else if (const auto* number = std::get_if<std::int64_t>(&e.is)) {
            out.append("i").append(std::to_string(*number));
        } else {
            out.append("t").append(std::to_string(std::get<wall_time>(e.is).time_since_epoch().count()));
        }
        out.push_back(',');
    }
    return out;
}

std::optional<audit_fields> audit_fields::parse(std::string_view canonical) {
    audit_fields out;
    while (!canonical.empty()) {
        const auto name = take_until(canonical, ':');
        const auto field = name ? parse_audit_field(*name) : std::nullopt;
        if (!field || (!out.entries_.empty() && out.entries_.back().field >= *field)) return std::nullopt;
        auto is = take_value(canonical);
        if (!is) return std::nullopt;
        out.entries_.push_back({*field, *std::move(is)});
    }
    return out;
}

std::string audit_detail::canonical() const {
    std::string out;
    const auto write = [&out](char part, const audit_fields& fields) {
        if (fields.empty()) return;
        const auto text = fields.canonical();
        out.append(1, part).append(std::to_string(text.size())).append(":").append(text).append(",");
    };
    write('b', before);
    write('a', after);
    write('c', context);
    return out;
}

std::optional<audit_detail> audit_detail::parse(std::string_view canonical) {
    audit_detail out;
    const auto read = [&canonical](char part, audit_fields& into) {
        if (!canonical.starts_with(part)) return true;
        canonical.remove_prefix(1);
        const auto text = take_text(canonical);
        auto fields = text && !text->empty() ? audit_fields::parse(*text) : std::nullopt;
        if (!fields) return false;
        into = *std::move(fields);
        return true;
    };
    if (!read('b', out.before) || !read('a', out.after) || !read('c', out.context) || !canonical.empty())
        return std::nullopt;
    return out;
}

}  // namespace hourkey::model
