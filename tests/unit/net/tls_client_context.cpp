#include "net/tls_context.hpp"

#include "loopback.hpp"
#include "net/tls_stream.hpp"

#include <openssl/ssl.h>

#include <cstdlib>
#include <filesystem>

using namespace hourkey;
using namespace hourkey::test;

namespace {

struct outcome {
    result<> client;
};

/// Both handshakes on one reactor.
outcome connect(const net::ssl_ctx_ptr& served, const net::ssl_ctx_ptr& calling, const std::string& host) {
    net::reactor on;
    outcome seen;
    run_on(on, [&]() -> task<> {
        const auto pair = socket_pair::unix_domain();
        auto server = net::make_tls_server_stream(on, adopt(pair.ours), served).value();
        auto client = net::make_tls_client_stream(on, adopt(pair.peer), calling, host).value();
        server->set_deadline(in(10s));
        client->set_deadline(in(10s));
        background serving{on};
        serving.start([](net::byte_stream& s) -> task<> { static_cast<void>(co_await s.handshake()); }(*server));
        seen.client = co_await client->handshake();
        client->close();
        co_await serving.finish();
    }());
    return seen;
}

outcome connect(const tls_pair& tls, const std::string& host) {
    return connect(tls.server->current(), tls.client, host);
}

}  // namespace

TEST_CASE("a client believes only a valid certificate of the host it called") {
    const auto other_authority = crypto::certificate_authority::make("somebody else", an_hour()).value();
    struct row {
        const char* name;
        crypto::issued_certificate served;
        const char* host;
        const char* cause;  ///< null: accepted
    };
    const crypto::certificate_names local{{"localhost"}, {"127.0.0.1", "::1"}};
    const crypto::certificate_names elsewhere{{"example.com"}, {"192.0.2.1"}};
    const crypto::certificate_names wildcard{{"*.example.com", "w*.example.org"}, {}};
    row rows[] = {
        {"right name", authority().issue(local, an_hour()).value(), "localhost", nullptr},
        {"right name in capitals", authority().issue(local, an_hour()).value(), "LOCALHOST", nullptr},
        {"right IPv4 literal", authority().issue(local, an_hour()).value(), "127.0.0.1", nullptr},
        {"right IPv6 literal", authority().issue(local, an_hour()).value(), "::1", nullptr},
        {"wildcard", authority().issue(wildcard, an_hour()).value(), "sts.example.com", nullptr},
        {"wildcard is one label only", authority().issue(wildcard, an_hour()).value(), "a.b.example.com",
         "hostname mismatch"},
        {"partial wildcard", authority().issue(wildcard, an_hour()).value(), "www.example.org", "hostname mismatch"},
        {"wrong name", authority().issue(elsewhere, an_hour()).value(), "localhost", "hostname mismatch"},
        {"wrong literal", authority().issue(elsewhere, an_hour()).value(), "127.0.0.1", "IP address mismatch"},
        {"a literal as DNS name only", authority().issue({{"127.0.0.1"}, {}}, an_hour()).value(), "127.0.0.1",
         "IP address mismatch"},
        {"self-signed", crypto::make_self_signed(local, an_hour()).value(), "localhost", "self-signed certificate"},
        {"another authority", other_authority.issue(local, an_hour()).value(), "localhost",
         "unable to get local issuer certificate"},
    };
    for (auto& r : rows) {
        CAPTURE(r.name);
        const auto seen = connect(tls_pair(std::move(r.served)), r.host);
        CHECK(seen.client.has_value() == (r.cause == nullptr));
        if (r.cause == nullptr || seen.client) continue;
        CHECK(seen.client.error().code == errc::tls_failed);
        CHECK_MESSAGE(seen.client.error().cause.find(r.cause) != std::string::npos, seen.client.error().cause);
        CHECK_FALSE(seen.client.error().hint.empty());
    }
}

