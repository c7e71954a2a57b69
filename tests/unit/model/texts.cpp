#include "model/audit_record.hpp"
#include "model/connection.hpp"
#include "model/role.hpp"

#include <doctest/doctest.h>

using namespace hourkey::model;

TEST_CASE("Every value of an enumeration has its text, and only that text names it") {
    for (const auto r : {role::operator_, role::admin, role::app, role::auditor}) CHECK(parse_role(to_text(r)) == r);
    for (const auto s :
         {connection_state::draft, connection_state::pending, connection_state::active, connection_state::degraded,
          connection_state::broken, connection_state::insecure_trust, connection_state::disabled})
        CHECK(parse_connection_state(to_text(s)) == s);
    for (const auto k : {connection_kind::role, connection_kind::static_key})
        CHECK(parse_connection_kind(to_text(k)) == k);
    for (const auto s :
         {session_sharing::none, session_sharing::job, session_sharing::app, session_sharing::connection}) {
        CHECK(parse_session_sharing(to_text(s)) == s);
        CHECK(session_sharing_of(static_cast<std::int64_t>(s)) == s);
    }
    CHECK(to_text(role::operator_) == "operator");
    CHECK(to_text(connection_state::insecure_trust) == "insecure_trust");
    CHECK(to_text(audit_outcome::granted) == "granted");
    for (const auto* wrong : {"", "Admin", "app ", "operator_", "activ", "grantedx"}) {
        CAPTURE(wrong);
        CHECK_FALSE(parse_role(wrong));
        CHECK_FALSE(parse_connection_state(wrong));
        CHECK_FALSE(parse_connection_kind(wrong));
        CHECK_FALSE(parse_session_sharing(wrong));
    }
}

TEST_CASE("The audit's words have fixed numbers, and no number of nothing is a word") {
    CHECK(audit_action_of(1) == audit_action::vend);
    CHECK(audit_action_of(16) == audit_action::key_retire);
    CHECK(to_text(audit_action::connection_probe) == "connection.probe");
    CHECK(audit_outcome_of(4) == audit_outcome::changed);
    CHECK(audit_outcome_of(7) == audit_outcome::undelivered);
    CHECK(audit_actor_of(3) == audit_actor::token);
    CHECK(to_text(audit_actor::oidc_session) == "oidc_session");
    for (const std::int64_t none : {std::int64_t{-1}, std::int64_t{0}, std::int64_t{200}, INT64_MAX}) {
        CHECK_FALSE(audit_action_of(none));
        CHECK_FALSE(audit_outcome_of(none));
        CHECK_FALSE(audit_actor_of(none));
        CHECK_FALSE(session_sharing_of(none));
    }
}

TEST_CASE("Only verified connections vend, degraded ones among them") {
    for (const auto s : {connection_state::active, connection_state::degraded}) CHECK(may_vend(s));
    for (const auto s : {connection_state::draft, connection_state::pending, connection_state::broken,
                         connection_state::insecure_trust, connection_state::disabled})
        CHECK_FALSE(may_vend(s));
}

TEST_CASE("Capabilities are words in one order") {
    CHECK(connection_capabilities{}.str().empty());
    CHECK(connection_capabilities{.source_identity = true, .session_tags = true}.str() ==
          "source_identity session_tags");
    for (const auto* text : {"", "source_identity", "session_tags", "source_identity session_tags"})
        CHECK(connection_capabilities::parse(text)->str() == text);
    for (const auto* wrong : {" ", "session_tags source_identity", "tags", "session_tags "})
        CHECK_FALSE(connection_capabilities::parse(wrong));
}
