#include "aws/session_name.hpp"

#include <doctest/doctest.h>

#include <array>
#include <random>
#include <set>

using namespace hourkey;

namespace {

ulid id_of(unsigned seed) {
    std::array<unsigned char, 10> bytes{};
    std::mt19937 random(seed);
    for (auto& b : bytes) b = static_cast<unsigned char>(random());
    return ulid::make(wall_time{std::chrono::milliseconds(1'700'000'000'000 + seed)}, bytes);
}

std::string make(std::string_view tenant, std::string_view app, const ulid& id) {
    return aws::make_session_name(tenant_name::parse(tenant).value(), app_name::parse(app).value(), id).str();
}

}  // namespace

TEST_CASE("a session name shows tenant, app and the request's random characters") {
    const auto id = id_of(1);
    const auto tail = id.str().substr(10);
    CHECK(tail.size() == 16);
    CHECK(make("acme", "shop", id) == "hk.acme.shop." + tail);
    const std::string t(21, 't'), a(22, 'a');
    CHECK(make(t, a, id) == "hk." + t + "." + a + "." + tail);
    CHECK(make(t, a, id).size() == 64);
}

TEST_CASE("long names are cut, stay recognisable and are told apart by a hash") {
    const auto id = id_of(2);
    const auto tail = id.str().substr(10);
    const std::string long_tenant = "tenant-" + std::string(56, 'x'), long_app = "app-" + std::string(59, 'y');
    SUBCASE("both long: half each") {
        const auto name = make(long_tenant, long_app, id);
        CHECK(name.size() == 64);
        CHECK(name.starts_with("hk." + long_tenant.substr(0, 17) + "." + long_app.substr(0, 18) + "."));
        CHECK(name.ends_with("." + tail));
    }
    SUBCASE("what the shorter one leaves goes to the longer") {
        CHECK(make("acme", long_app, id).starts_with("hk.acme." + long_app.substr(0, 31) + "."));
        CHECK(make(long_tenant, "shop", id).starts_with("hk." + long_tenant.substr(0, 31) + ".shop."));
    }
    SUBCASE("two apps that differ only behind the cut get different names for the same request") {
        const auto other = long_app.substr(0, 62) + "z";
        CHECK(make(long_tenant, long_app, id) != make(long_tenant, other, id));
        CHECK(make(long_tenant, long_app, id) == make(long_tenant, long_app, id));
    }
    SUBCASE("one character too many is enough") {
        CHECK(make(std::string(22, 't'), std::string(22, 'a'), id).size() == 64);
    }
}

TEST_CASE("every tenant, app and request gives a name that STS accepts, and no two pairs share one") {
    std::mt19937 random(11);
    const std::string_view first = "abcdefghijklmnopqrstuvwxyz0123456789",
                           later = "abcdefghijklmnopqrstuvwxyz0123456789-";
    const auto name = [&] {
        std::string out(1, first[random() % first.size()]);
        for (auto k = random() % 63; k > 0; --k) out.push_back(later[random() % later.size()]);
        return out;
    };
    const auto id = id_of(3);
    std::set<std::string> seen, pairs;
    for (int i = 0; i < 5000; ++i) {
        const auto tenant = name(), app = name();
        const auto session = make(tenant, app, id);
        CAPTURE(session);
        CHECK(session.size() <= 64);
        CHECK(aws::session_name::parse(session).has_value());
        CHECK(session.starts_with("hk." + tenant.substr(0, 4).substr(0, std::min<std::size_t>(4, tenant.size()))));
        CHECK(session.ends_with(id.str().substr(10)));
        CHECK(seen.insert(session).second == pairs.insert(tenant + "." + app).second);
    }
}

TEST_CASE("a session name is 2 to 64 characters of STS's set") {
    for (const auto& good : {std::string("ab"), std::string("azAZ09_+=,.@-"), std::string(64, 'x')})
        CHECK(aws::session_name::parse(good).has_value());
    for (const auto& bad :
         {std::string(), std::string("a"), std::string(65, 'x'), std::string("a b"), std::string("a:b"),
          std::string("a/b"), std::string("a\n"), std::string("\xC3\xA9\xC3\xA9")}) {
        CAPTURE(bad);
        CHECK(aws::session_name::parse(bad).has_error());
    }
}

TEST_CASE("a verification's sessions have a name each") {
    const auto id = id_of(3);
    const auto name = aws::make_verification_name(id, "right");
    CHECK(name.str() == "hourkey-verify." + id.str().substr(10) + ".right");
    CHECK(aws::session_name::parse(name.str()).value() == name);
}
