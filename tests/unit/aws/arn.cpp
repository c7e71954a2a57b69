#include "aws/arn.hpp"

#include "aws/partition.hpp"

#include <doctest/doctest.h>

#include <random>

namespace aws = hourkey::aws;
using hourkey::errc;

TEST_CASE("a role ARN is taken apart") {
    struct row {
        std::string_view arn, partition, account, path, name;
    };
    const std::string longest_name(64, 'n'), longest_path = "/" + std::string(510, 'p') + "/";
    const std::string with_longest_name = "arn:aws:iam::123456789012:role/" + longest_name,
                      with_longest_path = "arn:aws:iam::123456789012:role" + longest_path + "x";
    for (const auto& r : {
             row{"arn:aws:iam::123456789012:role/deploy", "aws", "123456789012", "/", "deploy"},
             row{"arn:aws:iam::000000000000:role/A", "aws", "000000000000", "/", "A"},
             row{"arn:aws-cn:iam::123456789012:role/r", "aws-cn", "123456789012", "/", "r"},
             row{"arn:aws-us-gov:iam::123456789012:role/r", "aws-us-gov", "123456789012", "/", "r"},
             row{"arn:aws-eusc:iam::123456789012:role/r", "aws-eusc", "123456789012", "/", "r"},
             row{"arn:aws-iso-f:iam::123456789012:role/r", "aws-iso-f", "123456789012", "/", "r"},
             row{"arn:aws:iam::123456789012:role/a/b/C+=,.@-_", "aws", "123456789012", "/a/b/", "C+=,.@-_"},
             row{"arn:aws:iam::123456789012:role/a//x", "aws", "123456789012", "/a//", "x"},
             row{"arn:aws:iam::123456789012:role/te:am/x", "aws", "123456789012", "/te:am/", "x"},
             row{with_longest_name, "aws", "123456789012", "/", longest_name},
             row{with_longest_path, "aws", "123456789012", longest_path, "x"},
         }) {
        CAPTURE(r.arn);
        const auto arn = aws::role_arn::parse(r.arn);
        REQUIRE(arn.has_value());
        CHECK(arn->str() == r.arn);
        CHECK(arn->partition() == r.partition);
        CHECK(arn->account_id() == r.account);
        CHECK(arn->path() == r.path);
        CHECK(arn->role_name() == r.name);
    }
}

TEST_CASE("what is no role ARN is refused, and the answer says what it is") {
    struct row {
        std::string arn;
        std::string_view says;
    };
    const std::string a = "arn:aws:iam::123456789012:";
    for (const auto& r : {
             row{"", "is missing"},
             row{"123456789012", "only an account id"},
             row{"deploy", "is not an ARN"},
             row{"arn:aws:iam::123456789012", "is not an ARN"},
             row{" " + a + "role/x", "is not an ARN"},
             row{"ARN:aws:iam::123456789012:role/x", "is not an ARN"},
             row{"arn:AWS:iam::123456789012:role/x", "unknown partition"},
             row{"arn:aws-mars:iam::123456789012:role/x", "unknown partition"},
             row{"arn::iam::123456789012:role/x", "unknown partition"},
             row{"arn:aws:iam:us-east-1:123456789012:role/x", "has a region"},
             row{"arn:aws:iam::1234-5678-9012:role/x", "12-digit account"},
             row{"arn:aws:iam::12345678901:role/x", "12-digit account"},
             row{"arn:aws:iam::1234567890123:role/x", "12-digit account"},
             row{"arn:aws:iam:::role/x", "12-digit account"},
             row{a + "user/x", "names a user"},
             row{a + "group/x", "names a group"},
             row{a + "policy/x", "names a policy"},
             row{a + "instance-profile/x", "names a instance-profile"},
             row{a + "root", "names a root"},
             row{a + "saml-provider/x", "names a saml-provider"},
             row{a + "oidc-provider/x", "names a oidc-provider"},
             row{a + "role", "does not name an IAM role"},
             row{a + "Role/x", "does not name an IAM role"},
             row{"arn:aws:s3:::bucket/key", "does not name an IAM role"},
             row{"arn:aws:sts::123456789012:assumed-role/deploy/ci", "is a session of a role"},
             row{"arn:aws:sts::123456789012:assumed-role", "is a session of a role"},
             row{a + "role/", "no valid role name"},
             row{a + "role/*", "no valid role name"},
             row{a + "role/" + std::string(65, 'n'), "no valid role name"},
             row{a + "role/x y", "no valid role name"},
             row{a + "role/x ", "no valid role name"},
             row{a + "role/x\n", "no valid role name"},
             row{a + "role/\xC3\xA9", "no valid role name"},
             row{a + "role/a:b", "no valid role name"},
             row{a + "role//x", "no valid path"},
             row{a + "role/a*/x", "no valid path"},
             row{a + "role/${aws:username}/x", "no valid path"},
             row{a + "role/a\"b/x", "no valid path"},
             row{a + "role/a\\b/x", "no valid path"},
             row{a + "role/a b/x", "no valid path"},
             row{a + "role/" + std::string(511, 'p') + "/x", "no valid path"},
             row{a + "role/aws-service-role/ops.amazonaws.com/X", "service-linked"},
             row{a + "role/aws-reserved/sso.amazonaws.com/X", "Identity Center"},
             row{"arn:aws:iam::123456789012:role/" + std::string(2100, 'p'), "longer than 2048"},
         }) {
        CAPTURE(r.arn);
        const auto arn = aws::role_arn::parse(r.arn);
        REQUIRE(arn.has_error());
        CHECK(arn.error().code == errc::invalid_request);
        CHECK(arn.error().text().starts_with("role_arn "));
        CHECK(arn.error().text().find(r.says) != std::string_view::npos);
        CHECK_FALSE(arn.error().hint.empty());
    }
}

