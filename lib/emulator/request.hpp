#pragma once

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace hourkey::emulator {

/// One HTTP request as it came; the views live as long as the exchange.
struct request {
    std::string_view method;
    std::string_view path;   ///< target up to '?'
    std::string_view query;  ///< after '?', raw
    std::vector<std::pair<std::string_view, std::string_view>> headers;
    std::string_view body;
    std::string_view peer_address = "127.0.0.1";  ///< numeric
    bool is_secure = false;                       ///< came over TLS

    /// The first field of that name; names compare without case.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const noexcept;
};

}  // namespace hourkey::emulator
