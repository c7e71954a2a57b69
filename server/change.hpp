#pragma once

#include "auth/authenticator.hpp"
#include "core/task.hpp"
#include "server/call.hpp"
#include "server/services.hpp"

#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace hourkey::server {

/// What an administrative change's record says beside who and when.
struct change_note {
    std::string action;  ///< "connection.put"
    std::string target;  ///< "connections/prod"
    std::string connection;
    std::string app;
    std::string role_arn;
    std::string reason;
};

[[nodiscard]] model::audit_record change_record(const call& what, const change_note& note, wall_time now);

/// `"7"` in If-Match; none when the header is absent. Another form is refused.
[[nodiscard]] result<std::optional<std::uint64_t>> expected_revision(const http::request& r);

/// Runs an administrative change and its audit record in one transaction: both are durable, or neither. The caller's token
/// is checked again inside, so that a revoked admin's change in flight does not land. `work` owns what it uses: the request
/// may be answered before it runs.
template <class T>
task<result<T>> change(services& with, const call& what, change_note note, std::function<result<T>(store::transaction&)> work) {
    std::function<result<T>(store::transaction&)> whole = [record = change_record(what, note, what.now), who = what.caller.token_id, &clock = with.clock,
                                                           work = std::move(work)](store::transaction& tx) mutable -> result<T> {
        record.time = clock.now();
        if (!who.is_nil()) {
            HK_TRY(const auto token, tx.find_token(who));
            if (!token) return failure(errc::unauthenticated, {}, "Use a valid token.", "the token is gone");
            HK_CHECK(auth::check_token(*token, record.time));
        }
        auto done = work(tx);
        if (!done) return done;
        HK_CHECK(tx.append_audit(record));
        return done;
    };
    co_return co_await with.database.write<T>(std::move(whole));
}

}  // namespace hourkey::server
