#include "conformance/store/engine.hpp"

using namespace hourkey;
using test::must;

TEST_CASE("The chain and each tenant's numbers go on over a restart") {
    const auto made = test::make_tested_store();
    auto& s = *made;
    const ulid a = crypto::make_ulid(s.clock.now()), b = crypto::make_ulid(s.clock.now());
    for (int round = 0; round < 3; ++round) {
        s.open();
        CHECK(must(s.append(a, "1")) == static_cast<std::uint64_t>(3 * round + 1));
        CHECK(must(s.append(b, "2")) == static_cast<std::uint64_t>(3 * round + 2));
        CHECK(must(s.append(a, "3")) == static_cast<std::uint64_t>(3 * round + 3));
        s.close();
    }
    s.open();
    const auto r = s.reader();
    const auto report = test::verify(*r, *s.chain);
    CHECK(report.records == 9);
    CHECK_FALSE(report.first);
    const auto of_a = must(r->list_audit(a, {})).items;
    REQUIRE(of_a.size() == 6);
    for (std::size_t i = 0; i < of_a.size(); ++i) CHECK(of_a[i].tenant_seq == i + 1);
}

TEST_CASE("An audit record is read back exactly as it was appended") {
    test::open_store opened;
    auto& s = opened.s;
    auto given = s.make_record(crypto::make_ulid(s.clock.now()), "req");
    given.reason = std::string("with a \0 in it", 14);
    given.token_id = crypto::make_ulid(s.clock.now());
    given.aws_code = "AccessDenied";
    given.target = "grants/web";
    given.detail.before.text(model::audit_field::reason, "a, b:s3:\nc")
        .time(model::audit_field::expires_at, wall_time{std::chrono::nanoseconds(5)});
    given.detail.after.integer(model::audit_field::max_duration_seconds, 900);
    given.detail.context.text(model::audit_field::stage, "prod").integer(model::audit_field::attempts, 3);
    given.outcome = model::audit_outcome::undelivered;
    given.actor = model::audit_actor::platform;
    given.actor_role.reset();
    given.count = 5'000'000'000;
    given.expiration.reset();
    given.requested_seconds = 4'294'967'295U;
    must(s.write<std::uint64_t>([&](auto& tx) { return tx.append_audit(given); }));
    const auto read = must(s.reader()->list_audit(given.tenant_id, {})).items.at(0);
    given.seq = given.tenant_seq = 1;
    std::string expected, found;
    REQUIRE(audit::append_canonical(expected, given));
    REQUIRE(audit::append_canonical(found, read));
    CHECK(found == expected);
    CHECK(read.hash == s.chain->link({}, given));
}
