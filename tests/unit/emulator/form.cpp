#include "emulator/form.hpp"

#include <doctest/doctest.h>

using hourkey::emulator::form;

TEST_CASE("a form is decoded, and a broken escape refused") {
    const auto f = form::parse("Action=AssumeRole&RoleArn=arn%3Aaws&Note=a+b%2Bc&Empty=&Bare");
    REQUIRE(f.has_value());
    CHECK(f->find("Action") == "AssumeRole");
    CHECK(f->find("RoleArn") == "arn:aws");
    CHECK(f->find("Note") == "a b+c");
    CHECK(f->find("Empty") == "");
    CHECK(f->find("Bare") == "");
    CHECK_FALSE(f->find("action"));
    CHECK_FALSE(form::parse("a=%4").has_value());
    CHECK_FALSE(form::parse("a=%zz").has_value());
    CHECK(form::parse("")->fields().empty());
}

TEST_CASE("a list takes the plain name and the numbered ones, and no other") {
    const auto f =
        form::parse("ExternalId=a&ExternalId.1=b&ExternalId.22=c&ExternalId.x=d&ExternalIds=e&ExternalId.=f");
    REQUIRE(f.has_value());
    CHECK(f->list("ExternalId") == std::vector<std::string>{"a", "b", "c"});
    CHECK(f->list("Principal").empty());
}
