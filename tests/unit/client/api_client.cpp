#include "client/api_client.hpp"

#include "client/pages.hpp"
#include "client/refusal.hpp"
#include "http/server.hpp"
#include "net/connection_limits.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace hourkey;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view app = R"({"name":"web","created_at":"2026-11-22T05:46:17Z","revision":7})";

struct seen {
    std::string line, body, authorization, if_match, if_none_match;
    std::uint16_t from;  ///< the client's port: of the connection
};

http::response said(int status, std::string_view body, std::string_view retry_after = {}) {
    http::response a;
    a.status = status;
    a.body = body;
    if (!retry_after.empty()) a.headers.push_back({"Retry-After", std::string(retry_after)});
    return a;
}

http::response refused(int status, std::string_view code, std::string_view retry_after = {}) {
    return said(status,
                R"({"code":")" + std::string(code) +
                    R"(","message":"m","hint":"h","retryable":true,"request_id":"01M80WN13JKMAGAWJCZC09E4XQ"})",
                retry_after);
}

/// A server on loopback that gives its answers one after the other, and a client of it.
class scripted final : public http::service {
public:
    explicit scripted(std::vector<http::response> answers) : answers_(answers.begin(), answers.end()) {
        server_.attach(*listener_);
    }

    task<http::response> answer(const http::request& r) override {
        const auto text = [&r](std::string_view name) { return std::string(r.find(name).value_or("")); };
        requests.push_back({.line = std::string(to_text(r.verb)) + " " + std::string(r.target),
                            .body = std::string(r.body),
                            .authorization = text("Authorization"),
                            .if_match = text("If-Match"),
                            .if_none_match = text("If-None-Match"),
                            .from = r.client.port});
        if (answers_.empty()) throw std::runtime_error("no more answers");
        auto next = std::move(answers_.front());
        answers_.pop_front();
        co_return next;
    }
    http::response refuse(const failure& why, const net::peer&) override {
        return said(describe(why.code).http_status, "{}");
    }
    void finished(const http::request*, const http::response&, bool,
                  std::chrono::steady_clock::duration) noexcept override {}

    client::api_client make_client() {
        client::settings with{
            .url = "http://127.0.0.1:" + std::to_string(listener_->port()), .ca_file = {}, .token = secret("hk_t")};
        return client::api_client::make(on_, std::move(with)).value();
    }

    template <class T>
    result<T> wait(task<result<T>> what) {
        std::optional<result<T>> got;
        on_.spawn(run(std::move(what), got));
        const auto limit = std::chrono::steady_clock::now() + 30s;
        while (!got) {
            if (std::chrono::steady_clock::now() > limit) throw std::runtime_error("the call did not come to an end");
            on_.context().run_one();
        }
        return *std::move(got);
    }

    std::vector<seen> requests;

private:
    template <class T>
    static task<> run(task<result<T>> what, std::optional<result<T>>& into) {
        into.emplace(co_await std::move(what));
    }

    std::deque<http::response> answers_;
    net::connection_limits limits_{net::connection_caps{}};
    net::reactor on_;
    std::unique_ptr<net::listener> listener_ = net::listener::bind_tcp(on_, "127.0.0.1", 0, nullptr, limits_).value();
    http::server server_{on_, *this};
};

const auto acme = tenant_name::parse("acme").value();
const auto web = app_name::parse("web").value();
const auto prod = connection_name::parse("prod").value();

deadline soon() { return deadline::after(20s); }

}  // namespace

TEST_CASE("A call goes out with its token, and comes back as its type") {
    scripted s({said(200, app)});
    const auto c = s.make_client();
    const auto got = s.wait(c.get_app(acme, web, soon()));
    REQUIRE(got.has_value());
    CHECK(got->name == "web");
    CHECK(got->revision == 7);
    REQUIRE(s.requests.size() == 1);
    CHECK(s.requests[0].line == "GET /v1/tenants/acme/apps/web");
    CHECK(s.requests[0].authorization == "Bearer hk_t");
}

