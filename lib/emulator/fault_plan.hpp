#pragma once

#include "emulator/fault.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hourkey::emulator {

/// When a fault strikes: the next `count` requests, or every `every`-th, or, with neither, each one; with `after` only
/// once so many that it would have struck have passed.
struct fault_rule {
    fault what{};
    std::optional<std::uint64_t> count;
    std::optional<std::uint64_t> every;
    std::uint64_t after = 0;
    std::string operation{};  ///< only this Action of STS; empty: all
    std::string role_arn;  ///< only AssumeRole requests for that role; empty: all
    std::chrono::milliseconds delay{200};
};

/// The rules set so far. The first one that strikes decides; those after it do not see the request.
class fault_plan {
public:
    void add(fault_rule rule);
    void clear() noexcept { rules_.clear(); }

    /// For a new connection: only faults of stage accept.
    [[nodiscard]] std::optional<fault_rule> at_accept();
    /// For a request: all others. `role_arn` is AssumeRole's, empty for another operation, which body faults leave
    /// alone.
    [[nodiscard]] std::optional<fault_rule> at_request(const std::string& operation, const std::string& role_arn);

private:
    struct entry {
        fault_rule rule;
        std::uint64_t seen = 0;
    };
    template <class Applies>
    std::optional<fault_rule> first(const Applies& applies);
    std::vector<entry> rules_;
};

}  // namespace hourkey::emulator
