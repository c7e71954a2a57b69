#include "credentials/access_key.hpp"

#include "credentials/source.hpp"

#include <algorithm>
#include <string>

namespace hourkey::credentials {
namespace {

bool is_word(std::string_view text) noexcept {
    return std::ranges::all_of(text, [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

bool is_visible(std::string_view text) noexcept {
    return std::ranges::all_of(text, [](char c) { return c >= 0x21 && c <= 0x7E; });
}

/// As an env file or a TOML habit leaves them; no part of a key holds any.
bool is_quoted(std::string_view text) noexcept {
    return text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front();
}

}  // namespace

result<aws::credentials> make_credentials(std::string_view id, std::string_view key, std::string_view token,
                                          std::optional<wall_time> expiration, std::string_view where,
                                          const key_names& names) {
    const auto wrong = [&](std::string_view what, std::string_view name, std::string_view why) {
        return unusable(
            std::string(where).append(": the ").append(what).append(" (").append(name).append(") ").append(why));
    };
    if (id.empty() || id.size() > 128 || !is_word(id))
        return wrong("access key id", names.id, "is not 1..128 of A-Z a-z 0-9 _");
    if (key.empty() || !is_visible(key))
        return wrong("secret access key", names.key, "is empty or holds a blank or a control character");
    if (is_quoted(key)) return wrong("secret access key", names.key, "is in quotes; leave them out");
    if (!is_visible(token)) return wrong("session token", names.token, "holds a blank or a control character");
    if (is_quoted(token)) return wrong("session token", names.token, "is in quotes; leave them out");
    return aws::credentials{std::string(id), secret(key), secret(token), expiration};
}

}  // namespace hourkey::credentials
