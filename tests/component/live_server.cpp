#include "live_server.hpp"

#include "crypto/certificate.hpp"
#include "emulator/emulator_server.hpp"
#include "http/client.hpp"
#include "json/reader.hpp"
#include "net/blocking_calls.hpp"
#include "obs/log.hpp"
#include "os/private_file.hpp"
#include "server/application.hpp"
#include "server/store_files/store_opening.hpp"
#include "tenancy/tokens.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include <fcntl.h>
#include <unistd.h>

namespace hourkey::test {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view hourkey_key_id = "AKIAHOURKEYTEST00001",
                           hourkey_secret_key = "the-secret-key-of-hourkey-in-tests-00001";
constexpr std::string_view hourkey_user = "arn:aws:iam::111122223333:user/hourkey",
                           hourkey_account = "arn:aws:iam::111122223333:root";

std::optional<std::string_view> base_credentials(const std::string& name) {
    if (name == "AWS_ACCESS_KEY_ID") return hourkey_key_id;
    if (name == "AWS_SECRET_ACCESS_KEY") return hourkey_secret_key;
    return std::nullopt;
}

void put_file(const std::string& path, std::string_view bytes) {
    must(os::write_private_file(path, bytes, os::private_file_mode::replace));
}

std::string all_of(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

http::method verb_of(std::string_view text) {
    for (const auto m : {http::method::get, http::method::head, http::method::post, http::method::put,
                         http::method::delete_, http::method::options})
        if (to_text(m) == text) return m;
    FAIL("no such method: ", std::string(text));
    return {};
}

tenancy::token_request request_for(model::role role, const std::string& tenant, const std::string& app) {
    tenancy::token_request wanted;
    wanted.role = role;
    if (!tenant.empty()) wanted.tenant = must(tenant_name::parse(tenant));
    if (!app.empty()) wanted.app = must(app_name::parse(app));
    return wanted;
}

}  // namespace

namespace {

/// Owns all that it uses.
task<result<http::client_answer>> exchange_once(std::shared_ptr<net::connection_pool> over, http::client_request what) {
    constexpr http::client_limits of_hourkey{.body_bytes =
                                                 1024 * 1024};  // AWS's are too small for the OpenAPI document
    auto got =
        co_await http::exchange(*over, what, deadline::after(30s), net::connection_pool::freshness::any, of_hourkey);
    if (got) got->connection.keep();
    co_return got;
}

}  // namespace

struct api_client::parts {
    net::blocking_calls calls;
    std::string host;
    std::shared_ptr<net::connection_pool> pool;
};

api_client::api_client(std::uint16_t port, const std::string& ca_file) : parts_(std::make_unique<parts>()) {
    parts_->host = "127.0.0.1:" + std::to_string(port);
    net::endpoint to{.host = "127.0.0.1", .port = port, .tls = must(net::make_tls_client_context(ca_file))};
    parts_->pool = std::make_shared<net::connection_pool>(parts_->calls.reactor(), std::move(to));
}
api_client::api_client(api_client&&) noexcept = default;
api_client::~api_client() = default;

reply api_client::send(std::string_view verb, const std::string& target, const std::string& body,
                       std::string_view token) {
    http::client_request what{
        .verb = verb_of(verb), .target = target, .host = parts_->host, .headers = {}, .body = body};
    if (!token.empty()) what.headers.push_back({"Authorization", "Bearer " + std::string(token)});
    if (!body.empty()) what.headers.push_back({"Content-Type", "application/json"});
    auto answer = parts_->calls.wait(exchange_once(parts_->pool, std::move(what)));
    if (!answer)
        return {.status = 0, .body = std::string(describe(answer.error().code).api) + ": " + answer.error().cause};
    return {.status = answer->status, .body = std::move(answer->body)};
}

struct live_server::parts {
    std::string folder, ca;
    int log = -1;
    int certificates = 0;
    std::unique_ptr<net::tls_server_context> sts_tls;
    net::reactor sts_reactor;
    std::unique_ptr<emulator::emulator_server> sts_server;
    std::thread sts_thread;
};

live_server::live_server(const adjustment& adjust)
    : parts_(std::make_unique<parts>()), sts_(std::make_unique<emulator::sts_emulator>()) {
    auto& p = *parts_;
    p.folder = (std::filesystem::temp_directory_path() / "hourkey-component-XXXXXX").string();
    REQUIRE(::mkdtemp(p.folder.data()) != nullptr);
    p.log = ::open(path("log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    REQUIRE(p.log >= 0);
    obs::configure({.lowest = obs::level::debug, .format = obs::log_format::json, .descriptor = p.log});

    replace_certificate();
    std::filesystem::copy(p.ca, path("sts-ca.pem"));
    p.sts_tls = must(net::tls_server_context::load(path("server.pem"), path("server.key")));
    emulator::server_settings settings;
    settings.tls = p.sts_tls.get();
    p.sts_server = must(emulator::emulator_server::bind(p.sts_reactor, *sts_, settings));
    p.sts_thread = std::thread([&p] { p.sts_reactor.run(); });
    sts_->put_user(hourkey_key_id, hourkey_secret_key, hourkey_user);
    start(adjust);
    operator_token_ = std::string(must(app_->issue_token(request_for(model::role::operator_, {}, {}))).text.expose());
}

live_server::~live_server() {
    stop();
    parts_->sts_reactor.stop();
    parts_->sts_thread.join();
    obs::configure({.lowest = obs::level::error, .format = obs::log_format::automatic, .descriptor = 2});
    ::close(parts_->log);
    std::error_code ignored;
    std::filesystem::remove_all(parts_->folder, ignored);
}

void live_server::start(const adjustment& adjust) {
    server::config c;
    c.listen.port = 0;
    c.admin.port = 0;
    c.listen.cert_file = path("server.pem");
    c.listen.key_file = path("server.key");
    c.store.path = path("hourkey.db");
    c.store.min_free_mib = 0;
    c.aws.region = "us-east-1";
    c.aws.principal_arn = hourkey_user;
    c.aws.sts_endpoint = "https://127.0.0.1:" + std::to_string(parts_->sts_server->port());
    c.aws.ca_file = path("sts-ca.pem");
    if (adjust) adjust(c);
    app_ = must(server::application::start(std::move(c), base_credentials));
    client_.emplace(port(), ca_file());
}

void live_server::stop() {
    client_.reset();
    if (app_) app_->stop();
    app_.reset();
}

std::uint16_t live_server::port() const { return app_->port(); }
const std::string& live_server::ca_file() const { return parts_->ca; }
std::string live_server::path(const std::string& name) const { return parts_->folder + "/" + name; }

void live_server::replace_certificate() {
    const auto now = system_clock().now();
    const crypto::validity valid{.not_before = now - 5min, .not_after = now + 24h};
    const auto ca = must(crypto::certificate_authority::make("hourkey test CA", valid));
    const auto leaf = must(ca.issue({.dns = {"localhost"}, .ip = {"127.0.0.1"}}, valid));
    put_file(path("server.key"), leaf.key.expose());
    put_file(path("server.pem"), leaf.certificate);
    parts_->ca = path("ca-" + std::to_string(++parts_->certificates) + ".pem");
    put_file(parts_->ca, ca.certificate());
}

reply live_server::send(std::string_view verb, const std::string& target, const std::string& body,
                        std::string_view token) {
    return client_->send(verb, target, body, token);
}

std::string live_server::expect(int status, std::string_view verb, const std::string& target, const std::string& body,
                                std::string_view token) {
    auto got = send(verb, target, body, token);
    INFO(verb, " ", target, ": ", got.body);
    REQUIRE(got.status == status);
    return std::move(got.body);
}

std::string live_server::token(model::role role, const std::string& tenant, const std::string& app) {
    return std::string(must(app_->issue_token(request_for(role, tenant, app))).text.expose());
}

std::string live_server::expired_token(model::role role, const std::string& tenant, const std::string& app) {
    stop();
    server::config c;
    c.store.path = path("hourkey.db");
    c.store.min_free_mib = 0;
    auto keys = must(server::load_server_keys(c.server_key_file(), c.store.path));
    auto wanted = request_for(role, tenant, app);
    wanted.life = 1h;
    std::string past;
    {
        const auto database = must(server::open_database(c, keys));
        const auth::authenticator with(keys.ring->token_keys());
        past = must(tenancy::issue_token_now(*database, with, wanted, system_clock().now() - 2h)).text.expose();
    }
    start();
    return past;
}

std::string live_server::add_tenant(const std::string& tenant, const std::vector<std::string>& apps) {
    expect(201, "POST", "/v1/tenants", R"({"name":")" + tenant + R"("})", operator_token_);
    auto admin = token(model::role::admin, tenant);
    for (const auto& name : apps) expect(201, "PUT", "/v1/tenants/" + tenant + "/apps/" + name, "{}", admin);
    return admin;
}

std::string live_server::add_connection(std::string_view admin, const std::string& tenant, const std::string& name,
                                        const std::string& role_arn) {
    const auto link = "/v1/tenants/" + tenant + "/connections/" + name;
    auto external_id =
        field(expect(201, "PUT", link, R"({"kind":"role","role_arn":")" + role_arn + R"("})", admin), "external_id");
    trust(role_arn, {external_id});
    REQUIRE(field(expect(200, "POST", link + "/verify", "", admin), "state") == "active");
    return external_id;
}

void live_server::trust(const std::string& role_arn, const std::vector<std::string>& external_ids) {
    emulator::role r;
    r.arn = role_arn;
    r.principals = {std::string(hourkey_account)};
    r.principal_arns = {std::string(hourkey_user)};
    r.external_ids = external_ids;
    sts_->put_role(std::move(r));
}

std::string live_server::whole_audit(const std::string& tenant, std::string_view admin) {
    std::string all, cursor;
    do {
        const auto page = expect(200, "GET", "/v1/tenants/" + tenant + "/audit?limit=50" + cursor, "", admin);
        cursor = contains(page, R"("cursor":)") ? "&cursor=" + field(page, "cursor") : "";
        all += page;
    } while (!cursor.empty());
    return all;
}

std::string live_server::everything_written() const {
    obs::flush();
    std::string all;
    for (const auto& entry : std::filesystem::directory_iterator(parts_->folder))
        if (entry.is_regular_file()) all += all_of(entry.path().string());
    return all;
}

std::string field(const std::string& body, std::string_view name) {
    const auto document = must(json::parse(body));
    return std::string(must(document.root().string(name)));
}

bool eventually(const std::function<bool()>& is_so) {
    const auto until = std::chrono::steady_clock::now() + 30s;
    while (!is_so()) {
        if (std::chrono::steady_clock::now() > until) return false;
        std::this_thread::sleep_for(10ms);
    }
    return true;
}

std::size_t count(std::string_view text, std::string_view what) {
    std::size_t n = 0;
    for (auto at = text.find(what); at != std::string_view::npos; at = text.find(what, at + what.size())) ++n;
    return n;
}

void stop_with(const failure& why) {
    FAIL("failed: ", std::string(describe(why.code).api), ": ", std::string(why.text()), " / ", why.cause);
}

}  // namespace hourkey::test
