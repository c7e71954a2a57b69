#include "server/sqlite_vend_store.hpp"

#include "auth/authenticator.hpp"

namespace hourkey::server {
namespace {

failure not_recorded(const failure& why) {
    return failure(errc::audit_unavailable, {}, "Try again; if it lasts, the operator should look at the server's disk and /readyz.",
                   why.cause.empty() ? std::string(why.text()) : why.cause);
}

/// Does what was true when the vend was decided still hold, as this transaction sees it?
result<> still_allowed(store::transaction& tx, const model::caller& who, const connection_name& connection, const vending::vend_store::decide_again& again,
                       wall_time now) {
    HK_TRY(const auto token, tx.find_token(who.token_id));
    if (!token) return failure(errc::unauthenticated, {}, "Use a valid token.", "the token is gone");
    HK_CHECK(auth::check_token(*token, now));
    HK_TRY(const auto facts, tx.find_vend_facts(who.tenant_id, *who.app, connection));
    return again(facts, now);
}

bool is_of_the_store(const failure& f) { return f.code == errc::store_unavailable || f.code == errc::store_corrupt; }

}  // namespace

result<model::vend_facts> sqlite_vend_store::read_facts(const model::caller& who, const connection_name& connection) {
    if (!who.app) return model::vend_facts{};
    return reader_.find_vend_facts(who.tenant_id, *who.app, connection);
}

task<result<>> sqlite_vend_store::commit(const model::caller& who, model::audit_record record, std::uint64_t epoch, decide_again again) {
    std::optional<failure> revoked;
    std::function<result<model::audit_record>(store::transaction&)> decide = [&](store::transaction& tx) -> result<model::audit_record> {
        if (tx.epoch() == epoch) return record;
        HK_TRY(const auto connection, connection_name::parse(record.connection));
        auto held = still_allowed(tx, who, connection, again, clock_.now());
        if (!held) {
            if (is_of_the_store(held.error())) return held.error();
            revoked = held.error();
            record.outcome = model::audit_outcome::denied;
            record.reason = describe(revoked->code).api;
        }
        return record;
    };
    const auto stored = co_await database_.append(std::move(decide));
    if (!stored) co_return not_recorded(stored.error());
    if (revoked) co_return *std::move(revoked);
    co_return result<>{};
}

task<result<>> sqlite_vend_store::commit(model::audit_record record) {
    std::function<result<model::audit_record>(store::transaction&)> just_store = [&record](store::transaction&) -> result<model::audit_record> {
        return record;
    };
    const auto stored = co_await database_.append(std::move(just_store));
    if (!stored) co_return not_recorded(stored.error());
    co_return result<>{};
}

}  // namespace hourkey::server
