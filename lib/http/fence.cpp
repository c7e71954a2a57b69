#include "http/fence.hpp"

#include "http/head_parser.hpp"
#include "http/token.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hourkey::http {
namespace {

constexpr auto target_chars = character_set::alphanumeric_and("/_.~%=&?-*");
constexpr auto host_chars = character_set::alphanumeric_and(".-_:[]");

constexpr int hex_digit(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

failure bad_target(std::string_view what, std::string_view fix) {
    return invalid_field("the request target", what, fix);
}

std::optional<method> to_method(std::string_view text) noexcept {
    for (const auto m : {method::get, method::post, method::put, method::delete_, method::head, method::options})
        if (to_text(m) == text) return m;
    return std::nullopt;
}

failure explain(line_fault fault) {
    switch (fault) {
        case line_fault::folded:
            return invalid_field("the header block", "has a folded line",
                                 "Send each field on one line.");  // RFC 9112 5.2
        case line_fault::underscore:
            return invalid_field("the header block", "has a field name with an underscore",
                                 "Use a hyphen.");  // gateways map both to the same name
        case line_fault::too_many:
            return failure(errc::headers_too_large, "The request has too many header fields.",
                           "Send fewer header fields.");
        case line_fault::transfer_encoding:
            return failure(errc::length_required, {}, "Remove Transfer-Encoding and send Content-Length.");
        case line_fault::bad_name:
        case line_fault::none: break;
    }
    return invalid_field("the header block", "has a field name that is not a token",
                         "Send each field as `Name: value`, without a space before the colon.");
}

failure repeated(std::string_view field) {
    return invalid_field(field, "was sent more than once", "Send this field once.");
}

/// RFC 9110 7.2: host and port, no userinfo, no list.
bool is_host(std::string_view value) noexcept {
    return !value.empty() && value.size() <= 255 &&
           std::all_of(value.begin(), value.end(), [](char c) { return host_chars.has(c); });
}

/// `0` or `[1-9][0-9]*`: RFC 9112 6.3 lets a list of equal numbers pass, and Beast lets 00005 pass; two parsers may
/// then differ.
result<std::size_t> parse_content_length(std::string_view value, std::size_t cap) {
    const bool digits =
        !value.empty() && std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!digits || (value.size() > 1 && value[0] == '0'))
        return invalid_field("Content-Length", "is not one decimal number without leading zeros",
                             "Send the body's size in bytes.");
    std::size_t size = 0;
    const auto parsed = std::from_chars(value.data(), value.data() + value.size(), size);
    if (parsed.ec != std::errc{} || size > cap)
        return failure(errc::payload_too_large, {}, "Send a body of at most " + std::to_string(cap) + " bytes.");
    return size;
}

/// Without early exit, so that the compiler makes vectors of it.
bool is_ascii(std::string_view text) noexcept {
    unsigned char all = 0;
    for (const char c : text) all |= static_cast<unsigned char>(c);
    return all < 0x80;
}

/// The fields that frame, route or authenticate a request: each at most once, because another reader may take the other
/// one.
struct single_fields {
    std::optional<std::string_view> host, content_length, expect;
};

constexpr std::array<std::string_view, 8> singles{"Host",          "Authorization", "Content-Length", "Content-Type",
                                                  "X-Vault-Token", "If-Match",      "Expect",         "If-None-Match"};
/// Read too, and may come in several lines.
constexpr std::array<std::string_view, 2> lists_read{"Connection", "X-Forwarded-For"};

result<single_fields> find_single_fields(const field_views& fields) {
    std::array<std::optional<std::string_view>, singles.size()> found;
    for (const auto& [name, value] : fields) {
        for (std::size_t i = 0; i < singles.size(); ++i) {
            if (!equal_ignoring_case(name, singles[i])) continue;
            if (found[i]) return repeated(singles[i]);
            found[i] = value;
        }
    }
    return single_fields{found[0], found[2], found[6]};
}

/// RFC 9110 5.5: obs-text is opaque data. In a field that somebody reads it is refused; any other field that has it is
/// left out, so that nobody ever will.
result<> leave_out_opaque(field_views& fields) {
    const auto is_opaque = [](const auto& field) { return !is_ascii(field.second); };
    const auto has_name = [](std::string_view name) {
        return [name](std::string_view other) { return equal_ignoring_case(name, other); };
    };
    for (const auto& field : fields) {
        const auto [name, value] = field;
        if (is_opaque(field) &&
            (std::ranges::any_of(singles, has_name(name)) || std::ranges::any_of(lists_read, has_name(name))))
            return invalid_field(name, "has a byte outside ASCII", "Send printable ASCII.");
    }
    std::erase_if(fields, is_opaque);
    return {};
}

/// RFC 9112 3.2: `/path?query`, or with scheme and authority before it.
struct target_parts {
    std::string_view authority;  ///< empty in origin-form
    std::string_view rest;
    std::string_view default_port;
};

target_parts split_target(std::string_view target) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 2> schemes{
        {{"http://", ":80"}, {"https://", ":443"}}};
    for (const auto& [scheme, port] : schemes) {
        if (target.size() <= scheme.size() || !equal_ignoring_case(target.substr(0, scheme.size()), scheme)) continue;
        const auto after = target.substr(scheme.size());
        const auto end = std::min(after.find_first_of("/?#"), after.size());
        if (end == 0) break;
        return {after.substr(0, end), end == after.size() ? std::string_view("/") : after.substr(end), port};
    }
    return {{}, target, {}};
}

