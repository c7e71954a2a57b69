#include "emulator/request_head.hpp"

#include "core/number.hpp"
#include "emulator/text.hpp"

#include <algorithm>

namespace hourkey::emulator {
namespace {

std::string_view take_line(std::string_view& text) noexcept {
    const auto end = text.find("\r\n");
    const auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
    return line;
}

result<> read_request_line(std::string_view line, request_head& head) {
    const auto first = line.find(' ');
    const auto last = line.rfind(' ');
    if (first == std::string_view::npos || first == last)
        return invalid_field("request line", "is not METHOD TARGET VERSION");
    const auto target = line.substr(first + 1, last - first - 1);
    const auto version = line.substr(last + 1);
    if (version != "HTTP/1.1" && version != "HTTP/1.0")
        return invalid_field("request line", "names an HTTP version other than 1.0 and 1.1");
    if (!target.starts_with('/')) return invalid_field("request target", "does not start with '/'");
    head.keep_alive = version == "HTTP/1.1";
    head.fields.method = line.substr(0, first);
    const auto mark = target.find('?');
    head.fields.path = target.substr(0, mark);
    head.fields.query = mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1);
    return {};
}

result<> apply(std::string_view name, std::string_view value, request_head& head, bool& has_length) {
    if (equal_without_case(name, "content-length")) {
        const auto length = parse_number<std::size_t>(value);
        if (!length || has_length) return invalid_field("Content-Length", "is not one number");
        if (*length > max_body_bytes) return failure(errc::payload_too_large);
        has_length = true;
        head.content_length = *length;
    } else if (equal_without_case(name, "transfer-encoding")) {
        return invalid_field("Transfer-Encoding", "is not taken here", "Send Content-Length.");
    } else if (equal_without_case(name, "connection")) {
        if (equal_without_case(value, "close")) head.keep_alive = false;
        if (equal_without_case(value, "keep-alive")) head.keep_alive = true;
    } else if (equal_without_case(name, "expect")) {
        head.expects_continue = equal_without_case(value, "100-continue");
    }
    return {};
}

}  // namespace

std::optional<std::string_view> request::find(std::string_view name) const noexcept {
    const auto found = std::ranges::find_if(headers, [&](const auto& h) { return equal_without_case(h.first, name); });
    if (found == headers.end()) return std::nullopt;
    return found->second;
}

result<request_head> parse_request_head(std::string_view text) {
    request_head head;
    head.fields.headers.reserve(16);
    HK_CHECK(read_request_line(take_line(text), head));
    bool has_length = false;
    while (!text.empty()) {
        const auto line = take_line(text);
        const auto colon = line.find(':');
        if (colon == 0 || colon == std::string_view::npos || line.front() == ' ' || line.front() == '\t') {
            return invalid_field("header", "is not NAME: VALUE");
        }
        const auto name = line.substr(0, colon);
        const auto value = trimmed(line.substr(colon + 1));
        HK_CHECK(apply(name, value, head, has_length));
        head.fields.headers.emplace_back(name, value);
    }
    return head;
}

}  // namespace hourkey::emulator
