#include "auth/refusal_ration.hpp"

namespace hourkey::auth {

refusal_ration::verdict refusal_ration::take(const ulid& token, steady_time now) {
    const auto is_over = [now](const spent& s) { return now - s.since >= period; };
    const std::lock_guard lock(mutex_);
    if (tokens_.size() >= most_tokens && !tokens_.contains(token)) {
        std::erase_if(tokens_, [&](const auto& entry) { return is_over(entry.second); });
        if (tokens_.size() >= most_tokens) return verdict::leave_out;
    }
    auto& mine = tokens_.try_emplace(token, spent{.since = now}).first->second;
    if (is_over(mine)) mine = {.since = now};
    if (mine.records >= per_token) return verdict::leave_out;
    return ++mine.records == per_token ? verdict::record_as_last : verdict::record;
}

}  // namespace hourkey::auth
