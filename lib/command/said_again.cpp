#include "command/said_again.hpp"

#include "core/character_set.hpp"

#include <algorithm>

namespace hourkey::command {
namespace {

constexpr std::size_t longest_name = 32;      // no command and no option is longer
constexpr std::size_t shortest_secret = 20;   // an AWS access key id; what is shorter guards nothing

constexpr auto of_name = character_set::of("abcdefghijklmnopqrstuvwxyz-");
constexpr auto of_secret = character_set::alphanumeric_and("_+");  // without what paths and host names are made of
constexpr auto small = character_set::of("abcdefghijklmnopqrstuvwxyz");
constexpr auto capital = character_set::of("ABCDEFGHIJKLMNOPQRSTUVWXYZ");
constexpr auto digit = character_set::of("0123456789");

bool has_any(std::string_view text, const character_set& of) noexcept {
    return std::ranges::any_of(text, [&of](char c) { return of.has(c); });
}

}  // namespace

bool may_be_said(std::string_view stray_word) noexcept {
    return stray_word.size() <= longest_name && std::ranges::all_of(stray_word, [](char c) { return of_name.has(c); });
}

bool value_may_be_said(std::string_view value) noexcept {
    for (auto from = value.begin(); from != value.end();) {
        const auto end = std::find_if_not(from, value.end(), [](char c) { return of_secret.has(c); });
        const std::string_view run(from, end);
        if (run.size() >= shortest_secret && has_any(run, small) && has_any(run, capital) && has_any(run, digit))
            return false;
        from = end == value.end() ? end : end + 1;
    }
    return true;
}

}  // namespace hourkey::command
