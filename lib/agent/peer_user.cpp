#include "agent/peer_user.hpp"

#include "core/ip_address.hpp"
#include "core/number.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>
#include <string_view>

namespace hourkey::agent {
namespace {

/// As the kernel prints it: words of this machine's byte order, in hexadecimal.
std::string printed(const address_bytes& address, std::uint16_t port) {
    const bool v4 = is_v4(address);
    std::string out;
    std::array<char, 9> word{};
    for (std::size_t at = v4 ? mapped_bytes : 0; at < address.size(); at += 4) {
        std::uint32_t bits = 0;
        std::memcpy(&bits, address.data() + at, sizeof(bits));
        std::snprintf(word.data(), word.size(), "%08X", bits);
        out += word.data();
    }
    std::snprintf(word.data(), word.size(), ":%04X", static_cast<unsigned>(port));
    return out += word.data();
}

std::string_view next_word(std::string_view& line) {
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    const auto word = line.substr(0, line.find(' '));
    line.remove_prefix(word.size());
    return word;
}

}  // namespace

std::optional<std::uint32_t> user_in(std::istream& table, const net::peer& from, std::uint16_t own_port) {
    const auto address = parse_address(from.address);
    if (!address) return std::nullopt;
    const auto theirs = printed(*address, from.port);
    std::array<char, 6> ours{};
    std::snprintf(ours.data(), ours.size(), ":%04X", static_cast<unsigned>(own_port));
    for (std::string text; std::getline(table, text);) {
        std::string_view line(text);
        next_word(line);  // its number
        if (next_word(line) != theirs || !next_word(line).ends_with(ours.data())) continue;
        for (int passed_over = 0; passed_over < 4; ++passed_over) next_word(line);  // state, queues, timer, retransmits
        return parse_number<std::uint32_t>(next_word(line));
    }
    return std::nullopt;
}

std::optional<std::uint32_t> user_of(const net::peer& from, std::uint16_t own_port) {
    const auto address = parse_address(from.address);
    if (!address || !is_loopback(*address)) return std::nullopt;
    std::ifstream table(is_v4(*address) ? "/proc/net/tcp" : "/proc/net/tcp6");
    return user_in(table, from, own_port);
}

}  // namespace hourkey::agent
