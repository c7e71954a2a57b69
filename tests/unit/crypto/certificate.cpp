#include "crypto/certificate.hpp"

#include <doctest/doctest.h>

#include <chrono>

using namespace hourkey;
using namespace std::chrono_literals;

namespace {

crypto::validity an_hour() {
    const auto now = system_clock().now();
    return {now - 1min, now + 1h};
}

}  // namespace

TEST_CASE("an authority issues a certificate and a key as PEM, each time another") {
    const auto authority = crypto::certificate_authority::make("Test CA", an_hour());
    REQUIRE(authority.has_value());
    CHECK(authority->certificate().starts_with("-----BEGIN CERTIFICATE-----\n"));

    const crypto::certificate_names names{{"localhost", "*.example.com"}, {"127.0.0.1", "::1"}};
    const auto first = authority->issue(names, an_hour());
    const auto second = authority->issue(names, an_hour());
    REQUIRE(first.has_value());
    REQUIRE(second.has_value());
    CHECK(first->certificate.starts_with("-----BEGIN CERTIFICATE-----\n"));
    CHECK(first->key.expose().starts_with("-----BEGIN PRIVATE KEY-----\n"));
    CHECK(first->certificate != second->certificate);
    CHECK(first->key.expose() != second->key.expose());
}

TEST_CASE("names that cannot stand in a certificate are refused") {
    const auto authority = crypto::certificate_authority::make("Test CA", an_hour());
    REQUIRE(authority.has_value());
    struct row {
        const char* name;
        crypto::certificate_names names;
        const char* field;
    };
    const row rows[] = {
        {"none at all", {{}, {}}, "names"},
        {"empty DNS name", {{""}, {}}, "dns"},
        {"a comma, which would begin another name in OpenSSL's own syntax", {{"a,DNS:b"}, {}}, "dns"},
        {"a NUL", {{std::string("a\0b", 3)}, {}}, "dns"},
        {"longer than DNS allows", {{std::string(254, 'a')}, {}}, "dns"},
        {"not an IP address", {{}, {"localhost"}}, "ip"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        const auto issued = authority->issue(r.names, an_hour());
        REQUIRE_FALSE(issued.has_value());
        CHECK(issued.error().code == errc::invalid_request);
        CHECK(issued.error().text().find(r.field) != std::string_view::npos);
    }
}

TEST_CASE("a long first name does not hinder the certificate") {
    const auto authority = crypto::certificate_authority::make("Test CA", an_hour());
    REQUIRE(authority.has_value());
    CHECK(authority->issue({{std::string(60, 'a') + "." + std::string(60, 'b')}, {}}, an_hour()).has_value());
}

TEST_CASE("a self-signed certificate is its own issuer") {
    const auto made = crypto::make_self_signed({{"localhost"}, {}}, an_hour());
    REQUIRE(made.has_value());
    CHECK(made->certificate.starts_with("-----BEGIN CERTIFICATE-----\n"));
}
