#include "http/response_writer.hpp"

#include "core/clock.hpp"
#include "core/time_text.hpp"
#include "http/token.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

namespace hourkey::http {
namespace {

std::string_view reason(int status) noexcept {
    switch (status) {
        case 200: return "OK";
        case 201: return "Created";
        case 202: return "Accepted";
        case 204: return "No Content";
        case 304: return "Not Modified";
        case 400: return "Bad Request";
        case 401: return "Unauthorized";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 408: return "Request Timeout";
        case 409: return "Conflict";
        case 411: return "Length Required";
        case 412: return "Precondition Failed";
        case 413: return "Content Too Large";
        case 414: return "URI Too Long";
        case 422: return "Unprocessable Content";
        case 429: return "Too Many Requests";
        case 431: return "Request Header Fields Too Large";
        case 500: return "Internal Server Error";
        case 502: return "Bad Gateway";
        case 503: return "Service Unavailable";
        case 504: return "Gateway Timeout";
        default: return "Status";
    }
}

/// One formatting a second and thread instead of one an answer.
std::string_view date_now() {
    struct cached {
        std::chrono::sys_seconds at{};
        std::string text;
    };
    thread_local cached date;
    const auto now = system_clock().now();
    if (const auto second = std::chrono::floor<std::chrono::seconds>(now); second != date.at || date.text.empty()) {
        date.at = second;
        date.text = to_http_date(now);
    }
    return date.text;
}

void append_number(wiped_buffer& out, std::size_t number) {
    std::array<char, 20> digits{};
    const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    out.append({digits.data(), static_cast<std::size_t>(written.ptr - digits.data())});
}

bool is_name(std::string_view name) noexcept {
    return !name.empty() && std::all_of(name.begin(), name.end(), is_token_char);
}

/// Response splitting: a value with CR LF would begin a header, or an answer, of the value's author.
bool is_safe(const response& a) noexcept {
    return !has_control_byte(a.content_type) && std::all_of(a.headers.begin(), a.headers.end(), [](const header& h) {
        return is_name(h.name) && !has_control_byte(h.value);
    });
}

}  // namespace

result<> write_answer(const response& a, answer_form form, wiped_buffer& out) {
    out.clear();
    if (!is_safe(a))
        return failure(errc::internal, {}, {},
                       "a header of the answer holds a control byte or a name that is no token");

    // RFC 9110 8.6: neither a length nor a body with 204; 304 has no body.
    const bool may_have_body = a.status != 204 && a.status != 304;
    const bool with_body = may_have_body && form.with_body;
    constexpr std::size_t usual_head = 512;
    out.reserve(usual_head + (with_body ? a.body.size() : 0));

    out.append(form.http11 ? "HTTP/1.1 " : "HTTP/1.0 ");
    append_number(out, static_cast<std::size_t>(a.status));
    out.append(" ");
    out.append(reason(a.status));
    if (may_have_body) {
        out.append("\r\nContent-Type: ");
        out.append(a.content_type);
        out.append("\r\nContent-Length: ");
        append_number(out, a.body.size());
    }
    out.append("\r\nCache-Control: no-store\r\nDate: ");
    out.append(date_now());
    out.append("\r\n");
    // RFC 9112 9.3: 1.1 stays open unless told, 1.0 closes unless told.
    if (!form.keep_alive) out.append("Connection: close\r\n");
    if (form.keep_alive && !form.http11) out.append("Connection: keep-alive\r\n");
    for (const auto& [name, value] : a.headers) {
        out.append(name);
        out.append(": ");
        out.append(value);
        out.append("\r\n");
    }
    out.append("\r\n");
    if (with_body) out.append(a.body);
    return {};
}

}  // namespace hourkey::http
