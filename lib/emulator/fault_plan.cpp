#include "emulator/fault_plan.hpp"

namespace hourkey::emulator {

void fault_plan::add(fault_rule rule) { rules_.push_back({std::move(rule), 0}); }

template <class Applies>
std::optional<fault_rule> fault_plan::first(const Applies& applies) {
    for (auto at = rules_.begin(); at != rules_.end(); ++at) {
        if (!applies(at->rule)) continue;
        if (at->seen++ < at->rule.after) continue;
        const auto number = at->seen - at->rule.after;
        if (at->rule.every && number % *at->rule.every != 0) continue;
        auto rule = at->rule;
        if (rule.count && number >= *rule.count) rules_.erase(at);
        return rule;
    }
    return std::nullopt;
}

std::optional<fault_rule> fault_plan::at_accept() {
    return first([](const fault_rule& r) { return describe(r.what).stage == fault_stage::accept; });
}

std::optional<fault_rule> fault_plan::at_request(const std::string& operation, const std::string& role_arn) {
    return first([&](const fault_rule& r) {
        const auto stage = describe(r.what).stage;
        if (stage == fault_stage::accept || (stage == fault_stage::body && role_arn.empty())) return false;
        return (r.operation.empty() || r.operation == operation) && (r.role_arn.empty() || r.role_arn == role_arn);
    });
}

}  // namespace hourkey::emulator
