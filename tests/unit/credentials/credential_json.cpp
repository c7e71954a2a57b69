#include "credentials/credential_json.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace hourkey;
using namespace hourkey::credentials;

TEST_CASE("a program's document is read as it is written, and one that is none is refused") {
    const auto got = read_process_output_json(
        R"({"Version":2,"AccessKeyId":"A","SecretAccessKey":"s","Expiration":"soon","SomethingNew":[1]})");
    REQUIRE(got.has_value());
    CHECK(got->version == 2);
    CHECK(got->access_key_id == "A");
    CHECK(got->secret_access_key.expose() == "s");
    CHECK(got->session_token.expose().empty());
    CHECK(got->expiration == "soon");
    for (const auto* text : {"", "[]", R"({"Version":"1","AccessKeyId":"A","SecretAccessKey":"s"})",
                             R"({"Version":1,"SecretAccessKey":"s"})", R"({"Version":1,"AccessKeyId":"A"})",
                             R"({"Version":1,"AccessKeyId":"A","SecretAccessKey":"s","SecretAccessKey":"t"})"}) {
        CAPTURE(text);
        CHECK_FALSE(read_process_output_json(text).has_value());
    }
}

TEST_CASE("an endpoint's document has keys, or says why not in either spelling") {
    const auto keys = read_endpoint_document_json(
        R"({"Code":"Success","AccessKeyId":"A","SecretAccessKey":"s","Token":"t","Expiration":"2026-01-02T03:04:05Z",
            "RoleArn":"arn:aws:iam::111122223333:role/task"})");
    REQUIRE(keys.has_value());
    CHECK(keys->code == "Success");
    CHECK(keys->role_arn == "arn:aws:iam::111122223333:role/task");
    CHECK(keys->token.expose() == "t");
    for (const auto* text :
         {R"({"Code":"Broken","Message":"on purpose"})", R"({"code":"Broken","message":"on purpose"})"}) {
        const auto why = read_endpoint_document_json(text);
        REQUIRE(why.has_value());
        CHECK(why->code == "Broken");
        CHECK(why->message == "on purpose");
        CHECK(why->access_key_id.empty());
    }
    CHECK_FALSE(read_endpoint_document_json("<html>").has_value());
}
