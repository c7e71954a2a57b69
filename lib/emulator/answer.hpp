#pragma once

#include "emulator/fault.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hourkey::emulator {

/// A transport fault that the server acts out on this answer's bytes.
struct transport_order {
    fault what{};
    std::chrono::milliseconds delay{0};
};

struct answer {
    int status = 200;
    std::vector<std::pair<std::string, std::string>> headers;  ///< beyond Content-Length and Connection
    std::string body;
    std::optional<transport_order> transport;
};

[[nodiscard]] answer xml_answer(int status, std::string body, std::string request_id);
/// For people at the control door.
[[nodiscard]] answer text_answer(int status, std::string_view text);
void set_header(answer& a, std::string_view name, std::string_view value);
void drop_header(answer& a, std::string_view name);

}  // namespace hourkey::emulator
