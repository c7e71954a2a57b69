#include "aws/sts_signer.hpp"

#include "core/time_text.hpp"
#include "source_tree.hpp"
#include "unit/aws/vector_file.hpp"

#include <doctest/doctest.h>

using namespace hourkey;

namespace {

constexpr std::string_view body =
    "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fdeploy&RoleSessionName="
    "app-1";
constexpr std::string_view example_secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

aws::credentials keys(std::string_view id, std::string_view key) { return {std::string(id), secret(key), {}, {}}; }
wall_time at(std::string_view amz_date) { return parse_amz_date(amz_date).value(); }

}  // namespace

TEST_CASE("the worked example of the STS signature comes out") {
    aws::sts_signer signer("us-east-1", "sts.us-east-1.amazonaws.com");
    const auto out = signer.sign(keys("AKIDEXAMPLE", example_secret), body, at("20260102T030405Z"));
    CHECK(out.amz_date == "20260102T030405Z");
    CHECK(out.authorization ==
          "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/us-east-1/sts/aws4_request, "
          "SignedHeaders=content-type;host;x-amz-date, "
          "Signature=9733919915284ddf154b2ad04d13469d415535f1ef647208933a7c7b2cff8b64");
}

TEST_CASE("the STS vectors pass through the fast signer, cold and with its key kept") {
    const auto vectors = aws::test::read_vectors(hourkey::test::vectors_folder(), "sts_vectors.json");
    REQUIRE(vectors);
    int checked = 0;
    for (const auto& c : vectors->at("cases")) {
        if (!c.at("extra_headers").empty()) continue;  // the fast signer signs its four fields only
        const std::string name = c.at("name"), text = c.at("body"), authorization = c.at("authorization");
        CAPTURE(name);
        aws::sts_signer signer(c.at("region"), c.at("host"));
        const aws::credentials with{
            c.at("access_key"),
            secret(c.at("secret_key").get_ref<const std::string&>()),
            c.at("token").is_null() ? secret() : secret(c.at("token").get_ref<const std::string&>()),
            {}};
        const auto now = at(c.at("date").get_ref<const std::string&>());
        CHECK(signer.sign(with, text, now).authorization == authorization);
        CHECK(signer.sign(with, text, now + std::chrono::milliseconds(999)).authorization == authorization);
        ++checked;
    }
    CHECK(checked == 72);
}

TEST_CASE("date, key and token of one call never leak into the next") {
    aws::sts_signer used("us-east-1", "sts.us-east-1.amazonaws.com");
    const auto fresh = [&](const aws::credentials& with, wall_time now) {
        return aws::sts_signer("us-east-1", "sts.us-east-1.amazonaws.com").sign(with, body, now);
    };
    auto with_token = keys("AKIDEXAMPLE", example_secret);
    with_token.session_token = secret(std::string(3000, 't'));
    const auto before_midnight = at("20251231T235959Z"), midnight = at("20260101T000000Z");
    for (int round = 0; round < 2; ++round) {
        for (const auto now : {before_midnight, midnight}) {
            CHECK(used.sign(with_token, body, now).authorization == fresh(with_token, now).authorization);
            for (const auto& with :
                 {std::pair{"AKIDEXAMPLE", example_secret}, std::pair{"AKIDEXAMPLE", std::string_view("corrected")},
                  std::pair{"AKIDOTHER", example_secret}}) {
                const auto k = keys(with.first, with.second);
                CHECK(used.sign(k, body, now).authorization == fresh(k, now).authorization);
                CHECK(used.sign(k, body, now).amz_date == to_amz_date(now));
            }
        }
    }
}

TEST_CASE("the key cache keeps a key until others push it out") {
    aws::signing_key_cache cache;
    const auto with = keys("AKIDEXAMPLE", example_secret);
    const auto* first = &cache.key_for(with, "20260102", "us-east-1", "sts");
    CHECK(first == &cache.key_for(with, "20260102", "us-east-1", "sts"));
    CHECK(first != &cache.key_for(with, "20260102", "eu-west-1", "sts"));
    CHECK(first != &cache.key_for(with, "20260102", "us-east-1", "s3"));
    CHECK(first == &cache.key_for(with, "20260102", "us-east-1", "sts"));
}
