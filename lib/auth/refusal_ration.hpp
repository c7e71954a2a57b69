#pragma once

#include "core/clock.hpp"
#include "core/ulid.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>

namespace hourkey::auth {

/// How many refusals of tokens that were good once go into the audit. Whoever has such a token gets nothing by it, but could fill
/// the disk with records. A valid token's denials are not counted here. Thread-safe.
class refusal_ration {
public:
    static constexpr unsigned per_token = 10;
    static constexpr std::chrono::hours period{1};
    /// More dead tokens than this are not told apart within a period: memory and records stay bounded, however many leak.
    static constexpr std::size_t most_tokens = 1024;

    enum class verdict {
        record,
        record_as_last,  ///< what this token asks for in the rest of its period is not recorded
        leave_out
    };
    [[nodiscard]] verdict take(const ulid& token, steady_time now);

private:
    struct spent {
        steady_time since;
        unsigned records = 0;
    };
    std::mutex mutex_;
    std::map<ulid, spent> tokens_;
};

}  // namespace hourkey::auth
