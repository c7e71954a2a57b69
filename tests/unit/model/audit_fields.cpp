#include "model/audit_fields.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace hourkey;
using model::audit_field;
using model::audit_fields;

namespace {

wall_time at(std::int64_t ns) { return wall_time(std::chrono::nanoseconds(ns)); }

}  // namespace

TEST_CASE("Every field has its name, and only that names it") {
    for (int i = 0; i <= static_cast<int>(audit_field::last_); ++i) {
        const auto f = static_cast<audit_field>(i);
        CAPTURE(to_text(f));
        CHECK(model::parse_audit_field(to_text(f)) == f);
    }
    for (const auto* wrong : {"", "Name", "name ", "token", "secret"}) CHECK_FALSE(model::parse_audit_field(wrong));
}

TEST_CASE("Fields are read back as they were written, whatever their text holds") {
    audit_fields given;
    given.text(audit_field::id, "").text(audit_field::role_arn, "arn:aws:iam::1:role/x,y:s3:");
    given.integer(audit_field::max_duration_seconds, -900).text(audit_field::reason, std::string("a\0b\n\"\xff", 6));
    given.time(audit_field::created_at, at(-1))
        .time(audit_field::expires_at, std::optional(at(1'800'000'000'000'000'001)));
    CHECK(given.canonical().starts_with(
        "id:s0:,role_arn:s27:arn:aws:iam::1:role/x,y:s3:,max_duration_seconds:i-900,reason:s6:a"));
    const auto read = audit_fields::parse(given.canonical());
    REQUIRE(read);
    CHECK(*read == given);
    CHECK(read->canonical() == given.canonical());
}

TEST_CASE("No fields are no text, and what is not there is left out") {
    audit_fields none;
    none.filled(audit_field::region, "").time(audit_field::expires_at, std::optional<wall_time>());
    CHECK(none.empty());
    CHECK(none.canonical().empty());
    CHECK(audit_fields::parse("")->empty());
}

TEST_CASE("A text that canonical() does not give is no fields") {
    struct row {
        const char* name;
        const char* text;
    };
    const row rows[] = {
        {"a field that is none", "secret:s1:x,"},
        {"no type", "name:"},
        {"a type that is none", "name:b1,"},
        {"no end", "name:i1"},
        {"no end after a text", "name:s1:x"},
        {"a size past the end", "name:s9:x,"},
        {"a size below the text's", "name:s1:xy,"},
        {"a size that is none", "name:sx:x,"},
        {"a negative size", "name:s-1:x,"},
        {"a size written otherwise", "name:s01:x,"},
        {"a number written otherwise", "name:i+1,"},
        {"a number with zeros", "name:i007,"},
        {"no number", "name:i,"},
        {"a number too large", "created_at:t9223372036854775808,"},
        {"a field twice", "name:i1,name:i1,"},
        {"fields in another order", "name:i1,id:i1,"},
        {"something behind", "name:i1,x"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        CHECK_FALSE(audit_fields::parse(r.text));
    }
}

TEST_CASE("A caller that adds fields out of order is told") {
    audit_fields fields;
    fields.text(audit_field::name, "x");
    CHECK_THROWS_AS(fields.text(audit_field::name, "y"), std::logic_error);
    CHECK_THROWS_AS(fields.text(audit_field::id, "y"), std::logic_error);
}