TEST_CASE("an expired certificate is refused") {
    const tls_pair tls;
    const auto expired = authority().issue(local_names(), past_hour()).value();
    const auto cert = tls.directory.put("expired.pem", expired.certificate);
    const auto key = tls.directory.put("expired-key.pem", expired.key.expose());
    // Our own server context would refuse to load it.
    const net::ssl_ctx_ptr careless(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    REQUIRE(SSL_CTX_use_certificate_chain_file(careless.get(), cert.c_str()) == 1);
    REQUIRE(SSL_CTX_use_PrivateKey_file(careless.get(), key.c_str(), SSL_FILETYPE_PEM) == 1);
    const auto seen = connect(careless, tls.client, "localhost");
    REQUIRE_FALSE(seen.client.has_value());
    CHECK(seen.client.error().cause.find("certificate has expired") != std::string::npos);
}

TEST_CASE("SNI is sent for names and never for literals") {
    struct row {
        const char* host;
        bool named;
    };
    for (const auto& [host, named] : {row{"localhost", true}, row{"127.0.0.1", false}, row{"::1", false}}) {
        CAPTURE(host);
        tls_pair tls;
        net::reactor on;
        std::string hello;
        run_on(on, [&]() -> task<> {
            const auto pair = socket_pair::unix_domain();
            auto client = net::make_tls_client_stream(on, adopt(pair.ours), tls.client, host).value();
            background calling{on};
            calling.start([](net::byte_stream& c) -> task<> { static_cast<void>(co_await c.handshake()); }(*client));
            auto wire = net::make_plain_stream(on, adopt(pair.peer));
            std::array<char, 4096> into{};
            const auto n = co_await wire->read_some(into);
            REQUIRE(n.has_value());
            hello.assign(into.data(), *n);
            wire->close();
            co_await calling.finish();
        }());
        // RFC 6066 3: extension 0, in it the list with one host_name (type 0) and its length.
        const std::string marker = std::string("\x00", 1) + std::string("\x00\x09", 2) + "localhost";
        CHECK((hello.find(marker) != std::string::npos) == named);
        CHECK(hello.find("127.0.0.1") == std::string::npos);
        CHECK(hello.find("::1") == std::string::npos);
    }
}

TEST_CASE("a bad ca_file is named with its fix") {
    scratch_folder directory;
    struct row {
        const char* name;
        std::string path;
    };
    for (const auto& r :
         {row{"absent", directory.file("absent.pem")}, row{"not PEM", directory.put("garbage.pem", "garbage")}}) {
        CAPTURE(r.name);
        const auto made = net::make_tls_client_context(r.path);
        REQUIRE_FALSE(made.has_value());
        CHECK(made.error().code == errc::invalid_configuration);
        CHECK(made.error().message.find(r.path) != std::string::npos);
        CHECK_FALSE(made.error().hint.empty());
    }
}

TEST_CASE("a trust store with nothing in it is said to be so, wherever it is looked for") {
    scratch_folder directory;
    const auto none = directory.file("none"), empty = directory.file("empty");
    std::filesystem::create_directory(empty);
    const auto one = directory.file("one");
    std::filesystem::create_directory(one);
    const auto pem = directory.put("one/ca.pem", "-----BEGIN CERTIFICATE-----");
    struct row {
        const char* name;
        std::string file, folders;
        bool found;
    };
    for (const auto& r :
         {row{"neither is there", none, none, false}, row{"an empty folder", none, empty, false},
          row{"a file", pem, none, true}, row{"the second of two folders", none, empty + ":" + one, true}}) {
        CAPTURE(r.name);
        REQUIRE(::setenv("SSL_CERT_FILE", r.file.c_str(), 1) == 0);
        REQUIRE(::setenv("SSL_CERT_DIR", r.folders.c_str(), 1) == 0);
        const auto made = net::make_tls_client_context("");
        CHECK(made.has_value() == r.found);
        if (!made) CHECK(made.error().hint.find("ca-certificates") != std::string::npos);
    }
    ::unsetenv("SSL_CERT_FILE");
    ::unsetenv("SSL_CERT_DIR");
}

TEST_CASE("without ca_file the system's trust store is used, which does not know our authority") {
    tls_pair tls;
    tls.client = net::make_tls_client_context("").value();
    CHECK_FALSE(connect(tls, "localhost").client.has_value());
}
