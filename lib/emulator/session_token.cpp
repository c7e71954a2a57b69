#include "emulator/session_token.hpp"

#include "core/encoding.hpp"
#include "core/number.hpp"
#include "crypto/hash.hpp"
#include "crypto/key_derivation.hpp"
#include "crypto/random.hpp"
#include "emulator/text.hpp"

#include <array>

namespace hourkey::emulator {
namespace {

// '/', '+' and '=' as in AWS's base64 tokens, so that a client which forgets to escape them is found out.
constexpr std::string_view token_start = "IQoJb3JpZ2luX2VjE//";
constexpr std::string_view token_end = "+==";
constexpr std::size_t mac_digits = 64;

secret random_key() {
    std::array<unsigned char, 32> bytes{};
    crypto::fill_random(bytes);
    secret key(crypto::as_text(bytes));
    wipe_bytes(bytes.data(), bytes.size());
    return key;
}

std::string seconds_text(const std::optional<wall_time>& t) {
    return t ? std::to_string(std::chrono::floor<std::chrono::seconds>(*t).time_since_epoch().count()) : std::string();
}

std::optional<wall_time> time_of(std::string_view seconds) {
    const auto number = parse_number<long>(seconds);
    return number ? std::optional(wall_time(std::chrono::seconds(*number))) : std::nullopt;
}

/// Percent encoding leaves no mark of ours in a key or a value: `key=value` or, of a transitive one, `key=value!`, each
/// ended by `&`.
std::string tags_text(const session_tags& tags) {
    std::string out;
    for (const auto& tag : tags)
        out.append(percent_encoded(tag.key))
            .append("=")
            .append(percent_encoded(tag.value))
            .append(tag.is_transitive ? "!&" : "&");
    return out;
}

session_tags tags_of(std::string_view text) {
    session_tags tags;
    while (!text.empty()) {
        auto value = take_until(text, '&');
        const bool is_transitive = value.ends_with('!');
        if (is_transitive) value.remove_suffix(1);
        const auto key = take_until(value, '=');
        tags.push_back({percent_decoded(key).value(), percent_decoded(value).value(), is_transitive});
    }
    return tags;
}

}  // namespace

session_sealer::session_sealer() : key_(random_key()) {}

std::string session_sealer::seal_text(std::string_view claims) const {
    return to_hex(crypto::hmac_sha256(key_.expose(), claims));
}

std::string session_sealer::seal(const session& s, std::size_t padded_to) const {
    std::string claims;
    const auto expires = std::chrono::floor<std::chrono::seconds>(s.expires).time_since_epoch().count();
    claims.append(s.who.access_key)
        .append("\n")
        .append(s.who.arn)
        .append("\n")
        .append(s.who.principal_arn)
        .append("\n");
    claims.append(s.who.user_id).append("\n").append(std::to_string(expires)).append("\n");
    claims.append(std::to_string(static_cast<int>(s.who.kind))).append("\n").append(s.who.source_identity).append("\n");
    claims.append(seconds_text(s.who.issued))
        .append("\n")
        .append(seconds_text(s.who.mfa_at))
        .append("\n")
        .append(tags_text(s.who.tags))
        .append("\n");
    const auto size = token_start.size() + 2 * claims.size() + mac_digits + token_end.size();
    if (size < padded_to) claims.append((padded_to - size + 1) / 2, '.');
    std::string token(token_start);
    append_hex(token, {reinterpret_cast<const unsigned char*>(claims.data()), claims.size()});
    return token.append(seal_text(claims)).append(token_end);
}

std::optional<session> session_sealer::open(std::string_view token) const {
    if (!token.starts_with(token_start) || !token.ends_with(token_end) ||
        token.size() < token_start.size() + mac_digits + token_end.size())
        return std::nullopt;
    auto hex = token.substr(token_start.size());
    hex.remove_suffix(token_end.size());
    const auto mac = hex.substr(hex.size() - mac_digits);
    hex.remove_suffix(mac_digits);
    const auto claims = from_hex(hex);
    // Hex has two spellings; only the one that was issued is the token.
    if (!claims || !crypto::equal_in_constant_time(seal_text(*claims), mac) ||
        to_hex({reinterpret_cast<const unsigned char*>(claims->data()), claims->size()}) != hex) {
        return std::nullopt;
    }
    std::string_view rest(*claims);
    session s;
    s.who.access_key = take_until(rest, '\n');
    s.who.arn = take_until(rest, '\n');
    s.who.principal_arn = take_until(rest, '\n');
    s.who.user_id = take_until(rest, '\n');
    s.expires = wall_time(std::chrono::seconds(parse_number<long>(take_until(rest, '\n')).value_or(0)));
    s.who.kind = static_cast<principal_kind>(parse_number<int>(take_until(rest, '\n')).value_or(0));
    s.who.source_identity = take_until(rest, '\n');
    s.who.issued = time_of(take_until(rest, '\n'));
    s.who.mfa_at = time_of(take_until(rest, '\n'));
    s.who.tags = tags_of(take_until(rest, '\n'));
    s.token = token;
    return s;
}

std::string session_sealer::secret_of(std::string_view access_key) const {
    const auto digest = crypto::hmac_sha256(key_.expose(), std::string("secret key of ").append(access_key));
    // Forty characters as AWS's, with the two that are not letters or digits.
    return to_base62(std::span(digest).first(28), 38).insert(10, "/").insert(20, "+");
}

}  // namespace hourkey::emulator
