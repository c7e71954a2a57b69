#include "net/tls_context.hpp"

#include "loopback.hpp"

#include <functional>

#include <sys/stat.h>

using namespace hourkey;
using namespace hourkey::test;

namespace {

struct files {
    scratch_folder directory;
    std::string cert, key;

    files() { put(authority().issue(local_names(), an_hour()).value()); }
    void put(const crypto::issued_certificate& issued, mode_t key_mode = 0600) {
        cert = directory.put("cert.pem", issued.certificate, 0644);
        key = directory.put("key.pem", issued.key.expose(), key_mode);
    }
};

}  // namespace

TEST_CASE("good files are loaded, and a renewed certificate takes their place") {
    files f;
    auto context = net::tls_server_context::load(f.cert, f.key).value();
    const auto first = context->current();
    const auto expires = context->expires();
    CHECK(first != nullptr);
    CHECK_FALSE(context->files_changed());

    const auto now = system_clock().now();
    f.put(authority().issue(local_names(), {now - 1min, now + 50h}).value());
    CHECK(context->files_changed());
    CHECK(context->reload().has_value());
    CHECK_FALSE(context->files_changed());
    CHECK(context->current() != first);
    CHECK(context->expires() - expires > 48h);
}

TEST_CASE("bad files are refused, named with their fix, and the old certificate stays") {
    const auto now = system_clock().now();
    const crypto::certificate_names names{{"localhost"}, {}};
    struct row {
        const char* name;
        std::function<void(files&)> spoil;
        const char* file;
        const char* says;
    };
    const row rows[] = {
        {"no certificate file", [](files& f) { std::filesystem::remove(f.cert); }, "cert.pem", "cannot be read"},
        {"certificate is not PEM", [](files& f) { f.directory.put("cert.pem", "garbage"); }, "cert.pem",
         "cannot be read"},
        {"second certificate of the chain is broken",
         [](files& f) {
             std::ofstream(f.cert, std::ios::app) << "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
         },
         "cert.pem", "cannot be read"},
        {"expired", [](files& f) { f.put(authority().issue(local_names(), past_hour()).value()); }, "cert.pem",
         "has expired"},
        {"not valid yet", [&](files& f) { f.put(authority().issue(names, {now + 1h, now + 2h}).value()); }, "cert.pem",
         "not valid yet"},
        {"no key file", [](files& f) { std::filesystem::remove(f.key); }, "key.pem", "cannot be opened"},
        {"key is a directory",
         [](files& f) {
             std::filesystem::remove(f.key);
             std::filesystem::create_directory(f.key);
         },
         "key.pem", "regular file"},
        {"key is not PEM", [](files& f) { f.directory.put("key.pem", "garbage"); }, "key.pem",
         "no unencrypted PEM private key"},
        {"key writable by the group", [](files& f) { ::chmod(f.key.c_str(), 0660); }, "key.pem",
         "readable by group or others"},
        {"key readable by others", [](files& f) { ::chmod(f.key.c_str(), 0604); }, "key.pem",
         "readable by group or others"},
        {"key of another certificate",
         [&](files& f) {
             const auto other = authority().issue(names, an_hour()).value();
             f.directory.put("key.pem", other.key.expose());
         },
         "key.pem", "does not belong to the certificate"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        files f;
        auto context = net::tls_server_context::load(f.cert, f.key).value();
        const auto before = context->current();
        r.spoil(f);
        CHECK(context->files_changed());
        const auto again = context->reload();
        REQUIRE_FALSE(again.has_value());
        CHECK(again.error().code == errc::invalid_configuration);
        CHECK_MESSAGE(again.error().message.find(r.file) != std::string::npos, again.error().message);
        CHECK_MESSAGE(again.error().message.find(r.says) != std::string::npos, again.error().message);
        CHECK_FALSE(again.error().hint.empty());
        CHECK(context->current() == before);
        CHECK_FALSE(context->files_changed());  // refused once, not at every look
        CHECK_FALSE(net::tls_server_context::load(f.cert, f.key).has_value());
    }
}

TEST_CASE("a key whose rights are mended by chown is read again, and one for our group is taken") {
    if (::geteuid() != 0) {
        MESSAGE("not tried: only root may give a file away");
        return;
    }
    files f;
    REQUIRE(::chmod(f.key.c_str(), 0640) == 0);
    REQUIRE(::chown(f.key.c_str(), 0, 54'321) == 0);
    const auto refused = net::tls_server_context::load(f.cert, f.key);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().message.find("readable by group or others") != std::string::npos);

    REQUIRE(::chmod(f.key.c_str(), 0600) == 0);
    auto context = net::tls_server_context::load(f.cert, f.key).value();
    REQUIRE(::chmod(f.key.c_str(), 0640) == 0);
    REQUIRE(context->files_changed());
    REQUIRE_FALSE(context->reload().has_value());
    REQUIRE_FALSE(context->files_changed());
    REQUIRE(::chown(f.key.c_str(), 0, ::getegid()) == 0);
    CHECK(context->files_changed());
    CHECK(context->reload().has_value());
}

TEST_CASE("a connection begun before a reload goes on with the old certificate") {
    tls_pair tls;
    const auto held = tls.server->current();
    CHECK(tls.server->reload().has_value());
    CHECK(tls.server->current() != held);
    CHECK(held.use_count() == 1);  // ours alone: the server has let go
}
