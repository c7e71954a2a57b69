// What transactions do about jobs.

#include "store_sqlite/write_session.hpp"

#include <utility>

namespace hourkey::store {

result<model::job> write_session::put_job(const model::job& j) {
    HK_TRY(auto found, rows_.jobs.find(j.key));
    if (!found) {
        HK_CHECK(rows_.jobs.insert(j));
        return j;
    }
    if (found->next_at <= j.next_at) return *std::move(found);
    found->next_at = j.next_at;
    HK_CHECK(rows_.jobs.update(*found));
    return *std::move(found);
}

result<std::optional<model::job>> write_session::take_job(const model::job_key& key, const ulid& id,
                                                          const model::job_lease& lease) {
    HK_TRY(auto found, rows_.jobs.find(key));
    if (!found || found->id != id || (found->lease && found->lease->until > now())) return std::optional<model::job>();
    ++found->attempts;
    found->lease = lease;
    HK_CHECK(rows_.jobs.update(*found));
    return found;
}

result<> write_session::end_job(const model::job_key& key, const ulid& id) {
    HK_TRY(const auto found, rows_.jobs.find(key));
    if (!found || found->id != id) return {};
    return rows_.jobs.remove(key);
}

result<> write_session::postpone_job(const model::job_key& key, const ulid& id, wall_time until,
                                     const std::string& error) {
    HK_TRY(auto found, rows_.jobs.find(key));
    if (!found || found->id != id) return {};
    found->next_at = until;
    found->last_error = error;
    found->lease.reset();
    return rows_.jobs.update(*found);
}

}  // namespace hourkey::store
