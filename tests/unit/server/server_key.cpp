#include "server/store_files/server_key.hpp"

#include "support/results.hpp"
#include "support/scratch_folder.hpp"

#include <algorithm>

namespace hourkey::server {
namespace {

using test::code_of;
using test::scratch_folder;

struct places {
    scratch_folder folder;
    std::string key = folder.file("hourkey.db.key"), database = folder.file("hourkey.db");
    result<server_keys> load() const { return load_server_keys(key, database); }
};

}  // namespace

TEST_CASE("A first start makes the key, for its owner only, and later starts read the same one") {
    const places p;
    const auto first = p.load(), again = p.load();
    REQUIRE(first.has_value());
    REQUIRE(again.has_value());
    CHECK(p.folder.mode_of("hourkey.db.key") == 0600);
    const auto text = p.folder.read("hourkey.db.key");
    CHECK(text.size() == 65);
    CHECK(text.find_first_not_of("0123456789abcdef") == 64);
    CHECK(first->ring->token_keys()->find(1)->expose() == again->ring->token_keys()->find(1)->expose());
    CHECK(first->ring->audit_keys()->find(1)->expose() == again->ring->audit_keys()->find(1)->expose());
    CHECK(first->ring->checks() == again->ring->checks());

    const places other;
    CHECK(other.load()->ring->checks() != first->ring->checks());
}

TEST_CASE("A database without its key is refused, and no key is made") {
    const places p;
    p.folder.put("hourkey.db", "x");
    CHECK(code_of(p.load()) == errc::invalid_configuration);
    CHECK(!std::filesystem::exists(p.key));
}

TEST_CASE("A key file that others may read is refused") {
    for (const auto mode : {0620U, 0604U, 0660U, 0644U}) {
        CAPTURE(mode);
        const places p;
        p.folder.put("hourkey.db.key", std::string(64, 'a'), mode);
        const auto keys = p.load();
        REQUIRE(code_of(keys) == errc::invalid_configuration);
        CHECK(keys.error().hint.find("chmod 600") != std::string::npos);
    }
}

TEST_CASE("A key file must hold 64 hex digits, and its content is never told") {
    for (const auto& text : {std::string(), std::string(62, 'a'), std::string(66, 'a'), std::string(63, 'a') + "g",
                             std::string(64, 'a') + "x"}) {
        CAPTURE(text);
        const places p;
        p.folder.put("hourkey.db.key", text);
        const auto keys = p.load();
        REQUIRE(code_of(keys) == errc::invalid_configuration);
        if (!text.empty()) CHECK(keys.error().message.find(text) == std::string::npos);
    }
    const places p;
    p.folder.put("hourkey.db.key", std::string(64, 'A') + " \r\n");  // as an editor may leave it
    CHECK(p.load().has_value());
}

}  // namespace hourkey::server
