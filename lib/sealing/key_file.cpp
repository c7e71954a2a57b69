#include "sealing/key_file.hpp"

#include "core/ascii.hpp"
#include "core/encoding.hpp"
#include "core/number.hpp"
#include "crypto/hash.hpp"
#include "crypto/random.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace hourkey::sealing {
namespace {

constexpr std::string_view audit_word = "audit:";

failure not_a_key_file() {
    return failure(errc::invalid_configuration, "The server key file does not hold server keys.",
                   "It holds 64 hex digits, or lines `ID:<64 hex digits>`: restore the file from its backup.");
}

std::string_view without_blanks(std::string_view text) {
    const auto is_blank = [](char c) { return c == '\n' || c == '\r' || c == ' ' || c == '\t'; };
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    return text;
}

result<key_line> parse_line(std::string_view text) {
    key_line line;
    if (const auto colon = text.find(':'); colon != std::string_view::npos) {
        line.id = parse_number<std::uint8_t>(text.substr(0, colon)).value_or(0);
        if (line.id == 0) return not_a_key_file();
        text.remove_prefix(colon + 1);
        line.is_retired = text.starts_with(audit_word);
        if (line.is_retired) text.remove_prefix(audit_word.size());
    }
    auto bytes = from_hex(text);
    if (!bytes || bytes->size() != server_key_bytes) return not_a_key_file();
    line.bytes = secret(*bytes);
    wipe_container(*bytes);
    return line;
}

}  // namespace

result<std::vector<key_line>> parse_key_file(std::string_view text) {
    std::vector<key_line> lines;
    text = without_blanks(text);
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        HK_TRY(auto line, parse_line(without_blanks(text.substr(0, end))));
        if (std::ranges::find(lines, line.id, &key_line::id) != lines.end()) return not_a_key_file();
        lines.push_back(std::move(line));
        text = without_blanks(text.substr(end));
    }
    if (std::ranges::all_of(lines, &key_line::is_retired)) return not_a_key_file();
    return lines;
}

secret text_of(const std::vector<key_line>& lines) {
    std::string text;
    text.reserve(lines.size() * 80);  // no reallocation that would leave a copy behind
    const bool is_plain = lines.size() == 1 && lines.front().id == 1 && !lines.front().is_retired;
    for (const auto& line : lines) {
        if (!is_plain) text.append(std::to_string(line.id)).append(":").append(line.is_retired ? audit_word : "");
        append_hex(text, std::span(reinterpret_cast<const unsigned char*>(line.bytes.expose().data()),
                                   line.bytes.expose().size()));
        text.push_back('\n');
    }
    secret out(text);
    wipe_container(text);
    return out;
}

secret make_server_key() {
    std::array<unsigned char, server_key_bytes> random{};
    crypto::fill_random(random);
    secret key(crypto::as_text(random));
    wipe_bytes(random.data(), random.size());
    return key;
}

}  // namespace hourkey::sealing
