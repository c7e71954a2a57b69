#pragma once

#include "core/clock.hpp"
#include "model/audit_record.hpp"
#include "model/connection.hpp"
#include "model/job.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

namespace hourkey::linking {

/// What a verification has proved against a role, and as what its connection was seen.
struct finding {
    model::connection seen;
    model::connection_state state{};            ///< one that lowers_trust()
    wall_time at;                               ///< when it was found
    std::vector<model::audit_record> records;   ///< to be stored with it
    std::optional<model::job> unfinished{};     ///< ends when it is stored
};

[[nodiscard]] bool lowers_trust(model::connection_state found) noexcept;
/// Whether `c` still is what was verified: a role that was changed meanwhile must not inherit a verdict.
[[nodiscard]] bool is_same_link(const model::connection& seen, const model::connection& c) noexcept;

/// Findings that are not stored yet, so that no row tells of them. Until they are, they hold here, for all threads:
/// such a connection does not vend. Each is stored by whoever has it in hand, so that none is stored twice. Lost with
/// the process, which leaves the job that makes the verification again.
class open_findings {
public:
    using ticket = std::uint64_t;
    struct held {
        ticket number;
        finding what;
    };

    /// In the caller's hand.
    [[nodiscard]] ticket add(finding f);
    /// It could not be stored: the next one to take it tries.
    void put_down(ticket t);
    /// It is stored.
    void settle(ticket t);

    /// All that are in nobody's hand; they are in the caller's now.
    [[nodiscard]] std::vector<held> take();
    /// The same of one link.
    [[nodiscard]] std::vector<held> take_of(const model::connection& c);
    /// In whosever hand: for the end, when nobody is left to store them.
    [[nodiscard]] std::vector<held> all() const;

    /// Gives `c` the worst state that an open finding has for it. Costs a load where there is none.
    void apply_to(model::connection& c) const;
    [[nodiscard]] bool is_empty() const noexcept { return count_.load(std::memory_order_acquire) == 0; }

private:
    struct entry {
        finding what;
        bool is_in_hand = true;
    };
    template <class Wanted>
    [[nodiscard]] std::vector<held> take_if(Wanted is_wanted);

    mutable std::mutex mutex_;
    std::map<ticket, entry> entries_;
    ticket next_ = 1;
    std::atomic<std::size_t> count_{0};
};

}  // namespace hourkey::linking
