#include "linking/open_findings.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <thread>

namespace hourkey::linking {
namespace {

using namespace std::chrono_literals;
using state = model::connection_state;

model::connection link(std::string_view external_id = "hk-1") {
    return {.tenant_id = {},
            .name = *connection_name::parse("prod"),
            .state = state::active,
            .role_arn = *aws::role_arn::parse("arn:aws:iam::444455556666:role/deploy"),
            .account_id = *aws::account_id::parse("444455556666"),
            .region = {},
            .external_id = *aws::external_id::parse(external_id),
            .created_at = {},
            .verified_at = {},
            .revision = 3};
}

finding found(state s, wall_time at = wall_time(10s), model::connection seen = link()) {
    return {.seen = std::move(seen), .state = s, .at = at, .records = {model::audit_record{}}};
}

state state_in(const open_findings& in, model::connection c = link()) {
    in.apply_to(c);
    return c.state;
}

TEST_CASE("only what takes trust away is a finding") {
    for (const auto s : {state::pending, state::active}) CHECK_FALSE(lowers_trust(s));
    for (const auto s : {state::broken, state::insecure_trust}) CHECK(lowers_trust(s));
}

TEST_CASE("a finding holds for the link it was made of, and for no other") {
    open_findings open;
    CHECK(open.is_empty());
    static_cast<void>(open.add(found(state::insecure_trust)));
    CHECK(state_in(open) == state::insecure_trust);
    auto renamed_role = link();
    renamed_role.role_arn = *aws::role_arn::parse("arn:aws:iam::444455556666:role/deploy2");
    CHECK(state_in(open, renamed_role) == state::active);
    auto elsewhere = link();
    elsewhere.region = *aws::region::parse("eu-west-1");
    CHECK(state_in(open, elsewhere) == state::active);
    CHECK(state_in(open, link("hk-2")) == state::active);
    auto put_again = link();  // a PUT that sets the same role changes nothing about it
    put_again.revision = 9;
    put_again.state = state::pending;
    CHECK(state_in(open, put_again) == state::insecure_trust);
}

TEST_CASE("of two findings of one link the worse holds, until each is stored") {
    for (const bool is_worse_first : {false, true}) {
        CAPTURE(is_worse_first);
        open_findings open;
        const auto first = open.add(found(is_worse_first ? state::insecure_trust : state::broken));
        const auto second = open.add(found(is_worse_first ? state::broken : state::insecure_trust, wall_time(20s)));
        CHECK(state_in(open) == state::insecure_trust);
        open.settle(is_worse_first ? first : second);
        CHECK(state_in(open) == state::broken);
        open.settle(is_worse_first ? second : first);
        CHECK(open.is_empty());
        CHECK(state_in(open) == state::active);
    }
}

TEST_CASE("what is found late of a link that has changed leaves what holds for the new one") {
    auto changed = link();
    changed.role_arn = *aws::role_arn::parse("arn:aws:iam::444455556666:role/deploy2");
    open_findings open;
    const auto old = open.add(found(state::broken, wall_time(20s)));
    static_cast<void>(open.add(found(state::insecure_trust, wall_time(10s), changed)));
    CHECK(state_in(open, changed) == state::insecure_trust);
    CHECK(state_in(open) == state::broken);
    open.settle(old);
    CHECK(state_in(open) == state::active);
    CHECK(state_in(open, changed) == state::insecure_trust);
}

TEST_CASE("nobody is given what another has in hand, and each is given once") {
    open_findings open;
    const auto in_hand = open.add(found(state::broken));
    CHECK(open.take().empty());
    CHECK(open.all().size() == 1);
    open.put_down(in_hand);
    CHECK(open.take_of(link("hk-2")).empty());
    const auto taken = open.take_of(link());
    REQUIRE(taken.size() == 1);
    CHECK(taken[0].number == in_hand);
    CHECK(open.take().empty());
    open.put_down(in_hand);
    CHECK(open.take().size() == 1);
    CHECK(state_in(open) == state::broken);  // in whosever hand
    open.settle(in_hand);
    open.put_down(in_hand);
    CHECK(open.is_empty());
}

TEST_CASE("threads that ask see a finding once it is added") {
    open_findings open;
    std::thread other([&] { static_cast<void>(open.add(found(state::insecure_trust))); });
    while (open.is_empty()) std::this_thread::yield();
    CHECK(state_in(open) == state::insecure_trust);
    other.join();
}

}  // namespace
}  // namespace hourkey::linking