std::string_view without_port(std::string_view authority, std::string_view port) {
    return authority.ends_with(port) ? authority.substr(0, authority.size() - port.size()) : authority;
}

/// RFC 9112 3.2.2 lets the authority of the target win over Host. Another reader may let Host win, so they must agree.
result<> check_authority(const target_parts& target, const std::optional<std::string_view>& host) {
    if (target.authority.empty()) return {};
    if (!is_host(target.authority))
        return bad_target("has no valid host", "Send the path only, as in `GET /v1/whoami HTTP/1.1`.");
    if (host && !equal_ignoring_case(without_port(target.authority, target.default_port),
                                     without_port(*host, target.default_port)))
        return bad_target("names another host than Host", "Send the path only, as in `GET /v1/whoami HTTP/1.1`.");
    return {};
}

}  // namespace

result<std::size_t> find_head(head_scanner& scanner, std::string_view seen) {
    switch (scanner.feed(seen)) {
        case head_scanner::verdict::incomplete: return std::size_t{0};
        case head_scanner::verdict::complete: return scanner.size();
        case head_scanner::verdict::too_large:
            return failure(errc::headers_too_large, {}, "Send fewer or shorter header fields.");
        case head_scanner::verdict::line_too_large:
            return failure(errc::target_too_long, {}, "Send a shorter path and query.");
        case head_scanner::verdict::bad_byte: break;
    }
    return invalid_field("the header block", "has a control character or a lone CR or LF",
                         "Send printable lines that end in CR LF.");
}

result<> check_target(std::string_view target) {
    if (target.empty() || target[0] != '/')
        return bad_target("does not start with a slash", "Send the path only, as in `GET /v1/whoami HTTP/1.1`.");
    // The current path segment after decoding once: only whether it is empty, `.` or `..` matters.
    std::size_t length = 0, dots = 0;
    bool in_path = true;
    const auto segment_is_bad = [&] { return dots == length && (length == 1 || length == 2); };
    for (std::size_t i = 1; i < target.size(); ++i) {
        const char c = target[i];
        if (!target_chars.has(c)) return bad_target("has a character that is not allowed", "Percent-encode it.");
        int decoded = static_cast<unsigned char>(c);
        if (c == '%') {
            const int high = i + 2 < target.size() ? hex_digit(target[i + 1]) : -1;
            const int low = i + 2 < target.size() ? hex_digit(target[i + 2]) : -1;
            if (high < 0 || low < 0)
                return bad_target("has a malformed percent escape", "Send % followed by two hexadecimal digits.");
            decoded = high * 16 + low;
            i += 2;
            if (decoded == 0) return bad_target("has an encoded NUL", "Remove %00.");
            if (in_path && (decoded == '/' || decoded == '\\'))
                return bad_target("has an encoded slash or backslash in its path", "Names never hold one.");
        }
        if (!in_path) continue;
        if (c == '/' && length == 0) return bad_target("has an empty path segment", "Send single slashes.");
        if (c == '/' || c == '?') {
            if (segment_is_bad()) return bad_target("has a `.` or `..` path segment", "Send the path itself.");
            in_path = c == '/';
            length = dots = 0;
        } else {
            ++length;
            dots += decoded == '.' ? 1 : 0;
        }
    }
    if (in_path && segment_is_bad()) return bad_target("has a `.` or `..` path segment", "Send the path itself.");
    return {};
}

result<framing> admit(std::string_view block, const server_limits& limits, request& into) {
    if (const auto fault = check_field_lines(block, limits.fields, message_kind::request); fault != line_fault::none)
        return explain(fault);
    HK_TRY(const auto line, parse_request_head(block, into.headers));

    const auto verb = to_method(line.method);
    if (!verb)
        return failure(errc::method_not_allowed, "The server does not know this method.",
                       "Send one of GET, HEAD, POST, PUT, DELETE and OPTIONS.");
    if (line.target.size() > limits.target_bytes)
        return failure(errc::target_too_long, {}, "Send a shorter path and query.");
    const auto target = split_target(line.target);
    HK_CHECK(check_target(target.rest));

    HK_CHECK(leave_out_opaque(into.headers));
    HK_TRY(const auto single, find_single_fields(into.headers));
    if (!single.host && line.http11)
        return invalid_field("Host", "is missing", "Send one Host field.");  // RFC 9112 3.2: HTTP/1.0 has none
    HK_CHECK(check_authority(target, single.host));
    if (single.host && !is_host(*single.host))
        return invalid_field("Host", "is not a host name or address with an optional port",
                             "Send the name the client connected to.");

    framing frame{0, line.http11, line.keep_alive, false};
    if (single.content_length) {
        HK_TRY(frame.body_bytes, parse_content_length(*single.content_length, limits.body_bytes));
    }
    if (frame.body_bytes != 0 && (*verb == method::get || *verb == method::head || *verb == method::delete_))
        return invalid_field("the body", "is not allowed with this method", "Send no body, or use POST.");
    if (single.expect) {
        // RFC 9110 10.1.1: 100-continue is the only expectation there is, and HTTP/1.0 has none.
        if (!equal_ignoring_case(*single.expect, "100-continue"))
            return invalid_field("Expect", "is not 100-continue", "Remove the field.");
        frame.wants_continue = line.http11 && frame.body_bytes != 0;
    }

    into.verb = *verb;
    into.target = line.target;
    const auto question = target.rest.find('?');
    into.path = target.rest.substr(0, question);
    into.query = question == std::string_view::npos ? std::string_view{} : target.rest.substr(question + 1);
    return frame;
}

}  // namespace hourkey::http
