#include "emulator/iam_name.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace hourkey::emulator;

TEST_CASE("what IAM names has a name and perhaps a path") {
    const std::string longest(longest_role_or_user_name, 'a');
    const auto is_one = [](const std::string& text) { return is_path_and_name(text, longest_role_or_user_name); };
    for (const auto& text :
         {std::string("a"), std::string("aZ0_+=,.@-"), std::string("team/deploy"), std::string("a/b/c"),
          std::string("a//b"), std::string("!$/a"), longest, std::string(510, 'p') + "/" + longest}) {
        CAPTURE(text);
        CHECK(is_one(text));
    }
    for (const auto& text : {std::string(), std::string("/"), std::string("/a"), std::string("a/"), std::string("a b"),
                             std::string("a$"), std::string("a*"), std::string("a b/c"), std::string("\xC3\xA4"),
                             std::string("\xC3\xA4/a"), longest + "a", std::string(511, 'p') + "/a"}) {
        CAPTURE(text);
        CHECK_FALSE(is_one(text));
    }
}
