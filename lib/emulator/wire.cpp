#include "emulator/wire.hpp"

#include "core/encoding.hpp"

#include <string_view>

namespace hourkey::emulator {
namespace {

constexpr std::size_t huge_body = 64U << 20U;
constexpr std::size_t huge_field = 1U << 20U;
constexpr int field_flood = 5000;

std::string_view reason(int status) noexcept {
    switch (status) {
        case 200: return "OK";
        case 307: return "Temporary Redirect";
        case 400: return "Bad Request";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 407: return "Proxy Authentication Required";
        case 413: return "Content Too Large";
        case 418: return "I'm a teapot";
        case 429: return "Too Many Requests";
        case 500: return "Internal Server Error";
        case 502: return "Bad Gateway";
        case 503: return "Service Unavailable";
        case 504: return "Gateway Timeout";
        default: return "Unknown";
    }
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append("\r\n");
}

std::string head_of(const answer& a, std::string_view version = "HTTP/1.1") {
    std::string out;
    out.reserve(512 + a.body.size());
    out.append(version)
        .append(" ")
        .append(std::to_string(a.status))
        .append(" ")
        .append(reason(a.status))
        .append("\r\n");
    for (const auto& [name, value] : a.headers) append_field(out, name, value);
    return out;
}

/// `extra`: further field lines.
std::string whole(const answer& a, std::string_view extra = {}) {
    auto out = head_of(a);
    out += extra;
    append_field(out, "Content-Length", std::to_string(a.body.size()));
    return out.append("\r\n").append(a.body);
}

/// With this very Content-Length, whatever the body's.
std::string with_length(const answer& a, std::string_view length) {
    auto out = head_of(a);
    append_field(out, "Content-Length", length);
    return out.append("\r\n").append(a.body);
}

std::string without_length(const answer& a, std::string_view version) {
    return head_of(a, version).append("\r\n").append(a.body);
}

void append_hex_number(std::string& out, std::size_t number) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string reversed;
    do reversed += digits[number % 16];
    while ((number /= 16) != 0);
    out.append(reversed.rbegin(), reversed.rend());
}

/// In chunks of at most 100 bytes; without the last chunk.
std::string chunked(const answer& a, std::string_view extension = {}) {
    auto out = head_of(a);
    append_field(out, "Transfer-Encoding", "chunked");
    out += "\r\n";
    for (std::string_view rest = a.body; !rest.empty();) {
        const auto chunk = rest.substr(0, 100);
        rest.remove_prefix(chunk.size());
        append_hex_number(out, chunk.size());
        out.append(extension).append("\r\n").append(chunk).append("\r\n");
    }
    return out;
}

void append_little_endian(std::string& out, std::size_t number, int bytes) {
    for (int i = 0; i < bytes; ++i) out += static_cast<char>((number >> (8 * i)) & 0xFFU);
}

/// RFC 1952 around stored blocks (RFC 1951 3.2.4): a true gzip stream without a compressor.
std::string gzipped(std::string_view text) {
    constexpr std::size_t most = 65'535;
    std::string out("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);
    auto rest = text;
    do {
        const auto block = rest.substr(0, most);
        rest.remove_prefix(block.size());
        out += rest.empty() ? '\x01' : '\0';
        append_little_endian(out, block.size(), 2);
        append_little_endian(out, block.size() ^ 0xFFFFU, 2);
        out += block;
    } while (!rest.empty());
    append_little_endian(out, crc32(text), 4);
    append_little_endian(out, text.size(), 4);
    return out;
}

std::string gzip_answer(answer a) {
    a.body = gzipped(a.body);
    set_header(a, "Content-Encoding", "gzip");
    return whole(a);
}

/// A second answer that would pass for one, but for its access key.
std::string poisoned(answer a) {
    if (const auto at = a.body.find("<AccessKeyId>ASIA"); at != std::string::npos)
        a.body.replace(at, 17, "<AccessKeyId>POIS");
    return whole(a);
}

std::string field_lines(int count) {
    std::string out;
    for (int i = 0; i < count; ++i) append_field(out, "x-flood-" + std::to_string(i), "1");
    return out;
}

std::string first_part(std::string text, std::size_t cut_off) {
    text.resize(text.size() - cut_off);
    return text;
}

std::string without_status_line(const answer& a) {
    const auto text = whole(a);
    return "ICY/x two hundred \x01 fine" + text.substr(text.find("\r\n"));
}

std::string with_two_lengths(const answer& a) {
    auto out = head_of(a);
    append_field(out, "Content-Length", std::to_string(a.body.size()));
    append_field(out, "Content-Length", std::to_string(a.body.size() / 2));
    return out.append("\r\n").append(a.body);
}

wire_answer ending_in(ending end, std::string bytes) { return {.bytes = std::move(bytes), .end = end}; }

/// `normal`: how the connection goes on when the fault does not say.
wire_answer faulty(const answer& a, const transport_order& order, ending normal) {
    using enum ending;
    const auto half = a.body.size() - a.body.size() / 2;
    switch (order.what) {
        case fault::slow: return {.wait = order.delay, .bytes = whole(a), .end = normal};
        case fault::drip: return {.drip_over = order.delay, .bytes = whole(a), .end = normal};
        case fault::chunked: return ending_in(normal, chunked(a) + "0\r\n\r\n");
        case fault::chunked_trailer:
            return ending_in(normal,
                             chunked(a, ";note=\"none\";flag") + "0;last\r\nx-checksum: none\r\nx-more: yes\r\n\r\n");
        case fault::continue100: return ending_in(normal, "HTTP/1.1 100 Continue\r\n\r\n" + whole(a));
        case fault::early_hints:
            return ending_in(normal, "HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n" + whole(a));
        case fault::hang: return ending_in(hang, {});
        case fault::reset: return ending_in(reset, {});
        case fault::close: return ending_in(fin, {});
        case fault::truncate: return ending_in(fin, first_part(whole(a), half));
        case fault::truncate_rst: return ending_in(reset, first_part(whole(a), half));
        case fault::truncate_head: return ending_in(fin, first_part(head_of(a), 10));
        case fault::truncate_chunked: return ending_in(fin, chunked(a));
        case fault::close_after: return ending_in(orderly_close, whole(a));
        case fault::conn_close: return ending_in(orderly_close, whole(a, "Connection: close\r\n"));
        case fault::http10: return ending_in(orderly_close, without_length(a, "HTTP/1.0"));
        case fault::no_content_length: return ending_in(orderly_close, without_length(a, "HTTP/1.1"));
        case fault::extra_bytes: return ending_in(normal, whole(a) + poisoned(a));
        case fault::two_length: return ending_in(normal, with_two_lengths(a));
        case fault::neg_length: return ending_in(orderly_close, with_length(a, "-1"));
        case fault::huge_length: return ending_in(orderly_close, with_length(a, "1000000000000"));
        case fault::huge:
            return {.bytes = with_length(a, std::to_string(a.body.size() + huge_body)),
                    .padding = huge_body,
                    .end = normal};
        case fault::huge_headers:
            return ending_in(normal, whole(a, "x-huge: " + std::string(huge_field, 'h') + "\r\n"));
        case fault::many_headers: return ending_in(normal, whole(a, field_lines(field_flood)));
        case fault::bad_status: return ending_in(normal, without_status_line(a));
        case fault::gzip: return ending_in(normal, gzip_answer(a));
        default: return ending_in(normal, whole(a));
    }
}

}  // namespace

wire_answer to_wire(const answer& a, bool keep_alive) {
    if (a.transport) return faulty(a, *a.transport, keep_alive ? ending::keep_alive : ending::orderly_close);
    if (keep_alive) return ending_in(ending::keep_alive, whole(a));
    return ending_in(ending::orderly_close, whole(a, "Connection: close\r\n"));
}

}  // namespace hourkey::emulator
