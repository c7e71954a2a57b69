#include "policy/vend_decision.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace hourkey::policy {
namespace {

using namespace std::chrono_literals;

const wall_time now = wall_time(std::chrono::seconds(1'795'000'000));

model::principal app_caller() {
    model::principal c;
    c.role = model::role::app;
    c.tenant = *tenant_name::parse("acme");
    c.app = *app_name::parse("web");
    return c;
}

model::connection active_connection() {
    return {.tenant_id = {},
            .name = *connection_name::parse("prod"),
            .state = model::connection_state::active,
            .role_arn = aws::role_arn::parse("arn:aws:iam::123456789012:role/x").value(),
            .account_id = aws::account_id::parse("123456789012").value(),
            .region = {},
            .external_id = aws::external_id::parse("hk-1").value(),
            .created_at = now,
            .verified_at = now,
            .revision = 1};
}

model::grant grant_for(std::optional<app_name> app) {
    return {.tenant_id = {},
            .connection = *connection_name::parse("prod"),
            .app = std::move(app),
            .max_duration = {},
            .expires_at = {},
            .reason = {},
            .created_at = now,
            .revision = 1};
}

model::vend_facts granted() {
    return {.connection = active_connection(), .app_grant = grant_for(*app_name::parse("web")), .any_grant = {}};
}

template <class Change>
model::vend_facts with(Change change) {
    auto facts = granted();
    change(facts);
    return facts;
}

model::vend_facts granted_for(std::chrono::seconds most) {
    return with([most](auto& f) { f.app_grant->max_duration = most; });
}

TEST_CASE("a vend is decided by role, grant, state and duration, and denied by default") {
    struct row {
        const char* name;
        model::vend_facts facts;
        vend_limits limits;
        std::optional<errc> refused;
        std::chrono::seconds duration;
    };
    const std::vector<row> rows{
        {"granted to the app", granted(), {}, {}, 3600s},
        {"granted to any app",
         with([](auto& f) {
             f.app_grant.reset();
             f.any_grant = grant_for({});
         }),
         {},
         {},
         3600s},
        {"no grant", with([](auto& f) { f.app_grant.reset(); }), {}, errc::app_not_allowed, 0s},
        {"no connection", with([](auto& f) { f.connection.reset(); }), {}, errc::app_not_allowed, 0s},
        {"the grant has expired", with([](auto& f) { f.app_grant->expires_at = now; }), {}, errc::app_not_allowed, 0s},
        {"the grant expires a moment later", with([](auto& f) { f.app_grant->expires_at = now + 1ns; }), {}, {}, 3600s},
        {"the app's grant has expired, any app's holds",
         with([](auto& f) {
             f.app_grant->expires_at = now;
             f.any_grant = grant_for({});
         }),
         {},
         {},
         3600s},
        {"pending",
         with([](auto& f) { f.connection->state = model::connection_state::pending; }),
         {},
         errc::connection_not_ready,
         0s},
        {"broken",
         with([](auto& f) { f.connection->state = model::connection_state::broken; }),
         {},
         errc::connection_not_ready,
         0s},
        {"insecure trust",
         with([](auto& f) { f.connection->state = model::connection_state::insecure_trust; }),
         {},
         errc::connection_not_ready,
         0s},
        {"active, but it has no role",
         with([](auto& f) { f.connection->role_arn.reset(); }),
         {},
         errc::connection_not_ready,
         0s},
        {"pending and not granted tells nothing of the state",
         with([](auto& f) {
             f.app_grant.reset();
             f.connection->state = model::connection_state::pending;
         }),
         {},
         errc::app_not_allowed,
         0s},
        {"900 s", granted(), {.duration = 900s, .min_ttl = {}}, {}, 900s},
        {"899 s", granted(), {.duration = 899s, .min_ttl = {}}, errc::duration_out_of_range, 0s},
        {"the default, asked for", granted(), {.duration = 3600s, .min_ttl = {}}, {}, 3600s},
        {"a grant without a maximum allows the default and no second more",
         granted(),
         {.duration = 3601s, .min_ttl = {}},
         errc::duration_out_of_range,
         0s},
        {"twelve hours without a grant that says so",
         granted(),
         {.duration = 43'200s, .min_ttl = {}},
         errc::duration_out_of_range,
         0s},
        {"a grant to any app without a maximum allows the default",
         with([](auto& f) {
             f.app_grant.reset();
             f.any_grant = grant_for({});
         }),
         {.duration = 3601s, .min_ttl = {}},
         errc::duration_out_of_range,
         0s},
        {"any app's longer grant does not lengthen the app's own",
         with([](auto& f) {
             f.any_grant = grant_for({});
             f.any_grant->max_duration = 43'200s;
         }),
         {.duration = 3601s, .min_ttl = {}},
         errc::duration_out_of_range,
         0s},
        {"43200 s, granted", granted_for(43'200s), {.duration = 43'200s, .min_ttl = {}}, {}, 43'200s},
        {"43201 s", granted_for(43'200s), {.duration = 43'201s, .min_ttl = {}}, errc::duration_out_of_range, 0s},
        {"a longer grant is no longer default", granted_for(43'200s), {}, {}, 3600s},
        {"the grant's limit shortens what was not asked for",
         with([](auto& f) { f.app_grant->max_duration = 1200s; }),
         {},
         {},
         1200s},
        {"more than the grant's limit was asked for",
         with([](auto& f) { f.app_grant->max_duration = 1200s; }),
         {.duration = 1201s, .min_ttl = {}},
         errc::duration_out_of_range,
         0s},
        {"the app's own grant decides, not any app's",
         with([](auto& f) {
             f.app_grant->max_duration = 900s;
             f.any_grant = grant_for({});
         }),
         {},
         {},
         900s},
        {"min_ttl is the duration", granted(), {.duration = {}, .min_ttl = 3600s}, {}, 3600s},
        {"min_ttl is longer", granted(), {.duration = {}, .min_ttl = 3601s}, errc::min_ttl_unmet, 0s},
        {"min_ttl is negative", granted(), {.duration = {}, .min_ttl = -1s}, errc::invalid_request, 0s},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        const vend_terms terms{.default_duration = 3600s};
        const auto decided = decide(app_caller(), r.limits, r.facts, terms, now);
        CHECK(decided.has_value() != r.refused.has_value());
        if (decided) {
            CHECK(decided->duration == r.duration);
        } else if (r.refused) {
            CHECK(decided.error().code == *r.refused);
            CHECK_FALSE(decided.error().hint.empty());
        }
    }
}

TEST_CASE("a grant without a maximum follows the server's default, shorter or longer") {
    for (const auto standard : {900s, 7200s, 43'200s}) {
        const vend_terms terms{.default_duration = standard};
        CHECK(decide(app_caller(), {}, granted(), terms, now)->duration == standard);
        CHECK(decide(app_caller(), {.duration = standard, .min_ttl = {}}, granted(), terms, now).has_value());
        const auto longer = decide(app_caller(), {.duration = standard + 1s, .min_ttl = {}}, granted(), terms, now);
        REQUIRE_FALSE(longer.has_value());
        CHECK(longer.error().code == errc::duration_out_of_range);
    }
}

TEST_CASE("a length that is only wished for is cut to what the grant allows") {
    const auto wish = [](std::chrono::seconds duration) {
        return vend_limits{.duration = duration, .min_ttl = {}, .beyond_grant = vend_limits::too_long::cut};
    };
    CHECK(decide(app_caller(), wish(3601s), granted(), {}, now)->duration == 3600s);
    CHECK(decide(app_caller(), wish(43'200s), granted_for(900s), {}, now)->duration == 900s);
    CHECK(decide(app_caller(), wish(900s), granted(), {}, now)->duration == 900s);
    CHECK(decide(app_caller(), wish(899s), granted(), {}, now).error().code == errc::duration_out_of_range);
    auto needed = wish(7200s);
    needed.min_ttl = 3601s;
    CHECK(decide(app_caller(), needed, granted(), {}, now).error().code == errc::min_ttl_unmet);
}

TEST_CASE("whoever names a role gets that one or none, and learns of none that is not granted") {
    const auto named = [](const std::string& role) {
        return vend_limits{.duration = {}, .min_ttl = {}, .role_arn = role};
    };
    const auto own = named("arn:aws:iam::123456789012:role/x"), other = named("arn:aws:iam::123456789012:role/y");
    CHECK(decide(app_caller(), own, granted(), {}, now).has_value());
    CHECK(decide(app_caller(), other, granted(), {}, now).error().code == errc::invalid_request);
    const auto refused = with([](auto& f) { f.app_grant.reset(); });
    CHECK(decide(app_caller(), own, refused, {}, now).error().code == errc::app_not_allowed);
    CHECK(decide(app_caller(), other, refused, {}, now).error().code == errc::app_not_allowed);
}

TEST_CASE("only an app's token vends, whatever is granted") {
    for (const auto role : {model::role::operator_, model::role::admin, model::role::auditor}) {
        auto who = app_caller();
        who.role = role;
        const auto decided = decide(who, {}, granted(), {}, now);
        REQUIRE_FALSE(decided.has_value());
        CHECK(decided.error().code == errc::role_not_allowed);
    }
}

TEST_CASE("a connection that does not exist and one that is not granted are refused with the same words") {
    const auto missing = decide(app_caller(), {}, with([](auto& f) {
                                    f.connection.reset();
                                    f.app_grant.reset();
                                }),
                                {}, now)
                             .error();
    const auto foreign = decide(app_caller(), {}, with([](auto& f) { f.app_grant.reset(); }), {}, now).error();
    CHECK(missing.text() == foreign.text());
    CHECK(missing.hint == foreign.hint);
}

}  // namespace
}  // namespace hourkey::policy
