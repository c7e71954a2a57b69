#include "model/job.hpp"

#include <array>

namespace hourkey::model {
namespace {

constexpr std::array<std::string_view, 3> names{"connection.verify", "connection.recheck", "key.reseal"};

}  // namespace

std::string_view to_text(job_kind k) noexcept { return names[static_cast<std::size_t>(k)]; }

std::optional<job_kind> parse_job_kind(std::string_view text) noexcept {
    for (std::size_t i = 0; i < names.size(); ++i)
        if (names[i] == text) return static_cast<job_kind>(i);
    return std::nullopt;
}

}  // namespace hourkey::model