TEST_CASE("What a change demands stands in its headers") {
    scripted s({said(200, app), said(201, app), said(204, "")});
    const auto c = s.make_client();
    CHECK(s.wait(c.put_app(acme, web, {.revision = 7}, soon())).has_value());
    CHECK(s.wait(c.put_app(acme, web, {.is_absent = true}, soon())).has_value());
    CHECK(s.wait(c.delete_app(acme, web, {}, soon())).has_value());
    CHECK(s.requests[0].if_match == "\"7\"");
    CHECK(s.requests[1].if_none_match == "*");
    CHECK(s.requests[2].line == "DELETE /v1/tenants/acme/apps/web");
    CHECK(s.requests[2].if_match.empty());
}

TEST_CASE("A request goes out as the API has it") {
    constexpr std::string_view grant =
        R"({"app":"*","connection":"prod","created_at":"2026-11-22T05:46:18Z","revision":1})";
    scripted s({said(201, grant), said(403, "{}")});
    const auto c = s.make_client();
    const api::grant_request request{.max_duration = 900s, .expires_at = {}, .reason = "why"};
    CHECK(s.wait(c.put_grant(acme, prod, std::nullopt, request, {}, soon()))->app == "*");
    CHECK(s.requests[0].line == "PUT /v1/tenants/acme/connections/prod/grants/*");
    CHECK(s.requests[0].body == R"({"max_duration_seconds":900,"reason":"why"})");
    api::credentials_request vend;
    vend.duration = 900s;
    vend.stage = "a b&c";
    static_cast<void>(s.wait(c.get_credentials(prod, vend, soon())));
    CHECK(s.requests[1].line == "GET /v1/credentials/prod?duration_seconds=900&stage=a%20b%26c");
}

TEST_CASE("A refusal comes back as the server said it") {
    scripted s({refused(403, "app_not_allowed")});
    const auto c = s.make_client();
    const auto got = s.wait(c.get_credentials(prod, {}, soon()));
    REQUIRE_FALSE(got.has_value());
    CHECK(got.error().code == errc::app_not_allowed);
    CHECK(*got.error().request_id == "01M80WN13JKMAGAWJCZC09E4XQ");
}

TEST_CASE("A call that may be repeated is, when the server says when") {
    scripted s({refused(503, "store_unavailable", "0"), refused(429, "rate_limited", "0"), said(200, app)});
    const auto c = s.make_client();
    CHECK(s.wait(c.get_app(acme, web, soon())).has_value());
    CHECK(s.requests.size() == 3);
}

TEST_CASE("A server that says no again and again is left alone in the end") {
    scripted s(std::vector<http::response>(client::most_attempts, refused(503, "store_unavailable", "0")));
    const auto c = s.make_client();
    const auto got = s.wait(c.get_app(acme, web, soon()));
    REQUIRE_FALSE(got.has_value());
    CHECK(got.error().code == errc::store_unavailable);
    CHECK(s.requests.size() == client::most_attempts);
}

TEST_CASE("A call that makes something is sent once") {
    scripted s({refused(503, "store_unavailable", "0"), said(201, "{}")});
    const auto c = s.make_client();
    const auto got = s.wait(c.create_tenant(acme, soon()));
    REQUIRE_FALSE(got.has_value());
    CHECK(got.error().code == errc::store_unavailable);
    CHECK(s.requests.size() == 1);
}

TEST_CASE("A pause that ends after the deadline is not begun") {
    scripted s({refused(429, "rate_limited", "3600")});
    const auto c = s.make_client();
    const auto began = std::chrono::steady_clock::now();
    const auto got = s.wait(c.get_app(acme, web, soon()));
    REQUIRE_FALSE(got.has_value());
    CHECK(got.error().code == errc::rate_limited);
    CHECK(got.error().retry_after == 3600s);
    CHECK(std::chrono::steady_clock::now() - began < 15s);
}

TEST_CASE("A redirect is not followed, and an answer of something else is not believed") {
    auto redirect = said(302, "");
    redirect.headers.push_back({"Location", "/elsewhere"});
    scripted s({std::move(redirect), said(200, R"({"name":"web"})"), said(200, "<html>")});
    const auto c = s.make_client();
    for (int i = 0; i < 3; ++i) {
        const auto got = s.wait(c.get_app(acme, web, soon()));
        REQUIRE_FALSE(got.has_value());
        CHECK(got.error().code == errc::protocol_violation);
    }
    CHECK(s.requests.size() == 3);
}

