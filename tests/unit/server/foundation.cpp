#include "server/foundation/foundation.hpp"
#include "server/foundation/door_rules.hpp"
#include "server/store_files/server_key.hpp"
#include "server/store_files/store_place.hpp"

#include "support/results.hpp"
#include "support/scratch_folder.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace hourkey::server {
namespace {

using test::code_of;
using test::scratch_folder;

constexpr std::string_view key_text = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n";

config at(const scratch_folder& folder, const std::string& path = "hourkey.db") {
    config c;
    c.store.path = folder.file(path);
    return c;
}

}  // namespace

TEST_CASE("Two listeners need addresses of this machine and do not take each other's port") {
    struct row {
        const char* name;
        const char* listen;
        std::uint16_t port;
        const char* admin;
        std::uint16_t admin_port;
        const char* wrong;  ///< null: good
    };
    const std::vector<row> rows{
        {"the defaults", "127.0.0.1", 8443, "127.0.0.1", 8444, nullptr},
        {"any two free ports", "127.0.0.1", 0, "127.0.0.1", 0, nullptr},
        {"one port twice", "127.0.0.1", 8443, "127.0.0.1", 8443, "admin.port"},
        {"one port on two addresses", "127.0.0.1", 8443, "127.0.0.2", 8443, nullptr},
        {"one port, once for all addresses", "0.0.0.0", 8443, "127.0.0.1", 8443, "admin.port"},
        {"one port, the other way round", "127.0.0.1", 8443, "0.0.0.0", 8443, "admin.port"},
        {"one address, also as IPv6 writes it", "::ffff:127.0.0.1", 8443, "127.0.0.1", 8443, "admin.port"},
        {"the same, the other way round", "127.0.0.1", 8443, "::ffff:127.0.0.1", 8443, "admin.port"},
        {"all of IPv4 as IPv6 writes it", "::ffff:0.0.0.0", 8443, "127.0.0.1", 8443, "admin.port"},
        {"all of both", "::", 8443, "::ffff:127.0.0.1", 8443, "admin.port"},
        {"IPv6's loopback beside IPv4's", "::1", 8443, "127.0.0.1", 8443, nullptr},
        {"a name", "localhost", 8443, "127.0.0.1", 8444, "listen.address"},
        {"a name for the admin's", "127.0.0.1", 8443, "localhost", 8444, "admin.address"},
        {"an address with its port", "127.0.0.1:8443", 8443, "127.0.0.1", 8444, "listen.address"},
        {"nothing", "", 8443, "127.0.0.1", 8444, "listen.address"},
        {"documentation's own address", "192.0.2.1", 8443, "127.0.0.1", 8444, "listen.address"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        config c;
        c.listen.address = r.listen;
        c.listen.port = r.port;
        c.admin.address = r.admin;
        c.admin.port = r.admin_port;
        const auto checked = check_doors(c);
        CHECK(checked.has_value() == (r.wrong == nullptr));
        if (checked || r.wrong == nullptr) continue;
        CHECK(checked.error().code == errc::invalid_configuration);
        CHECK(checked.error().message.find(r.wrong) == 0);
        CHECK_FALSE(checked.error().hint.empty());
    }
}

TEST_CASE("A place for the store is looked at and left as it is") {
    const scratch_folder folder;
    CHECK(check_store_place(at(folder)).has_value());
    CHECK(check_store_place(at(folder, "new/hourkey.db")).has_value());  // serve makes the last folder
    CHECK(code_of(check_store_place(at(folder, "a/new/hourkey.db"))) == errc::invalid_configuration);
    config nowhere;
    nowhere.store.path.clear();
    CHECK(code_of(check_store_place(nowhere)) == errc::invalid_configuration);
    CHECK(folder.names().empty());

    folder.put("file", "x");
    CHECK(code_of(check_store_place(at(folder, "file/hourkey.db"))) == errc::invalid_configuration);
    const std::string garbage(1024, 'x');  // SQLite takes what is shorter than its header for an empty database
    folder.put("hourkey.db", garbage);
    CHECK(code_of(check_store_place(at(folder))) == errc::invalid_configuration);  // a database, and no key
    folder.put("hourkey.db.key", "abcd\n");
    CHECK(code_of(check_store_place(at(folder))) == errc::invalid_configuration);  // a key that is none
    folder.put("hourkey.db.key", key_text);
    CHECK(code_of(check_store_place(at(folder))) == errc::store_corrupt);  // a database that is none
    folder.put("hourkey.db.key", key_text, 0644);
    CHECK(code_of(check_store_place(at(folder))) == errc::invalid_configuration);  // a key for all to read
    CHECK(folder.names().size() == 3);
    CHECK(folder.read("hourkey.db") == garbage);
}

TEST_CASE("What stands under a name that the store needs, and is no file, is told of before a start") {
    for (const auto* name : {"hourkey.db", "hourkey.db-wal", "hourkey.db-shm", "hourkey.db-journal", "hourkey.db.lock",
                             "hourkey.db.head", "hourkey.db.key"}) {
        CAPTURE(name);
        const scratch_folder folder;
        std::filesystem::create_directory(folder.file(name));
        const auto checked = check_store_place(at(folder));
        REQUIRE(code_of(checked) == errc::invalid_configuration);
        CHECK(checked.error().message.find(folder.file(name)) != std::string::npos);
        CHECK_FALSE(checked.error().hint.empty());
    }
}

TEST_CASE("The control socket's place is looked at with the doors") {
    const scratch_folder folder;
    auto c = at(folder);
    CHECK(check_doors(c).has_value());
    folder.put("hourkey.db.sock", "");
    CHECK(code_of(check_doors(c)) == errc::invalid_configuration);
    c.store.path = folder.file(std::string(120, 'x'));  // the socket's name is longer than sun_path
    CHECK(code_of(check_doors(c)) == errc::invalid_configuration);
    c.store.path = folder.file("new/hourkey.db");
    CHECK(check_doors(c).has_value());
}

TEST_CASE("The server key is none of the store's other files, by whatever name") {
    const scratch_folder folder;
    std::filesystem::create_directory(folder.file("sub"));
    std::filesystem::create_symlink(folder.file("hourkey.db-wal"), folder.file("link"));
    for (const auto* name : {"hourkey.db", "hourkey.db-wal", "hourkey.db-shm", "hourkey.db-journal", "hourkey.db.lock",
                             "hourkey.db.head", "hourkey.db.sock", "sub/../hourkey.db-shm", "link"}) {
        CAPTURE(name);
        auto c = at(folder);
        c.store.key_file = folder.file(name);
        const auto checked = check_store_place(c);
        REQUIRE(code_of(checked) == errc::invalid_configuration);
        CHECK(checked.error().message.starts_with("store.key_file"));
        const auto loaded = load_server_keys(c.server_key_file(), c.store.path);
        CHECK(code_of(loaded) == errc::invalid_configuration);
    }
    CHECK(folder.names().size() == 2);
}

TEST_CASE("The folder of the store is made for its owner alone, and only the last one") {
    const scratch_folder folder;
    CHECK(make_store_folder(at(folder, "new/hourkey.db")).has_value());
    CHECK(folder.mode_of("new") == 0700);
    CHECK(make_store_folder(at(folder, "new/hourkey.db")).has_value());
    CHECK(code_of(make_store_folder(at(folder, "a/b/hourkey.db"))) == errc::invalid_configuration);
}

}  // namespace hourkey::server
