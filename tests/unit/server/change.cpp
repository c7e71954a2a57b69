#include "server/doors/change.hpp"

#include <doctest/doctest.h>

#include <string>

namespace hourkey::server {

TEST_CASE("If-Match holds one ETag of ours in quotes, or the change demands no revision") {
    const struct {
        std::string sent;
        bool good;
        std::uint64_t revision;
    } rows[] = {{"\"1\"", true, 1},
                {"\"18446744073709551615\"", true, 18446744073709551615ULL},
                {"1", false, 0},
                {"\"\"", false, 0},
                {"\"", false, 0},
                {"", false, 0},
                {"\"1", false, 0},
                {"1\"", false, 0},
                {"*", false, 0},
                {"W/\"1\"", false, 0},
                {"\"1\", \"2\"", false, 0},
                {"\"-1\"", false, 0},
                {"\"+1\"", false, 0},
                {"\" 1\"", false, 0},
                {"\"1a\"", false, 0},
                {"\"18446744073709551616\"", false, 0}};
    for (const auto& r : rows) {
        CAPTURE(r.sent);
        http::request request;
        request.headers.emplace_back("If-Match", r.sent);
        const auto demanded = read_precondition(request);
        REQUIRE(demanded.has_value() == r.good);
        if (r.good) CHECK(*demanded->revision == r.revision);
        if (!r.good) CHECK(demanded.error().code == errc::invalid_request);
    }
    const http::request none;
    REQUIRE(read_precondition(none).has_value());
    CHECK(!read_precondition(none)->revision);
    CHECK_FALSE(read_precondition(none)->is_absent);
}

TEST_CASE("If-None-Match is *, and asks that nothing is there") {
    for (const auto* sent : {"*", "\"1\"", "", "**", "* ", "\"*\""}) {
        CAPTURE(sent);
        http::request request;
        request.headers.emplace_back("If-None-Match", sent);
        const auto demanded = read_precondition(request);
        const bool good = std::string_view(sent) == "*";
        REQUIRE(demanded.has_value() == good);
        if (good) CHECK(demanded->is_absent);
        if (!good) CHECK(demanded.error().code == errc::invalid_request);
    }
}

TEST_CASE("A change's record tells who, what, where from and when") {
    http::request request;
    request.client.address = "192.0.2.7";
    const wall_time now{std::chrono::seconds(1'800'000'000)};
    call what{.http = request,
              .request_id = "01ARZ3NDEKTSV4RRFFQ69G5FAV",
              .now = {},
              .caller = {},
              .rests_on = {},
              .tenant = tenant_name::parse("acme").value(),
              .tenant_id = {},
              .parameters = {}};
    what.caller.role = model::role::admin;
    what.caller.token_id = ulid::parse("01ARZ3NDEKTSV4RRFFQ69G5FAW").value();
    what.tenant_id = ulid::parse("01ARZ3NDEKTSV4RRFFQ69G5FAX").value();
    const change_note note{.action = model::audit_action::connection_put,
                           .target = "connections/prod",
                           .connection = "prod",
                           .app = "",
                           .role_arn = "arn",
                           .reason = "why"};
    const auto record = change_record(what, note, now);
    CHECK(record.time == now);
    CHECK(record.action == model::audit_action::connection_put);
    CHECK(record.outcome == model::audit_outcome::changed);
    CHECK(record.request_id == what.request_id);
    CHECK(record.tenant == "acme");
    CHECK(record.tenant_id == what.tenant_id);
    CHECK(record.actor_role == model::role::admin);
    CHECK(record.token_id == what.caller.token_id);
    CHECK(record.client_address == "192.0.2.7");
    CHECK(record.target == "connections/prod");
    CHECK(record.connection == "prod");
    CHECK(record.role_arn == "arn");
    CHECK(record.reason == "why");
}

}  // namespace hourkey::server