TEST_CASE("What is to be answered with nothing is done when that is the answer, and by no other success") {
    for (const auto status : {200, 201, 202}) {
        CAPTURE(status);
        scripted s({said(status, "<html>Signed in</html>"), said(204, "")});
        const auto c = s.make_client();
        const auto got = s.wait(c.revoke_token(acme, {}, soon()));
        REQUIRE_FALSE(got.has_value());
        CHECK(got.error().code == errc::protocol_violation);
        CHECK(s.wait(c.revoke_token(acme, {}, soon())).has_value());
    }
}

TEST_CASE("A connection carries another request only after an answer that was believed") {
    struct row {
        std::string_view name;
        http::response answer;
        bool is_kept;
    };
    for (auto& r : std::vector<row>{{"as documented", said(200, app), true},
                                    {"a refusal of the server's", refused(404, "not_found"), true},
                                    {"a page of a proxy's", said(502, "<html>"), false},
                                    {"another shape", said(200, "{}"), false}}) {
        CAPTURE(r.name);
        scripted s({std::move(r.answer), said(200, app)});
        const auto c = s.make_client();
        static_cast<void>(s.wait(c.get_app(acme, web, soon())));
        static_cast<void>(s.wait(c.get_app(acme, web, soon())));
        REQUIRE(s.requests.size() == 2);
        CHECK((s.requests[0].from == s.requests[1].from) == r.is_kept);
    }
}

TEST_CASE("What would look refused when it is sent a second time goes over a connection of its own") {
    struct row {
        std::string_view name;
        client::precondition demands;
        bool is_fresh;
    };
    for (const auto& r : {row{"demands nothing", {}, false}, row{"a revision", {.revision = 7}, true},
                          row{"that it is new", {.is_absent = true}, true}}) {
        CAPTURE(r.name);
        scripted s({said(200, app), said(200, app)});
        const auto c = s.make_client();
        CHECK(s.wait(c.get_app(acme, web, soon())).has_value());
        CHECK(s.wait(c.put_app(acme, web, r.demands, soon())).has_value());
        CHECK((s.requests[0].from != s.requests[1].from) == r.is_fresh);
    }
}

TEST_CASE("All pages come, each asked for with the cursor of the one before") {
    const std::string item(app);
    scripted s({said(200, R"({"items":[)" + item + R"(],"cursor":"we&b"})"), refused(500, "internal"),
                said(200, R"({"items":[)" + item + "," + item + "]}")});
    const auto c = s.make_client();
    client::pages<api::page<api::app>> all(
        [&c](api::page_request which) { return c.list_apps(acme, std::move(which), soon()); }, 2);
    std::size_t items = 0, failures = 0;
    while (all.has_more()) {
        const auto got = s.wait(all.next());
        if (got) items += got->items.size();
        if (!got) ++failures;
    }
    CHECK(items == 3);
    CHECK(failures == 1);
    CHECK(s.requests[0].line == "GET /v1/tenants/acme/apps?limit=2");
    CHECK(s.requests[1].line == "GET /v1/tenants/acme/apps?cursor=we%26b&limit=2");
    CHECK(s.requests[2].line == s.requests[1].line);
}

TEST_CASE("A client is not made of what cannot be a server or a token") {
    struct row {
        std::string_view name, url, ca_file, token, about;
    };
    net::reactor on;
    for (const auto& r : {row{"plain HTTP over a network", "http://example.com", "", "", "URL"},
                          row{"no such file", "https://example.com", "/nonexistent", "", "/nonexistent"},
                          row{"a token with its line's end", "https://example.com", "", "hk_t\n", "token"},
                          row{"with a carriage return", "https://example.com", "", "hk_t\r\n", "token"},
                          row{"with a blank before it", "https://example.com", "", " hk_t", "token"},
                          row{"with its quotes", "https://example.com", "", "\"hk_t\"", "token"},
                          row{"of other letters", "https://example.com", "", "hk_\xc3\xa4", "token"}}) {
        CAPTURE(r.name);
        client::settings with{
            .url = std::string(r.url), .ca_file = std::string(r.ca_file), .token = secret(std::string(r.token))};
        const auto made = client::api_client::make(on, std::move(with));
        REQUIRE_FALSE(made.has_value());
        CHECK(made.error().code == errc::invalid_configuration);
        CHECK(made.error().text().find(r.about) != std::string_view::npos);
        CHECK(made.error().text().find("hk_") == std::string_view::npos);
        CHECK_FALSE(made.error().hint.empty());
    }
}
