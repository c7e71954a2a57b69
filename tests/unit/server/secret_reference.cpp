#include "server/doors/api/secret_reference.hpp"

#include <doctest/doctest.h>

#include <string>

namespace hourkey::server::api {

TEST_CASE("A reference names a connection, and a field behind the first dot") {
    const auto whole = parse_secret_reference("secrets:sls-api-services");
    REQUIRE(whole.has_value());
    CHECK(whole->text == "secrets:sls-api-services");
    CHECK(whole->name == "sls-api-services");
    CHECK_FALSE(whole->field);
    const std::pair<std::string, secret_field> fields[] = {{"accessKeyId", secret_field::access_key_id},
                                                           {"secretAccessKey", secret_field::secret_access_key},
                                                           {"sessionToken", secret_field::session_token},
                                                           {"expiration", secret_field::expiration},
                                                           {"region", secret_field::region},
                                                           {"accountId", secret_field::account_id}};
    for (const auto& [name, field] : fields) {
        CAPTURE(name);
        const auto one = parse_secret_reference("secrets:prod." + name);
        REQUIRE(one.has_value());
        CHECK(one->name == "prod");
        CHECK(one->field == field);
    }
    // Whether there can be such a connection, the vend says: in the same words as of one that is not there.
    CHECK(parse_secret_reference("secrets:No_Name")->name == "No_Name");
}

TEST_CASE("What is no reference is refused without being said again") {
    for (const std::string text :
         {"", "secrets", "secrets:", "secrets:.region", "Secrets:prod", "prod", "ssm:/path", "secrets:prod.",
          "secrets:prod.AccessKeyId", "secrets:prod.region.x", "AKIAEXAMPLEEXAMPLE01"}) {
        CAPTURE(text);
        const auto refused = parse_secret_reference(text);
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().code == errc::invalid_request);
        CHECK(refused.error().message.starts_with("refs "));
        CHECK(refused.error().message.find("AKIA") == std::string::npos);
    }
}

}  // namespace hourkey::server::api
