#include "clients/cli/contexts.hpp"

#include "clients/cli/own_folders.hpp"
#include "support/results.hpp"
#include "support/scratch_folder.hpp"
#include "variables.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include <sys/stat.h>

namespace hourkey::cli {

TEST_CASE("A list of contexts reads back as it was written") {
    context_list list;
    list.current = "acme";
    list.contexts.emplace(
        "acme", context{.url = "https://a", .tenant = "acme", .token = secret("hk_t"), .ca_file = "/ca with \"blank"});
    list.contexts.emplace("b.c_d-1", context{.url = "https://b", .token = secret("hk_u")});
    const auto text = to_json(list);
    CHECK(text.expose() ==
          R"({"version":1,"current":"acme","contexts":{"acme":{"url":"https://a","tenant":"acme","token":"hk_t",)"
          R"("cacert":"/ca with \"blank"},"b.c_d-1":{"url":"https://b","token":"hk_u"}}})");
    const auto read = test::must(parse_contexts(text.expose()));
    CHECK(to_json(read).expose() == text.expose());
}

TEST_CASE("What is no list of contexts is refused, and nothing of it repeated") {
    const std::vector<std::pair<const char*, std::string>> rows{
        {"no JSON", R"({"contexts":{"a":{"token":"hk_secret")"},
        {"another version", R"({"version":2,"contexts":{}})"},
        {"no token", R"({"version":1,"contexts":{"a":{"url":"https://a"}}})"},
        {"an unknown field", R"({"version":1,"contexts":{"a":{"url":"https://a","token":"t","tokken":"hk_secret"}}})"},
        {"a context that is none", R"({"version":1,"contexts":{"a":null}})"},
        {"a name that is none", R"({"version":1,"contexts":{"a b":{"url":"https://a","token":"t"}}})"},
    };
    for (const auto& [name, text] : rows) {
        CAPTURE(name);
        const auto read = parse_contexts(text);
        CHECK(test::code_of(read) == errc::invalid_configuration);
        CHECK(read.error().message.find("hk_secret") == std::string::npos);
    }
}

TEST_CASE("The file is private, and one that others may read is refused") {
    const test::scratch_folder scratch;
    const auto path = contexts_path(variables_of({{"XDG_CONFIG_HOME", scratch.file("deep/config")}})).value();
    CHECK(path == scratch.file("deep/config/hourkey/contexts.json"));
    CHECK(load_contexts(path).value().contexts.empty());
    context_list list;
    list.contexts.emplace("a", context{.url = "https://a", .token = secret("hk_t")});
    test::must(save_contexts(path, list));
    struct stat about{};
    REQUIRE(::stat(path.c_str(), &about) == 0);
    CHECK((about.st_mode & 0777) == 0600);
    REQUIRE(::stat(std::filesystem::path(path).parent_path().c_str(), &about) == 0);
    CHECK((about.st_mode & 0777) == 0700);
    CHECK(load_contexts(path).value().contexts.at("a").url == "https://a");
    REQUIRE(::chmod(path.c_str(), 0644) == 0);
    CHECK(test::code_of(load_contexts(path)) == errc::invalid_configuration);
}

TEST_CASE("Where things are kept follows the XDG directories, and a relative one is ignored") {
    CHECK(contexts_path(variables_of({{"HOME", "/h"}})).value() == "/h/.config/hourkey/contexts.json");
    CHECK(contexts_path(variables_of({{"HOME", "/h"}, {"XDG_CONFIG_HOME", "x"}})).value() ==
          "/h/.config/hourkey/contexts.json");
    CHECK(test::code_of(contexts_path(variables_of({}))) == errc::invalid_configuration);
}

TEST_CASE("Credentials are kept in the session's own folder, or in the home when it is none of this user's") {
    const test::scratch_folder scratch;
    const auto own = scratch.file("");
    const auto at = [](std::map<std::string, std::string> with) {
        return cache_folder(variables_of(std::move(with))).value();
    };
    CHECK(at({{"HOME", "/h"}, {"XDG_RUNTIME_DIR", own}}) == own + "/hourkey");
    CHECK(at({{"HOME", "/h"}, {"XDG_RUNTIME_DIR", scratch.file("missing")}}) == "/h/.cache/hourkey");
    CHECK(at({{"HOME", "/h"}, {"XDG_RUNTIME_DIR", scratch.put("file", "")}}) == "/h/.cache/hourkey");
    CHECK(at({{"HOME", "/h"}, {"XDG_RUNTIME_DIR", "relative"}}) == "/h/.cache/hourkey");
    CHECK(at({{"HOME", "/h"}, {"XDG_CACHE_HOME", "/c"}}) == "/c/hourkey");
}

TEST_CASE("A context's name needs no quotes anywhere") {
    for (const auto* good : {"a", "acme-deploy", "A.b_c", "9"}) CHECK(is_context_name(good));
    for (const auto* bad : {"", "a b", "a/b", "ä", "a'b"}) CHECK_FALSE(is_context_name(bad));
    CHECK(is_context_name(std::string(127, 'a')));
    CHECK_FALSE(is_context_name(std::string(128, 'a')));
}

}  // namespace hourkey::cli
