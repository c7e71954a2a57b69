#include "model/audit_record.hpp"
#include "model/connection.hpp"
#include "model/role.hpp"

#include <doctest/doctest.h>

using namespace hourkey::model;

TEST_CASE("Every value of an enumeration has its text, and only that text names it") {
    for (const auto r : {role::operator_, role::admin, role::app, role::auditor}) CHECK(parse_role(to_text(r)) == r);
    for (const auto s : {connection_state::pending, connection_state::active, connection_state::broken,
                         connection_state::insecure_trust})
        CHECK(parse_connection_state(to_text(s)) == s);
    for (const auto o : {audit_outcome::granted, audit_outcome::denied, audit_outcome::error, audit_outcome::changed})
        CHECK(parse_audit_outcome(to_text(o)) == o);
    CHECK(to_text(role::operator_) == "operator");
    CHECK(to_text(connection_state::insecure_trust) == "insecure_trust");
    CHECK(to_text(audit_outcome::granted) == "granted");
    for (const auto* wrong : {"", "Admin", "app ", "operator_", "activ", "grantedx"}) {
        CAPTURE(wrong);
        CHECK_FALSE(parse_role(wrong));
        CHECK_FALSE(parse_connection_state(wrong));
        CHECK_FALSE(parse_audit_outcome(wrong));
    }
}
