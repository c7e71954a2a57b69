#pragma once

#include "core/clock.hpp"
#include "core/deadline.hpp"
#include "net/peer.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hourkey::http {

enum class method { get, head, post, put, delete_, options };

[[nodiscard]] std::string_view to_text(method m) noexcept;

struct header {
    std::string name;
    std::string value;
};

/// A request that has passed the fence. The views live as long as the exchange; nothing is normalised.
struct request {
    method verb = method::get;
    std::string_view target;  ///< as sent
    std::string_view path;    ///< of the target, up to '?'
    std::string_view query;   ///< after '?', raw
    std::string_view body;    ///< complete
    net::peer client;
    steady_time received{};
    deadline until{steady_time::max()};  ///< the whole exchange's

    /// The header snapshot taken before the body; names compare without case.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const noexcept;
    std::vector<std::pair<std::string_view, std::string_view>> headers;
};

struct response {
    int status = 200;
    std::string_view content_type = "application/json";  ///< a literal: it outlives the answer
    std::vector<header> headers;  ///< beyond Content-Type, Content-Length, Connection, Date, Cache-Control
    std::string body;             ///< wiped after the write
    bool close = false;           ///< end the connection after this answer
    /// Before the answer leaves, whose asker keeps nobody else's place meanwhile.
    std::chrono::milliseconds pause{0};
};

}  // namespace hourkey::http
