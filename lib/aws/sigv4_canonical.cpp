#include "aws/sigv4_canonical.hpp"

#include "core/encoding.hpp"

#include <algorithm>

namespace hourkey::aws {
namespace {

bool is_white(char c) noexcept { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// Calls `take` for each piece between `separator`s, empty ones included.
template <class Take>
void for_each_piece(std::string_view text, char separator, Take take) {
    for (;;) {
        const auto end = text.find(separator);
        take(text.substr(0, end));
        if (end == std::string_view::npos) return;
        text.remove_prefix(end + 1);
    }
}

/// RFC 3986 5.2.4, with empty segments dropped.
std::string without_dot_segments(std::string_view path) {
    std::vector<std::string_view> kept;
    bool ends_in_directory = true;
    for_each_piece(path, '/', [&](std::string_view segment) {
        ends_in_directory = segment.empty() || segment == "." || segment == "..";
        if (!ends_in_directory) kept.push_back(segment);
        if (segment == ".." && !kept.empty()) kept.pop_back();
    });
    std::string out;
    for (const auto segment : kept) out.append("/").append(segment);
    if (ends_in_directory || kept.empty()) out.append("/");
    return out;
}

std::string re_encoded(std::string_view piece) {
    // A '%' that starts no escape stands for itself.
    auto decoded = percent_decoded(piece);
    return percent_encoded(decoded ? std::string_view(*decoded) : piece);
}

}  // namespace

std::string canonical_path(std::string_view raw_path, path_style style) {
    std::string resolved;
    if (raw_path.empty()) raw_path = "/";
    if (style == path_style::normalized) {
        resolved = without_dot_segments(raw_path);
        raw_path = resolved;
    }
    std::string out;
    out.reserve(raw_path.size());
    bool first = true;
    for_each_piece(raw_path, '/', [&](std::string_view segment) {
        if (!std::exchange(first, false)) out.push_back('/');
        append_percent_encoded(out, segment);
    });
    return out;
}

std::string canonical_query(std::string_view raw_query) {
    std::vector<std::pair<std::string, std::string>> parameters;
    for_each_piece(raw_query, '&', [&](std::string_view piece) {
        if (piece.empty()) return;
        const auto equals = piece.find('=');
        const auto value = equals == std::string_view::npos ? std::string_view{} : piece.substr(equals + 1);
        parameters.emplace_back(re_encoded(piece.substr(0, equals)), re_encoded(value));
    });
    std::ranges::sort(parameters);
    std::string out;
    for (const auto& [name, value] : parameters) {
        if (!out.empty()) out.push_back('&');
        out.append(name).append("=").append(value);
    }
    return out;
}

std::string canonical_header_value(std::string_view value) {
    std::string out;
    out.reserve(value.size());
    bool gap = false;
    for (const char c : value) {
        if (is_white(c)) {
            gap = !out.empty();
            continue;
        }
        if (std::exchange(gap, false)) out.push_back(' ');
        out.push_back(c);
    }
    return out;
}

std::string lower_case(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return out;
}

canonical_header_block canonical_headers(std::span<const header_view> headers) {
    std::vector<std::pair<std::string, std::size_t>> order;  // the index keeps equal names in their order
    order.reserve(headers.size());
    for (const auto& field : headers) order.emplace_back(lower_case(field.first), order.size());
    std::ranges::sort(order);
    canonical_header_block block;
    for (std::size_t i = 0; i < order.size();) {
        const auto& name = order[i].first;
        if (!block.names.empty()) block.names.push_back(';');
        block.names.append(name);
        block.lines.append(name).append(":").append(canonical_header_value(headers[order[i].second].second));
        for (++i; i < order.size() && order[i].first == name; ++i)
            block.lines.append(",").append(canonical_header_value(headers[order[i].second].second));
        block.lines.push_back('\n');
    }
    return block;
}

std::string canonical_request(const canonical_parts& parts) {
    std::string out;
    out.reserve(parts.method.size() + parts.path.size() + parts.query.size() + parts.headers.lines.size() +
                parts.headers.names.size() + 70);
    out.append(parts.method).append("\n").append(parts.path).append("\n").append(parts.query).append("\n");
    out.append(parts.headers.lines).append("\n").append(parts.headers.names).append("\n").append(parts.payload_sha256);
    return out;
}

std::string credential_scope(std::string_view date, std::string_view region, std::string_view service) {
    std::string out(date);
    out.append("/").append(region).append("/").append(service).append("/aws4_request");
    return out;
}

std::string string_to_sign(std::string_view amz_date, std::string_view scope, std::string_view canonical) {
    std::string out(sigv4_algorithm);
    out.append("\n").append(amz_date).append("\n").append(scope).append("\n");
    append_hex(out, crypto::sha256(canonical));
    return out;
}

secret derive_signing_key(const secret& secret_access_key, std::string_view date, std::string_view region,
                          std::string_view service) {
    std::string start;
    start.reserve(4 + secret_access_key.size());
    start.append("AWS4").append(secret_access_key.expose());
    auto key = crypto::hmac_sha256(start, date);
    wipe_container(start);
    for (const auto part : {region, service, std::string_view("aws4_request")})
        key = crypto::hmac_sha256(crypto::as_text(key), part);
    secret out(crypto::as_text(key));
    wipe_bytes(key.data(), key.size());
    return out;
}

}  // namespace hourkey::aws
