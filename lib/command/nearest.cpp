#include "command/nearest.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

namespace hourkey::command {
namespace {

/// Letters to insert, remove, change or swap with their neighbour (optimal string alignment).
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
    std::iota(last.begin(), last.end(), 0);
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
        before.swap(last);
        last.swap(row);
    }
    return last[b.size()];
}

bool is_beginning(std::string_view word, std::string_view candidate) {
    constexpr std::string_view dashes = "--";
    return word.size() > dashes.size() && candidate.starts_with(word);
}

}  // namespace

std::string nearest(std::string_view word, std::span<const std::string> candidates) {
    const std::string* best = nullptr;
    auto least = word.size() / 3 + 1;
    for (const auto& candidate : candidates) {
        const auto d = is_beginning(word, candidate) ? 0 : distance(word, candidate);
        if (d >= least) continue;
        least = d;
        best = &candidate;
    }
    return best == nullptr ? std::string() : *best;
}

}  // namespace hourkey::command
