#pragma once

#include "emulator/answer.hpp"

#include <chrono>
#include <cstddef>
#include <string>

namespace hourkey::emulator {

/// What becomes of the connection after the bytes.
enum class ending : std::uint8_t {
    keep_alive,
    orderly_close,  ///< close_notify under TLS, then FIN
    fin,            ///< FIN alone: under TLS an attack or a crash
    reset,
    hang  ///< open, but silent
};

/// An answer as it goes over the wire, transport fault included.
struct wire_answer {
    std::chrono::milliseconds wait{0};       ///< before the first byte
    std::chrono::milliseconds drip_over{0};  ///< not zero: byte by byte over this time
    std::string bytes;
    std::size_t padding = 0;  ///< so many spaces behind `bytes`
    ending end = ending::keep_alive;
};

/// `keep_alive`: as the client asked.
[[nodiscard]] wire_answer to_wire(const answer& a, bool keep_alive);

}  // namespace hourkey::emulator
