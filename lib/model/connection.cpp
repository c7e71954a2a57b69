#include "model/connection.hpp"

#include <array>

namespace hourkey::model {
namespace {

constexpr std::array<std::string_view, 2> kinds{"role", "static_key"};
constexpr std::array<std::string_view, 4> sharings{"none", "job", "app", "connection"};
constexpr std::array<std::string_view, 7> states{"draft",  "pending",        "active",  "degraded",
                                                 "broken", "insecure_trust", "disabled"};

template <class Word, std::size_t Size>
std::optional<Word> parse_word(const std::array<std::string_view, Size>& names, std::string_view text) noexcept {
    for (std::size_t i = 0; i < Size; ++i)
        if (names[i] == text) return static_cast<Word>(i);
    return std::nullopt;
}

}  // namespace

std::string_view to_text(connection_kind k) noexcept { return kinds[static_cast<std::size_t>(k)]; }
std::optional<connection_kind> parse_connection_kind(std::string_view text) noexcept {
    return parse_word<connection_kind>(kinds, text);
}

std::string_view to_text(connection_state s) noexcept { return states[static_cast<std::size_t>(s)]; }
std::optional<connection_state> parse_connection_state(std::string_view text) noexcept {
    return parse_word<connection_state>(states, text);
}
bool may_vend(connection_state s) noexcept { return s == connection_state::active || s == connection_state::degraded; }

std::string_view to_text(session_sharing s) noexcept { return sharings[static_cast<std::size_t>(s) - 1]; }
std::optional<session_sharing> parse_session_sharing(std::string_view text) noexcept {
    for (std::size_t i = 0; i < sharings.size(); ++i)
        if (sharings[i] == text) return static_cast<session_sharing>(i + 1);
    return std::nullopt;
}
std::optional<session_sharing> session_sharing_of(std::int64_t number) noexcept {
    if (number < 1 || number > static_cast<std::int64_t>(sharings.size())) return std::nullopt;
    return static_cast<session_sharing>(number);
}

std::string connection_capabilities::str() const {
    std::string out;
    if (source_identity) out = "source_identity";
    if (session_tags) out.append(out.empty() ? "" : " ").append("session_tags");
    return out;
}

std::optional<connection_capabilities> connection_capabilities::parse(std::string_view text) noexcept {
    for (const bool identity : {false, true})
        for (const bool tags : {false, true}) {
            const connection_capabilities all{.source_identity = identity, .session_tags = tags};
            if (all.str() == text) return all;
        }
    return std::nullopt;
}

bool has_settled(const connection& c, wall_time now) noexcept {
    return now - c.created_at >= trust_settles && (!c.verified_at || now - *c.verified_at >= trust_settles);
}

}  // namespace hourkey::model
