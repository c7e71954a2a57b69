#include "clients/cli/credential_cache.hpp"

#include "support/results.hpp"
#include "support/scratch_folder.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include <stdlib.h>  // NOLINT(modernize-deprecated-headers): setenv() is POSIX's
#include <sys/stat.h>
#include <unistd.h>

namespace hourkey::cli {
namespace {

using namespace std::chrono_literals;

const wall_time fetched = wall_time(std::chrono::days(20'000));

api::credentials vended() {
    api::credentials c;
    c.access_key_id = "ASIAEXAMPLEEXAMPLE00";
    c.secret_access_key = secret("s3cret");
    c.session_token = secret("t0ken");
    c.token = secret("t0ken");
    c.expiration = fetched + 1h;
    c.account_id = "123456789012";
    c.role_arn = "arn:aws:iam::123456789012:role/deploy";
    return c;
}

server_settings server(std::string url = "https://one.example", std::string_view token = "hk_t") {
    return {.url = std::move(url), .token = secret(token), .token_from = {}, .ca_file = {}, .tenant = {}};
}

/// The cache in a folder of its own.
class own_cache {
public:
    own_cache() {
        ::setenv("XDG_RUNTIME_DIR", scratch_.file("").c_str(), 1);
        vend_flags flags;
        flags.connection = "demo";
        name_ = "hourkey/" + cache_key(server(), flags) + ".json";
        cache_.emplace(credential_cache::open(server(), flags).value());
    }
    ~own_cache() { ::unsetenv("XDG_RUNTIME_DIR"); }
    own_cache(const own_cache&) = delete;
    own_cache& operator=(const own_cache&) = delete;

    const credential_cache* operator->() const { return &*cache_; }
    [[nodiscard]] const test::scratch_folder& folder() const { return scratch_; }
    [[nodiscard]] const std::string& name() const { return name_; }

private:
    test::scratch_folder scratch_;
    std::string name_;
    std::optional<credential_cache> cache_;
};

}  // namespace

TEST_CASE("Kept credentials are given out while enough of their life is left") {
    struct row {
        const char* name;
        std::chrono::seconds life, age;
        worth wanted;
    };
    const std::vector<row> rows{
        {"new", 1h, 0s, worth::fresh},
        {"16 minutes left", 1h, 44min, worth::fresh},
        {"a second less", 1h, 44min + 1s, worth::last_resort},
        {"the last second", 1h, 1h - 1s, worth::last_resort},
        {"run out", 1h, 1h, worth::nothing},
        {"half of a short life", 900s, 450s, worth::fresh},
        {"a second less", 900s, 451s, worth::last_resort},
        {"a clock that was put right by a little", 1h, -2min, worth::fresh},
        {"one that was set back", 1h, -2min - 1s, worth::nothing},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        CHECK(worth_of(fetched, fetched + r.life, fetched + r.age) == r.wanted);
    }
}

TEST_CASE("Each server, token, connection and request has a name of its own, which tells none of them") {
    vend_flags plain;
    plain.connection = "demo";
    auto other_connection = plain, stage = plain, service = plain, region = plain, duration = plain, ttl = plain;
    other_connection.connection = "demo2";
    stage.stage = "x";
    service.service = "x";
    region.region = "x";
    duration.duration_seconds = 900;
    ttl.min_ttl_seconds = 900;
    const auto key = cache_key(server(), plain);
    std::set<std::string> names{key, cache_key(server("https://two.example"), plain),
                                cache_key(server("https://one.example:444"), plain),
                                cache_key(server("https://one.example", "hk_u"), plain)};
    for (const auto* flags : {&other_connection, &stage, &service, &region, &duration, &ttl})
        names.insert(cache_key(server(), *flags));
    CHECK(names.size() == 10);
    CHECK(key.size() == 64);
    CHECK(std::ranges::all_of(key, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }));
    CHECK(cache_key(server("https://one.example:443/"), plain) == key);
}

TEST_CASE("What is kept is private, and read as it was written") {
    const own_cache cache;
    CHECK_FALSE(cache->read().value().has_value());
    test::must(cache->write(vended(), fetched));
    CHECK(cache.folder().mode_of(cache.name()) == 0600);
    CHECK(cache.folder().mode_of("hourkey") == 0700);
    const auto kept = cache->read().value();
    REQUIRE(kept.has_value());
    CHECK(kept->fetched_at == fetched);
    CHECK(kept->credentials.session_token.expose() == "t0ken");
    CHECK(kept->credentials.expiration == fetched + 1h);
}

TEST_CASE("What others can read, what is damaged and what is no file is not used, and said how") {
    const own_cache cache;
    test::must(cache->write(vended(), fetched));
    const auto whole = cache.folder().read(cache.name());
    const auto fails_with = [&](std::string_view what) {
        const auto read = cache->read();
        CHECK(test::code_of(read) == errc::invalid_configuration);
        CHECK(read.error().message.find(what) != std::string::npos);
        CHECK(read.error().message.find("s3cret") == std::string::npos);
    };
    REQUIRE(::chmod(cache.folder().file(cache.name()).c_str(), 0640) == 0);
    fails_with("others may read");
    for (const auto& damaged :
         {std::string(), std::string("{}"), whole.substr(0, whole.size() / 2), whole + "x", std::string(70'000, ' ')}) {
        cache.folder().put(cache.name(), damaged);
        fails_with("damaged");
    }
    ::unlink(cache.folder().file(cache.name()).c_str());
    cache.folder().put("elsewhere", whole);
    REQUIRE(::symlink(cache.folder().file("elsewhere").c_str(), cache.folder().file(cache.name()).c_str()) == 0);
    fails_with("not used");
}

TEST_CASE("What is older than any credentials goes with the next that are kept") {
    const own_cache cache;
    const auto name = [](const char* of) { return "hourkey/" + std::string(of); };
    for (const auto* of : {"old.json", "old.json.lock", "young.json"}) cache.folder().put(name(of), "");
    const auto now = std::filesystem::file_time_type::clock::now();
    for (const auto* of : {"old.json", "old.json.lock"})
        std::filesystem::last_write_time(cache.folder().file(name(of)), now - 12h - 1min);
    std::filesystem::last_write_time(cache.folder().file(name("young.json")), now - 12h + 1min);
    test::must(cache->write(vended(), fetched));
    CHECK_FALSE(cache.folder().has(name("old.json")));
    CHECK_FALSE(cache.folder().has(name("old.json.lock")));
    CHECK(cache.folder().has(name("young.json")));
}

TEST_CASE("A lock keeps out a second one until it goes") {
    const own_cache cache;
    auto first = cache->lock(deadline::after(0s));
    REQUIRE(first.get() >= 0);
    CHECK(cache->lock(deadline::after(30ms)).get() < 0);
    first.reset();
    CHECK(cache->lock(deadline::after(0s)).get() >= 0);
}

TEST_CASE("Only what says that the server cannot answer now lets kept credentials live on") {
    for (const auto code : {errc::connection_failed, errc::connection_closed, errc::deadline_exceeded,
                            errc::sts_unavailable, errc::sts_throttled, errc::rate_limited, errc::store_unavailable,
                            errc::audit_unavailable, errc::shutting_down})
        CHECK(is_outage(code));
    for (const auto code :
         {errc::unauthenticated, errc::app_not_allowed, errc::role_not_allowed, errc::not_found,
          errc::connection_not_ready, errc::min_ttl_unmet, errc::trust_refused, errc::tls_failed,
          errc::protocol_violation, errc::invalid_request, errc::invalid_configuration, errc::internal})
        CHECK_FALSE(is_outage(code));
}

}  // namespace hourkey::cli
