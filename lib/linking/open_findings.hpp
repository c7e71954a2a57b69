#pragma once

#include "core/clock.hpp"
#include "model/audit_record.hpp"
#include "model/connection.hpp"

#include <atomic>
#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <tuple>
#include <vector>

namespace hourkey::linking {

/// What a verification has proved against a role, and as what its connection was seen.
struct finding {
    model::connection seen;
    model::connection_state state{};            ///< one that lowers_trust()
    wall_time at;                               ///< when it was found
    std::vector<model::audit_record> records;   ///< to be stored with it
};

[[nodiscard]] bool lowers_trust(model::connection_state found) noexcept;
/// Whether `c` still is what was verified: a role that was changed meanwhile must not inherit a verdict.
[[nodiscard]] bool is_same_link(const model::connection& seen, const model::connection& c) noexcept;

/// Findings that are not stored yet, so that no row tells of them. Until they are, they hold here, for all threads:
/// such a connection does not vend. Lost with the process, as a verification that it interrupts is.
class open_findings {
public:
    /// One a link; what is worse stays.
    void add(finding f);
    /// It is stored, or a later verification has proved otherwise: those of `seen` found no later than `at` no longer
    /// hold.
    void settle(const model::connection& seen, wall_time at);

    /// Gives `c` the state that an open finding has for it. Costs a load where there is none.
    void apply_to(model::connection& c) const;
    [[nodiscard]] bool is_empty() const noexcept { return count_.load(std::memory_order_acquire) == 0; }
    [[nodiscard]] std::vector<finding> all() const;

private:
    mutable std::mutex mutex_;
    /// What is_same_link() compares. An external id keeps its connection for ever; its role may have changed.
    using link = std::tuple<std::string, std::string, std::string>;
    [[nodiscard]] static link link_of(const model::connection& c);
    std::map<link, finding> by_link_;
    std::atomic<std::size_t> count_{0};
};

}  // namespace hourkey::linking
