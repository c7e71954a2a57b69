#include "secretref/problem.hpp"

#include <array>
#include <stdexcept>

namespace hourkey::secretref {
namespace {

constexpr std::array<std::string_view, static_cast<std::size_t>(problem_code::last_)> names{
    "unclosed",           "too_long",       "too_deep",  "invalid_name",     "unknown_field",     "invalid_default",
    "variable_not_given", "variable_empty", "in_key",    "object_in_string", "object_impossible", "outside_string",
    "not_understood",     "encoding",       "not_found", "not_answered",     "field_missing",     "unrepresentable"};

}  // namespace

std::string_view name_of(problem_code code) noexcept { return names.at(static_cast<std::size_t>(code) - 1); }

std::string problem::text() const {
    return file + ":" + std::to_string(at.line) + ":" + std::to_string(at.column) + ": " + message;
}

failure as_failure(const rejection& r) {
    const auto& first = r.problems.front();
    auto say = first.text();
    if (const auto more = r.problems.size() - 1; more != 0) say += " (and " + std::to_string(more) + " more)";
    return failure(first.code == problem_code::not_found ? errc::not_found : errc::invalid_request, std::move(say),
                   first.hint);
}

void throw_exception_from_error(const rejection& r, const boost::source_location&) {
    throw std::logic_error("a rejected document was read as a value: " +
                           std::string(r.problems.empty() ? "" : name_of(r.problems.front().code)));
}

}  // namespace hourkey::secretref