TEST_CASE("for a pasted session the role is offered") {
    const auto arn = aws::role_arn::parse("arn:aws-cn:sts::123456789012:assumed-role/deploy/ci");
    CHECK(arn.error().hint.find("arn:aws-cn:iam::123456789012:role/deploy,") != std::string::npos);
}

TEST_CASE("every ARN of the grammar comes back as it went in, and any forbidden character breaks it") {
    std::mt19937 random(7);
    const auto pick = [&](std::string_view from) { return from[random() % from.size()]; };
    const std::string name_characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+=,.@-";
    std::string path_characters;
    for (char c = 0x21; c < 0x7F; ++c)
        if (std::string_view("*?$\"\\").find(c) == std::string_view::npos) path_characters.push_back(c);
    for (int i = 0; i < 2000; ++i) {
        const auto& in = aws::all_partitions()[random() % aws::all_partitions().size()];
        std::string account, path = "/", name;
        for (int k = 0; k < 12; ++k) account.push_back(pick("0123456789"));
        if (random() % 2 == 0) {
            path.push_back('p');  // not "/aws-reserved/" by chance
            for (auto k = random() % 500; k > 0; --k) path.push_back(pick(path_characters));
            path.push_back('/');
        }
        for (auto k = 1 + random() % 64; k > 0; --k) name.push_back(pick(name_characters));
        const auto text = "arn:" + std::string(in.name) + ":iam::" + account + ":role" + path + name;
        CAPTURE(text);
        const auto arn = aws::role_arn::parse(text);
        REQUIRE(arn.has_value());
        CHECK(arn->str() == text);
        CHECK(arn->partition() == in.name);
        CHECK(arn->account_id() == account);
        CHECK(arn->path() == path);
        CHECK(arn->role_name() == name);

        auto broken = text;
        broken[random() % broken.size()] = pick(std::string_view("* ?\"\\$\n\x7F\x80\0", 10));
        CHECK(aws::role_arn::parse(broken).has_error());
    }
}

TEST_CASE("a caller's ARN tells the kind of identity") {
    using enum aws::identity_kind;
    struct row {
        std::string_view arn;
        aws::identity_kind kind;
        std::string_view name, session;
    };
    for (const auto& r : {
             row{"arn:aws:iam::123456789012:root", root, "", ""},
             row{"arn:aws:iam::123456789012:user/alice", user, "alice", ""},
             row{"arn:aws:iam::123456789012:user/team/a/alice", user, "alice", ""},
             row{"arn:aws:sts::123456789012:assumed-role/deploy/ci", role_session, "deploy", "ci"},
             row{"arn:aws:sts::123456789012:assumed-role/hourkey/i-0123456789abcdef0", role_session, "hourkey",
                 "i-0123456789abcdef0"},
             row{"arn:aws:sts::123456789012:federated-user/bob", federated_user, "bob", ""},
         }) {
        CAPTURE(r.arn);
        const auto who = aws::parse_caller_identity(r.arn);
        REQUIRE(who.has_value());
        CHECK(who->kind == r.kind);
        CHECK(who->arn == r.arn);
        CHECK(who->partition == "aws");
        CHECK(who->account_id == "123456789012");
        CHECK(who->name == r.name);
        CHECK(who->session == r.session);
        CHECK(who->is_role_session() == (r.kind == role_session));
    }
}

TEST_CASE("an ARN that STS would not write is no identity") {
    for (const std::string_view arn :
         {"", "alice", "arn:aws:iam::123456789012:role/x", "arn:aws:sts::123456789012:root",
          "arn:aws:iam::123456789012:assumed-role/a/bb", "arn:aws:sts::123456789012:assumed-role/a",
          "arn:aws:sts::123456789012:assumed-role/a/", "arn:aws:sts::123456789012:assumed-role/a/b",
          "arn:aws:sts::123456789012:assumed-role/a/bb/cc", "arn:aws:sts::123456789012:assumed-role//bb",
          "arn:aws:sts:us-east-1:123456789012:assumed-role/a/bb", "arn:aws:sts::12345678901:assumed-role/a/bb",
          "arn:mars:sts::123456789012:assumed-role/a/bb", "arn:aws:iam::123456789012:user/",
          "arn:aws:iam::123456789012:user/a\nb", "arn:aws:sts::123456789012:federated-user/a/b",
          "arn:aws:iam::123456789012:root/x"}) {
        CAPTURE(arn);
        REQUIRE(aws::parse_caller_identity(arn).has_error());
        CHECK(aws::parse_caller_identity(arn).error().code == errc::sts_invalid_answer);
    }
}
