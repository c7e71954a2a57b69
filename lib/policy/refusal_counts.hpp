#pragma once

#include "core/clock.hpp"
#include "core/ulid.hpp"
#include "model/audit_record.hpp"

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace hourkey::policy {

/// Of equal refusals - the same token, connection and reason - the first in each window has a record of its own; the
/// others are counted, and a record tells their number. So whoever asks in a loop for what it may not have cannot fill
/// the disk. Thread-safe.
class refusal_counts {
public:
    static constexpr std::chrono::seconds window{60};
    /// What a tenant can have open at once. Whatever else it is refused counts together by its reason, whoever asked
    /// for what: else names could be invented as fast as records can be written.
    static constexpr std::size_t most_of_tenant = 64;
    /// Of all tenants: memory. Whoever has most open then gives one up.
    static constexpr std::size_t most = 8'192;

    enum class verdict : std::uint8_t {
        record,  ///< write it, then settle()
        counted,  ///< an equal one is on record
    };
    [[nodiscard]] verdict take(const model::audit_record& refusal, steady_time now);
    /// Whether the record that take() asked for is durable. Until it is, equal refusals are asked for their own.
    void settle(const model::audit_record& refusal, bool is_durable);

    /// What is to be recorded of windows that have ended (or been given up): each the last of its refusals, with their
    /// count.
    [[nodiscard]] std::vector<model::audit_record> collect(steady_time now);
    /// Of all windows, at the end.
    [[nodiscard]] std::vector<model::audit_record> collect_all();
    /// They could not be written.
    void put_back(std::vector<model::audit_record> counts);

    [[nodiscard]] std::uint64_t counted() const;
    /// Refusals whose count could not be kept either.
    [[nodiscard]] std::uint64_t lost() const;

private:
    struct key {
        ulid tenant, token;
        std::string connection, reason;
        bool is_rest = false;  ///< of what a tenant is refused beyond its share
        friend auto operator<=>(const key&, const key&) = default;
    };
    struct open_window {
        steady_time since;
        bool is_on_record = false;
        std::uint64_t more = 0;
        model::audit_record last;
    };
    using windows = std::map<key, open_window>;

    [[nodiscard]] key key_for(const model::audit_record& refusal) const;
    [[nodiscard]] static key own_of(const model::audit_record& refusal);
    [[nodiscard]] static key rest_of(const model::audit_record& refusal);
    [[nodiscard]] bool make_room(const ulid& for_tenant);
    void end(windows::iterator at);
    void keep(key k, model::audit_record count);

    mutable std::mutex mutex_;
    windows open_;
    std::map<ulid, std::size_t> held_;  ///< windows of each tenant
    std::map<key, model::audit_record> ended_;
    std::uint64_t counted_ = 0, lost_ = 0;
};

}  // namespace hourkey::policy
