#include "obs/scrub.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace hourkey::obs {
namespace {

constexpr std::string_view mask = "[masked]";
constexpr std::size_t shortest_run = 32;       // shorter ones cannot hold a secret, which lets the search leap
constexpr std::size_t secret_key_size = 40;    // an AWS secret access key
constexpr std::size_t session_token_size =
    200;  // STS: tokens are several hundred characters; nothing else of ours is one run so long

constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_alphanumeric(char c) { return is_upper(c) || is_lower(c) || is_digit(c); }

/// Base64's characters, and '%' because a form encodes the two that are not letters or digits.
constexpr auto in_run = [] {
    std::array<bool, 256> table{};
    for (unsigned c = 0; c < 128; ++c)
        table[c] = is_alphanumeric(static_cast<char>(c)) || c == '+' || c == '/' || c == '%';
    return table;
}();

bool is_in_run(char c) noexcept { return in_run[static_cast<unsigned char>(c)]; }

/// The size of hk_<role>_<id>_<secret>_<checksum> up to its secret, when `text` starts with a whole one; else 0.
std::size_t public_part_of_token(std::string_view text) {
    for (const std::string_view prefix : {"hk_operator_", "hk_admin_", "hk_app_", "hk_auditor_"}) {
        if (!text.starts_with(prefix)) continue;
        constexpr std::size_t id = 26, secret = 43, checksum = 6;
        const auto rest = text.substr(prefix.size());
        if (rest.size() < id + 1 + secret + 1 + checksum || rest[id] != '_' || rest[id + 1 + secret] != '_') return 0;
        const bool whole = std::ranges::all_of(rest.substr(0, id), [](char c) { return is_upper(c) || is_digit(c); }) &&
                           std::ranges::all_of(rest.substr(id + 1, secret), is_alphanumeric) &&
                           std::ranges::all_of(rest.substr(id + 1 + secret + 1, checksum), is_alphanumeric);
        return whole ? prefix.size() + id + 1 : 0;
    }
    return 0;
}

std::size_t mask_tokens(std::string& line) {
    constexpr std::size_t secret_part = 43 + 1 + 6;
    std::size_t found = 0;
    for (auto at = line.find("hk_"); at != std::string::npos; at = line.find("hk_", at + 1)) {
        if (const auto shown = public_part_of_token(std::string_view(line).substr(at)); shown != 0) {
            line.replace(at + shown, secret_part, mask);
            ++found;
        }
    }
    return found;
}

/// 40 random characters change case about 13 times and hold about 7 that are not letters; a digest in hex has one case,
/// a CamelCase name at most a digit, a path with a ULID hardly a change.
bool looks_like_secret_key(std::string_view run) {
    if (run.size() != secret_key_size || run.find('%') != std::string_view::npos) return false;
    std::size_t case_changes = 0;
    for (std::size_t i = 1; i < run.size(); ++i)
        case_changes +=
            (is_upper(run[i]) && is_lower(run[i - 1])) || (is_lower(run[i]) && is_upper(run[i - 1])) ? 1 : 0;
    const auto letters = std::ranges::count_if(run, [](char c) { return is_upper(c) || is_lower(c); });
    return case_changes >= 5 && letters <= 38 && std::ranges::any_of(run, is_digit);
}

bool is_secret(std::string_view run) {
    if (run.size() >= session_token_size || looks_like_secret_key(run)) return true;
    // How session tokens of the regional and the global endpoint begin.
    return std::ranges::any_of(std::array<std::string_view, 3>{"FwoGZXIv", "IQoJb3", "FQoGZXIv"},
                               [&](std::string_view prefix) { return run.find(prefix) <= run.size() - shortest_run; });
}

/// A run may begin with the letters of an escape sequence, which must stay whole for the line to stay JSON.
std::size_t after_escape(std::string_view line, std::size_t start) {
    std::size_t backslashes = 0;
    while (backslashes < start && line[start - 1 - backslashes] == '\\') ++backslashes;
    if (backslashes % 2 == 0) return start;
    return start + (line[start] == 'u' ? 5 : 1);
}

std::size_t mask_runs(std::string& line) {
    std::size_t found = 0, at = 0;
    // `at` is where a run may begin: unless the character that would make it long enough belongs to one, leap behind
    // that.
    while (at + shortest_run <= line.size()) {
        auto back = at + shortest_run;
        while (back > at && is_in_run(line[back - 1])) --back;
        if (back > at) {
            at = back;
            continue;
        }
        auto end = at + shortest_run;
        while (end < line.size() && is_in_run(line[end])) ++end;
        const auto start = after_escape(line, at);
        if (end - start >= shortest_run && is_secret(std::string_view(line).substr(start, end - start))) {
            line.replace(start, end - start, mask);
            end = start + mask.size();
            ++found;
        }
        at = end;
    }
    return found;
}

}  // namespace

std::size_t scrub(std::string& line) {
    const auto tokens = mask_tokens(line);
    return tokens + mask_runs(line);
}

}  // namespace hourkey::obs
