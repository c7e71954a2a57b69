#include "live_server.hpp"
#include "raw_client.hpp"

#include "server/application.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <thread>
#include <vector>

namespace hourkey::test {
namespace {

using namespace std::chrono_literals;

const std::string role = "arn:aws:iam::444455556666:role/edge", vend_prod = "/v1/credentials/prod";

struct edge {
    live_server on;
    std::string admin, deploy;

    /// Ready to vend: whatever slips through the fence would have an effect that is seen.
    explicit edge(const live_server::adjustment& adjust = {}) : on(adjust) {
        admin = on.add_tenant("acme", {"deploy"});
        on.add_connection(admin, "acme", "prod", role);
        on.expect(201, "PUT", "/v1/tenants/acme/connections/prod/grants/deploy", "{}", admin);
        deploy = on.token(model::role::app, "acme", "deploy");
        on.sts().clear_history();
    }
    raw_client open() { return {on.port(), on.ca_file()}; }
    std::string vend_request(const std::string& extra = {}) {
        return "GET " + vend_prod + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + deploy + "\r\n" + extra +
               "\r\n";
    }
};

std::string get(const std::string& path) { return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n"; }

int status_of(const std::string& answer) {
    return answer.starts_with("HTTP/1.1 ") && answer.size() > 12 ? std::stoi(answer.substr(9, 3)) : 0;
}

std::string header_of(const std::string& answer, const std::string& name) {
    const auto at = answer.find("\r\n" + name + ": ");
    if (at == std::string::npos) return {};
    const auto from = at + name.size() + 4;
    return answer.substr(from, answer.find("\r\n", from) - from);
}

std::string body_of(const std::string& answer) { return answer.substr(answer.find("\r\n\r\n") + 4); }

}  // namespace

TEST_CASE("An ambiguous request gets one refusal and the end, and the vend hidden behind it never happens") {
    edge e;
    const auto hidden = e.vend_request();
    const std::string start =
        "POST " + vend_prod + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + e.deploy + "\r\n";
    const struct {
        std::string name;
        std::string raw;
        int status;
    } rows[] = {
        {"chunked", start + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden, 411},
        {"chunked and length", start + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + hidden,
         411},
        {"space before colon", start + "Content-Length : 2\r\n\r\n{}" + hidden, 400},
        {"length twice", start + "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}" + hidden, 400},
        {"length list", start + "Content-Length: 2, 2\r\n\r\n{}" + hidden, 400},
        {"length with sign", start + "Content-Length: +2\r\n\r\n{}" + hidden, 400},
        {"folded field", start + "X-A: b\r\n c\r\nContent-Length: 2\r\n\r\n{}" + hidden, 400},
        {"bare line feed", "GET " + vend_prod + " HTTP/1.1\nHost: localhost\n\n" + hidden, 400},
        {"body on GET",
         "GET /livez HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(hidden.size()) + "\r\n\r\n" +
             hidden,
         400},
        {"two hosts", "GET /livez HTTP/1.1\r\nHost: localhost\r\nHost: evil\r\n\r\n" + hidden, 400},
        {"absolute target", "GET https://evil/livez HTTP/1.1\r\nHost: localhost\r\n\r\n" + hidden, 400},
        {"dot segments", "GET /v1/../livez HTTP/1.1\r\nHost: localhost\r\n\r\n" + hidden, 400},
        {"two tokens",
         "GET /v1/whoami HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer a\r\nAuthorization: Bearer " + e.deploy +
             "\r\n\r\n" + hidden,
         400},
        {"upgrade to HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + hidden, 400},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        auto client = e.open();
        REQUIRE(client.write(r.raw));
        const auto all = client.read_to_end();
        CAPTURE(all);
        CHECK(client.has_ended());
        CHECK(count(all, "X-Request-Id: ") == 1);
        CHECK(status_of(all) == r.status);
        CHECK(header_of(all, "Connection") == "close");
    }
    CHECK(e.on.sts().history().empty());
    auto proof = e.open();  // the hidden request is a good one
    REQUIRE(proof.write(hidden));
    CHECK(status_of(proof.read_answer()) == 200);
}

TEST_CASE("A connection carries one request after the other until the client says close") {
    edge e;
    auto client = e.open();
    for (int i = 0; i < 3; ++i) {
        REQUIRE(client.write(e.vend_request()));
        const auto answer = client.read_answer();
        CHECK(status_of(answer) == 200);
        CHECK(contains(answer, "SecretAccessKey"));
    }
    REQUIRE(client.write(e.vend_request() + get("/livez")));  // both at once: answered in order
    CHECK(contains(client.read_answer(), "SecretAccessKey"));
    CHECK(contains(client.read_answer(), "alive"));
    REQUIRE(client.write(e.vend_request("Connection: close\r\n")));
    const auto last = client.read_to_end();
    CHECK(status_of(last) == 200);
    CHECK(header_of(last, "Connection") == "close");
    CHECK(client.has_ended());
}

TEST_CASE("HEAD answers health without a body, and nothing else") {
    edge e;
    auto client = e.open();
    REQUIRE(client.write("HEAD /livez HTTP/1.1\r\nHost: localhost\r\n\r\n" + get("/v1/nothing")));
    const auto head = client.read_head();
    CHECK(status_of(head) == 200);
    CHECK(!header_of(head, "Content-Length").empty());
    CHECK(status_of(client.read_answer()) == 404);  // straight behind the head: there was no body
    REQUIRE(client.write("HEAD " + vend_prod + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + e.deploy +
                         "\r\n\r\n"));
    CHECK(status_of(client.read_head()) == 405);
    CHECK(e.on.sts().history().empty());
}

TEST_CASE("Every answer, refusals of every layer too, names its request and may not be stored") {
    edge e;
    const std::string authorized = "HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + e.deploy + "\r\n";
    const struct {
        std::string name;
        std::string raw;
        int status;
    } rows[] = {
        {"good", e.vend_request(), 200},
        {"fence", "GET /%00 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
        {"too many header bytes",
         "GET /livez HTTP/1.1\r\nHost: localhost\r\nX-A: " + std::string(9000, 'a') + "\r\n\r\n", 431},
        {"target too long", get("/" + std::string(3000, 'a')), 414},
        {"body too large", "POST " + vend_prod + " " + authorized + "Content-Length: 70000\r\n\r\n", 413},
        {"unknown method", "PATCH /livez HTTP/1.1\r\nHost: localhost\r\n\r\n", 405},
        {"no such path", get("/v1/nothing"), 404},
        {"no such method there", "PUT /livez HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n", 405},
        {"no token", get("/v1/whoami"), 401},
        {"wrong role", "GET /v1/tenants " + authorized + "\r\n", 403},
        {"not JSON", "POST " + vend_prod + " " + authorized + "Content-Length: 1\r\n\r\n{", 400},
        {"not allowed", "GET /v1/credentials/none " + authorized + "\r\n", 403},
    };
    std::set<std::string> ids;
    for (const auto& r : rows) {
        CAPTURE(r.name);
        auto client = e.open();
        REQUIRE(client.write(r.raw));
        const auto answer = client.read_answer();
        CAPTURE(answer);
        CHECK(status_of(answer) == r.status);
        const auto id = header_of(answer, "X-Request-Id");
        CHECK(id.size() == 26);
        CHECK(ids.insert(id).second);
        CHECK(header_of(answer, "Cache-Control") == "no-store");
        CHECK(header_of(answer, "Content-Type") == "application/json");
        CHECK(header_of(answer, "Location").empty());
        CHECK(header_of(answer, "Server").empty());
        if (r.status == 200) continue;
        const auto body = body_of(answer);
        CHECK(field(body, "request_id") == id);
        for (const std::string inside :
             {".cpp", ".hpp", "SELECT", "sqlite", "exception", "/tmp", "hourkey-component", HOURKEY_VERSION})
            CHECK(!contains(body, inside));
        CHECK(!contains(body, e.deploy));
    }
}

TEST_CASE("Plain HTTP on the TLS port is no door") {
    edge e;
    raw_client plain(e.on.port(), "");
    REQUIRE(plain.is_open());
    plain.write(e.vend_request());
    const auto got = plain.read_to_end();
    CHECK(plain.has_ended());
    CHECK(status_of(got) == 400);
    CHECK(contains(got, "https://"));
    CHECK(e.on.sts().history().empty());
    CHECK(e.on.send("GET", "/livez", "", "").status == 200);
}

TEST_CASE("The admin door is plain HTTP on loopback, tells health and metrics, and never whose") {
    edge e;
    CHECK(e.on.send("GET", vend_prod, "", e.deploy).status == 200);
    raw_client admin(e.on.app().admin_port(), "");
    REQUIRE(admin.write(get("/metrics")));
    const auto metrics = admin.read_answer();
    CHECK(status_of(metrics) == 200);
    CHECK(contains(metrics, "vends_total"));
    for (const std::string whose : {"acme", "prod", "444455556666"}) CHECK(!contains(metrics, whose));
    CHECK(!contains(metrics, "\"deploy\""));
    REQUIRE(admin.write("GET " + vend_prod + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + e.deploy +
                        "\r\n\r\n"));
    CHECK(status_of(admin.read_answer()) == 404);
}

TEST_CASE("Connections above the cap are closed, those below it live on, and a place that is left is given again") {
    constexpr std::size_t cap = 16;
    live_server on([](server::config& c) { c.listen.max_connections = cap; });
    std::vector<raw_client> inside;
    for (std::size_t i = 0; i < cap; ++i) {
        inside.emplace_back(on.port(), on.ca_file());
        REQUIRE(inside.back().is_open());
    }
    CHECK(!raw_client(on.port(), on.ca_file()).is_open());
    raw_client admin(on.app().admin_port(), "");
    REQUIRE(admin.write(get("/metrics")));
    CHECK(contains(admin.read_answer(), "hourkey_connections_refused_total 1\n"));
    CHECK(eventually([&on] {
        return contains(on.everything_written(),
                        R"("msg":"connections were closed at once: a cap is reached","connections":1,)");
    }));
    for (auto& client : inside) {
        REQUIRE(client.write(get("/livez")));
        CHECK(status_of(client.read_answer()) == 200);
    }
    inside.pop_back();
    CHECK(eventually([&on] { return raw_client(on.port(), on.ca_file()).is_open(); }));
}

TEST_CASE("Draining lets the vend in flight end with its credentials and takes no new connection") {
    edge e;
    e.on.sts().set_fault({.what = emulator::fault::slow, .count = 1, .every = {}, .role_arn = {}, .delay = 1min});
    auto idle = e.open(), busy = e.open();
    REQUIRE(busy.write(e.vend_request()));
    REQUIRE(eventually([&e] { return !e.on.sts().history().empty(); }));
    const auto port = e.on.port();
    std::thread stopping([&e] { e.on.stop(); });
    CHECK(idle.read_to_end().empty());
    CHECK(idle.has_ended());
    e.on.sts().clear_faults();
    const auto answer = busy.read_to_end();
    CHECK(status_of(answer) == 200);
    CHECK(contains(answer, "SecretAccessKey"));
    CHECK(header_of(answer, "Connection") == "close");
    CHECK(busy.has_ended());
    stopping.join();
    CHECK(!raw_client(port, e.on.ca_file()).is_open());
    e.on.start();
    CHECK(contains(e.on.expect(200, "GET", "/v1/tenants/acme/audit", "", e.admin), R"("outcome":"granted")"));
}

TEST_CASE("A client that leaves while STS answers costs nothing but its record") {
    edge e;
    e.on.sts().set_fault({.what = emulator::fault::slow, .count = 1, .every = {}, .role_arn = {}, .delay = 1min});
    {
        auto leaving = e.open();
        REQUIRE(leaving.write(e.vend_request()));
        REQUIRE(eventually([&e] { return !e.on.sts().history().empty(); }));
    }
    e.on.sts().clear_faults();
    CHECK(eventually([&e] {
        return count(e.on.expect(200, "GET", "/v1/tenants/acme/audit", "", e.admin), R"("action":"vend")") == 1;
    }));
    CHECK(e.on.send("GET", vend_prod, "", e.deploy).status == 200);
}

TEST_CASE("A renewed certificate is served to new connections, while old ones go on") {
    edge e;
    auto old = e.open();
    const auto old_ca = e.on.ca_file();
    e.on.replace_certificate();
    e.on.app().reload();
    CHECK(raw_client(e.on.port(), e.on.ca_file()).is_open());
    CHECK(!raw_client(e.on.port(), old_ca).is_open());
    REQUIRE(old.write(e.vend_request()));
    CHECK(status_of(old.read_answer()) == 200);
}

}  // namespace hourkey::test
