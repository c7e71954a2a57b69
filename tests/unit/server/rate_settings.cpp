#include "server/foundation/rate_settings.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

namespace hourkey::server {
namespace {

TEST_CASE("The configuration's defaults are the rule's") {
    const auto s = rate_settings_of(config{}).value();
    const policy::rate_settings rule;
    CHECK(s.token == rule.token);
    CHECK(s.app == rule.app);
    CHECK(s.tenant == rule.tenant);
    CHECK(s.address == rule.address);
    CHECK(s.dead_tokens == rule.dead_tokens);
    CHECK(s.sts == rule.sts);
    CHECK(s.burst_seconds == rule.burst_seconds);
    CHECK(s.lifted_tenants.empty());
}

TEST_CASE("Lifted tenants are names separated by commas; anything else is refused by its name") {
    struct row {
        const char* text;
        std::vector<std::string> names;  ///< none: refused
    };
    const std::vector<row> rows{{"acme", {"acme"}},
                                {"acme, corp", {"acme", "corp"}},
                                {" acme ,corp,, ", {"acme", "corp"}},
                                {"Acme", {}},
                                {"acme corp", {}},
                                {"acme;corp", {}}};
    for (const auto& r : rows) {
        CAPTURE(r.text);
        config c;
        c.limits.lifted_tenants = r.text;
        const auto s = rate_settings_of(c);
        REQUIRE(s.has_value() == !r.names.empty());
        if (s) {
            CHECK(std::vector<std::string>(s->lifted_tenants.begin(), s->lifted_tenants.end()) == r.names);
        } else {
            CHECK(s.error().code == errc::invalid_configuration);
            CHECK(s.error().message.find("limits.lifted_tenants") != std::string::npos);
        }
    }
}

}  // namespace
}  // namespace hourkey::server
