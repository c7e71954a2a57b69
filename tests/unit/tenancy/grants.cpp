#include "tenancy/grants.hpp"

#include "tenancy_fixture.hpp"

namespace hourkey::tenancy {
namespace {

using namespace std::chrono_literals;
using test::code_of;
using test::must;

grant_request prod_for(const char* app) {
    grant_request out{.key = {.connection = connection_name::parse("prod").value(), .app = {}},
                      .max_duration = {},
                      .expires_at = {},
                      .reason = {}};
    if (app != nullptr) out.key.app = app_name::parse(app).value();
    return out;
}

}  // namespace

TEST_CASE("A grant's limits are those of AWS, its end lies ahead, its reason is short") {
    const tenancy_fixture t;
    const auto now = t.store.clock.now();
    const struct {
        std::string name;
        std::optional<std::chrono::seconds> most;
        std::optional<wall_time> end;
        std::size_t reason;
        std::string wrong;
    } rows[] = {
        {"nothing said", {}, {}, 0, ""},
        {"the shortest session", 900s, {}, 0, ""},
        {"shorter", 899s, {}, 0, "max_duration_seconds"},
        {"the longest session", 12h, {}, 0, ""},
        {"longer", 12h + 1s, {}, 0, "max_duration_seconds"},
        {"negative", -900s, {}, 0, "max_duration_seconds"},
        {"ends in a moment", {}, now + 1ns, 0, ""},
        {"ends now", {}, now, 0, "expires_at"},
        {"the longest reason", {}, {}, 256, ""},
        {"a longer one", {}, {}, 257, "reason"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        auto wanted = prod_for("web");
        wanted.max_duration = r.most;
        wanted.expires_at = r.end;
        wanted.reason = std::string(r.reason, 'x');
        const auto put = put_grant(t.admin_asks(), wanted, {});
        CHECK(code_of(put) == (r.wrong.empty() ? errc{} : errc::invalid_request));
        if (!put) CHECK(put.error().message.find(r.wrong) != std::string::npos);
    }
}

TEST_CASE("Both ends of a grant must be there, and what is missing is named") {
    tenancy_fixture t;
    const auto put = [&](const char* app) {
        return make_now(*t.store.db, must(put_grant(t.admin_asks(), prod_for(app), {})));
    };
    REQUIRE(code_of(put("web")) == errc::not_found);
    CHECK(put("web").error().message == "There is no connection 'prod'.");
    t.store.add_connection(*t.acme, "prod");
    REQUIRE(code_of(put("web")) == errc::not_found);
    CHECK(put("web").error().message == "There is no app 'web'.");
    t.store.add_app(*t.acme, "web");
    CHECK(must(put("web")).is_created());
    CHECK(must(put(nullptr)).is_created());
    REQUIRE(t.trail().size() == 2);
    CHECK(t.trail()[0].target == "connections/prod/grants/web");
    CHECK(t.trail()[0].app == "web");
    CHECK(t.trail()[1].target == "connections/prod/grants/*");
    CHECK(t.trail()[1].app == "*");
}

}  // namespace hourkey::tenancy
