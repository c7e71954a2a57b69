#include "http/answer_parser.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

// A hostile peer's bytes, in one piece and cut up: no crash, one verdict, nothing beyond the caps.

namespace {

using namespace hourkey;

void require(bool holds) {
    if (!holds) std::abort();
}

struct outcome {
    std::optional<errc> failed;
    bool complete = false;
    bool kept = false;
    int status = 0;
    std::string body;

    bool operator==(const outcome&) const = default;
};

/// Without a seed in one piece. Bytes behind a complete answer are all offered, as a client's one read may bring them.
outcome parse(std::string_view raw, http::method to, std::optional<std::uint32_t> seed) {
    http::answer_parser parser(to, http::client_limits{});
    outcome out;
    while (!raw.empty()) {
        std::size_t size = raw.size();
        if (seed) {
            seed = *seed * 1664525 + 1013904223;
            size = std::min(size, std::size_t{1} + (*seed >> 24));
        }
        const auto fed = parser.feed(raw.substr(0, size));
        raw.remove_prefix(size);
        if (!fed) {
            out.failed = fed.error().code;
            require(out.failed == errc::protocol_violation || out.failed == errc::payload_too_large);
            return out;
        }
        out.complete = *fed;
    }
    if (!out.complete) {
        const auto ended = parser.end();
        if (!ended) {
            out.failed = ended.error().code;
            require(out.failed == errc::connection_closed || out.failed == errc::connection_truncated);
            return out;
        }
    }
    out.complete = true;
    out.kept = parser.may_keep();
    const auto answer = parser.take();
    out.status = answer.status;
    out.body = answer.body;
    require(out.status >= 200 && out.status <= 599);
    require(out.body.size() <= http::client_limits{}.body_bytes);
    require(answer.headers.size() <= http::client_limits{}.fields);
    require(to != http::method::head || out.body.empty());
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    // The first byte chooses the cuts and the method.
    if (size == 0) return 0;
    const auto to = data[0] % 8 == 7 ? http::method::head : http::method::post;
    const std::string raw(reinterpret_cast<const char*>(data) + 1, size - 1);
    require(parse(raw, to, std::nullopt) == parse(raw, to, data[0]));
    return 0;
}
