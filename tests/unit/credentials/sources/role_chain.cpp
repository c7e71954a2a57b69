#include "credentials/sources/role_chain.hpp"

#include "unit/credentials/credentials_fixture.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace hourkey;
using namespace hourkey::credentials;
using namespace hourkey::test;

namespace {

profile profile_of(const std::vector<std::pair<std::string, std::string>>& lines) {
    profile out;
    for (const auto& [name, value] : lines) out.set(name, value);
    return out;
}

const std::pair<std::string, std::string> role_line{"role_arn", "arn:aws:iam::111122223333:role/base"};

/// The step of such a profile, taken by the user whom the emulator knows.
result<fetched_keys> assume(sts_peer& sts, const profile& p) {
    auto step = step_of_profile(p, "default");
    REQUIRE(step.has_value());
    sts::base_identity user;
    user.keys = {"AKIAHOURKEY", secret("base-secret"), secret(), std::nullopt};
    net::reactor on;
    sts::channel channel(on, sts.endpoints().for_region("eu-west-1").value(), {});
    test_environment variables;
    const auto settings = quick_settings(variables);
    const fetch_tools tools{channel, on, settings};
    return run_on(on, take_step(*std::move(step), user, tools));
}

}  // namespace

TEST_CASE("a profile's role is assumed with its external id, under its session's name, for its time") {
    sts_peer sts;
    const auto got = assume(
        sts,
        profile_of(
            {role_line, {"external_id", "base-id"}, {"role_session_name", "host-1"}, {"duration_seconds", "900"}}));
    REQUIRE_MESSAGE(got.has_value(), got.error().hint, got.error().cause);
    CHECK(got->keys.is_temporary());
    CHECK(got->who->arn == "arn:aws:sts::111122223333:assumed-role/base/host-1");
    CHECK(got->assumed->str() == "arn:aws:iam::111122223333:role/base");
    CHECK(*got->keys.expiration < system_clock().now() + 16min);
}

TEST_CASE("a role that AWS refuses is named with AWS's code") {
    sts_peer sts;
    const auto got = assume(sts, profile_of({role_line}));
    REQUIRE_FALSE(got.has_value());
    CHECK(got.error().hint == "its role_arn could not be assumed (AWS: AccessDenied)");
    CHECK(got.error().cause.starts_with("arn:aws:iam::111122223333:role/base: "));
}

TEST_CASE("a profile's role that cannot be is refused before AWS is asked") {
    const struct {
        std::vector<std::pair<std::string, std::string>> lines;
        std::string expected;
    } rows[] = {
        {{{"role_arn", "arn:aws:iam::111122223333:user/x"}}, "has a role_arn that is no role's ARN"},
        {{role_line, {"role_session_name", "a b"}}, "has a role_session_name that is not"},
        {{role_line, {"duration_seconds", "899"}}, "has a duration_seconds that is not 900..43200"},
        {{role_line, {"duration_seconds", "43201"}}, "has a duration_seconds that is not 900..43200"},
        {{role_line, {"external_id", "x"}}, "has an external_id that is not"},
        {{role_line, {"mfa_serial", "arn:aws:iam::111122223333:mfa/x"}}, "has mfa_serial; a server cannot answer MFA"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.expected);
        const auto got = step_of_profile(profile_of(r.lines), "deploy");
        REQUIRE_FALSE(got.has_value());
        CHECK(got.error().hint.starts_with("profile deploy " + r.expected));
    }
}
