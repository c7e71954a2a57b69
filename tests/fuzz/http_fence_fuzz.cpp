#include "http/fence.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

// Any bytes, in one piece and cut up: no crash, one verdict, and what is admitted keeps the rules that prevent
// smuggling, checked here a second time and in another way.

namespace {

using namespace hourkey;

void require(bool holds) {
    if (!holds) std::abort();
}

struct verdict {
    std::size_t head = 0;  ///< 0: incomplete
    std::optional<failure> refused;
};

verdict scan(std::string_view raw, std::uint32_t seed) {
    http::head_scanner scanner(http::server_limits{}.header_bytes);
    for (std::size_t seen = 0; seen < raw.size();) {
        seed = seed * 1664525 + 1013904223;
        seen = std::min(raw.size(), seen + (seed == 0 ? raw.size() : 1 + (seed >> 24)));
        const auto found = http::find_head(scanner, raw.substr(0, seen));
        if (!found) return {0, found.error()};
        if (*found != 0) return {*found, {}};
    }
    return {};
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (auto& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return out;
}

/// From the raw lines, without our parser or Beast's.
std::size_t count_field(std::string_view block, std::string_view name) {
    const auto text = lower(block);
    std::size_t n = 0;
    for (auto at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1)) {
        auto end = text.find_first_of(":\r", at + 1);
        if (end == std::string::npos) break;
        auto found = std::string_view(text).substr(at + 1, end - at - 1);
        while (!found.empty() && (found.back() == ' ' || found.back() == '\t')) found.remove_suffix(1);
        n += found == name ? 1 : 0;
    }
    return n;
}

void check_admitted(std::string_view block, const http::framing& frame, const http::request& r) {
    const http::server_limits limits;
    require(block.size() <= limits.header_bytes && block.ends_with("\r\n\r\n"));
    require(block.find("\r\n\r\n") == block.size() - 4);
    require(block.find("\r\n ") == std::string_view::npos && block.find("\r\n\t") == std::string_view::npos);
    require(std::count(block.begin(), block.end(), '\r') == std::count(block.begin(), block.end(), '\n'));
    const auto is_plain = [](char c) { return c == '\t' || c == '\r' || c == '\n' || (c >= 0x20 && c < 0x7f); };
    require(std::all_of(block.begin(), block.end(),
                        [&](char c) { return is_plain(c) || static_cast<unsigned char>(c) >= 0x80; }));
    const auto line = block.substr(0, block.find('\r'));
    require(std::all_of(line.begin(), line.end(), is_plain));
    for (const auto& [name, value] : r.headers)
        require(std::all_of(name.begin(), name.end(), is_plain) && std::all_of(value.begin(), value.end(), is_plain));
    require(count_field(block, "transfer-encoding") == 0);
    require(count_field(block, "host") == 1 || (!frame.http11 && count_field(block, "host") == 0));
    for (const auto* const single :
         {"authorization", "content-length", "content-type", "x-vault-token", "if-match", "expect"})
        require(count_field(block, single) <= 1);
    require(r.headers.size() <= limits.fields &&
            r.headers.size() + 2 <= static_cast<std::size_t>(std::count(block.begin(), block.end(), '\n')));

    require(block.starts_with(std::string(to_text(r.verb)) + " " + std::string(r.target) +
                              (frame.http11 ? " HTTP/1.1\r\n" : " HTTP/1.0\r\n")));
    require(r.path.starts_with("/") && r.target.size() <= limits.target_bytes);
    if (!r.target.starts_with("/")) {
        const auto whole = lower(r.target);
        const auto host = lower(r.find("Host").value_or(""));
        const auto after = whole.substr(std::min(whole.find("//") + 2, whole.size()));
        require((whole.starts_with("http://") || whole.starts_with("https://")) &&
                whole.find('@') == std::string::npos);
        const auto authority = after.substr(0, after.find_first_of("/?"));
        require(host.empty() || authority.substr(0, authority.find(':')) == host.substr(0, host.find(':')));
    }
    const auto path = lower(r.path);
    for (const auto* const bad : {"%00", "%2f", "%5c", "/./", "/../", "/%2e/", "/%2e%2e/", "/.%2e/", "/%2e./"})
        require((path + "/").find(bad) == std::string::npos);
    require(path.find("//") == std::string::npos);

    require(frame.body_bytes <= limits.body_bytes);
    const auto length = r.find("Content-Length");
    require(length ? *length == std::to_string(frame.body_bytes) : frame.body_bytes == 0);
    require(frame.body_bytes == 0 || r.verb == http::method::post || r.verb == http::method::put ||
            r.verb == http::method::options);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    // The first byte chooses the cuts.
    const std::uint32_t seed = size == 0 ? 0 : data[0];
    const std::string_view raw(reinterpret_cast<const char*>(data) + (size == 0 ? 0 : 1), size == 0 ? 0 : size - 1);

    http::head_scanner at_once(http::server_limits{}.header_bytes);
    const auto whole = http::find_head(at_once, raw);
    const auto pieces = scan(raw, seed);
    require(whole.has_value() == !pieces.refused);
    if (!whole) {
        require(whole.error().code == pieces.refused->code && whole.error().message == pieces.refused->message);
        return 0;
    }
    require(*whole == pieces.head);
    if (*whole == 0) return 0;

    // A copy of the exact size, so that a read beyond the block is seen.
    const std::string block(raw.substr(0, *whole));
    http::request r;
    const auto admitted = http::admit(block, http::server_limits{}, r);
    if (admitted) check_admitted(block, *admitted, r);
    if (!admitted) require(!admitted.error().text().empty() && !admitted.error().hint.empty());
    return 0;
}
