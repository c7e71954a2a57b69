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
    if (found->lease && holds(*found->lease, now())) {
        auto anew = j;
        anew.lease = found->lease;
        HK_CHECK(rows_.jobs.update(anew));
        return anew;
    }
    if (found->next_at <= j.next_at) return *std::move(found);
    found->next_at = j.next_at;
    HK_CHECK(rows_.jobs.update(*found));
    return *std::move(found);
}

result<std::optional<model::job>> write_session::take_job(const model::job_key& key, const ulid& id,
                                                          const model::job_lease& lease) {
    HK_TRY(auto found, rows_.jobs.find(key));
    const bool is_free =
        found && found->id == id && found->next_at <= now() && !(found->lease && holds(*found->lease, now()));
    if (!is_free) return std::optional<model::job>();
    ++found->attempts;
    found->lease = lease;
    HK_CHECK(rows_.jobs.update(*found));
    return found;
}

result<std::optional<model::job>> write_session::leave_job(const model::job& j) {
    HK_TRY(auto found, rows_.jobs.find(j.key));
    if (!found || found->lease != j.lease) return std::optional<model::job>();
    found->lease.reset();
    if (found->id == j.id) return found;
    HK_CHECK(rows_.jobs.update(*found));
    return std::optional<model::job>();
}

result<> write_session::end_job(const model::job& j) {
    HK_TRY(const auto left, leave_job(j));
    return left ? rows_.jobs.remove(j.key) : result<>();
}

result<> write_session::postpone_job(const model::job& j, wall_time until, const std::string& error) {
    HK_TRY(auto left, leave_job(j));
    if (!left) return {};
    left->next_at = until;
    left->last_error = error;
    if (error.empty()) left->attempts = 0;
    return rows_.jobs.update(*left);
}

result<> write_session::end_leases() { return rows_.jobs.end_leases(); }

}  // namespace hourkey::store
