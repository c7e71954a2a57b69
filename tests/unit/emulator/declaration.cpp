#include "emulator/declaration.hpp"

#include <doctest/doctest.h>

using namespace hourkey::emulator;

TEST_CASE("a user is declared by key, secret and ARN") {
    const auto u = parse_declared_user("AKIA1:se/cr+et=:arn:aws:iam::111122223333:user/a@b");
    REQUIRE(u.has_value());
    CHECK(u->access_key == "AKIA1");
    CHECK(u->secret_key == "se/cr+et=");
    CHECK(u->arn == "arn:aws:iam::111122223333:user/a@b");
    for (const auto* text :
         {"", "AKIA1", "AKIA1:secret", "AKIA1:secret:me", ":secret:arn:aws:iam::111122223333:user/a",
          "AKIA1::arn:aws:iam::111122223333:user/a", "AKIA1:secret:arn:aws:iam::1:user/a",
          "AKIA1:secret:arn:moon:iam::111122223333:user/a", "AKIA1:secret:arn:aws:iam:us-east-1:111122223333:user/a",
          "AKIA1:secret:arn:aws:iam::111122223333:user/a b", "AKIA1:secret:arn:aws:iam::111122223333:group/a"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_declared_user(text).has_value());
    }
}

TEST_CASE("a role is declared with its trust, and commas in its name stay") {
    const auto r = parse_declared_role(
        "arn:aws:iam::444455556666:role/"
        "a,b=c,principal=arn:aws:iam::111122223333:root,principal=arn:aws:iam::444455556666:user/"
        "x,y,principal-arn=arn:aws:iam::111122223333:user/"
        "u,external-id=hk-1,2"
        ",external-id=hk-3,max-session-duration=7200");
    REQUIRE(r.has_value());
    CHECK(r->arn == "arn:aws:iam::444455556666:role/a,b=c");
    CHECK(r->principals ==
          std::vector<std::string>{"arn:aws:iam::111122223333:root", "arn:aws:iam::444455556666:user/x,y"});
    CHECK(r->principal_arns == std::vector<std::string>{"arn:aws:iam::111122223333:user/u"});
    CHECK(r->external_ids == std::vector<std::string>{"hk-1,2", "hk-3"});
    CHECK(r->max_session_duration == std::chrono::hours(2));
    CHECK(parse_declared_role("arn:aws:iam::444455556666:role/a")->principals == std::vector<std::string>{"*"});
    const auto whole = parse_declared_role(
        R"(arn:aws:iam::444455556666:role/a,trust-policy={"Statement":[{"Effect":"Allow","Principal":{"AWS":["111122223333","444455556666"]},"Action":["sts:AssumeRole"]}]},max-session-duration=7200)");
    REQUIRE(whole.has_value());
    CHECK(whole->principals.empty());
    CHECK(whole->trust->statements.at(0).principals.size() == 2);
    CHECK(whole->max_session_duration == std::chrono::hours(2));
    for (
        const auto* text :
        {"",
         "role/a",
         "arn:aws:iam::111122223333:role/a,trust-policy={}",
         "arn:aws:iam::111122223333:role/a,trust-policy=trust.json",
         R"(arn:aws:iam::111122223333:role/a,external-id=hk-1,trust-policy={"Statement":{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}})",
         "arn:aws:iam::111122223333:role/a,principal-arn=hourkey",
         "arn:aws:iam::111122223333:user/a",
         "arn:aws:iam::111122223333:role/",
         "arn:aws:iam::111122223333:role/a,external-id=",
         "arn:aws:iam::111122223333:role/a,max-session-duration=1h",
         "arn:aws:iam::111122223333:role/a,max-session-duration=3599",
         "arn:aws:iam::111122223333:role/a,max-session-duration=43201",
         "arn:aws:iam::1:role/a",
         "arn:moon:iam::111122223333:role/a",
         "arn:aws:iam:us-east-1:111122223333:role/a",
         "arn:aws:sts::111122223333:role/a",
         "arn:aws:iam::111122223333:role/a b",
         "arn:aws:iam::111122223333:role/a$",
         "arn:aws:iam::111122223333:role/a,principal=arn:aws:iam::1:root",
         "arn:aws:iam::111122223333:role/a,principal=bob"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_declared_role(text).has_value());
    }
}
