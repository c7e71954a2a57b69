#include "store_sqlite/backup.hpp"
#include "store_sqlite/open_read_only.hpp"

#include "temporary_store.hpp"

#include <sys/stat.h>

#include <atomic>
#include <fstream>
#include <thread>

using namespace hourkey;
using test::code_of;
using test::must;

TEST_CASE("A backup of a store under load is whole, private, and can be served") {
    test::temporary_store s;
    s.open();
    const auto t = s.add_tenant("acme");
    s.add_connection(t, "prod");
    must(s.append(t.id, "first"));
    std::atomic<bool> enough{false};
    std::thread load([&] {
        while (!enough) must(s.append(t.id, "r"));
    });
    const auto copy = s.directory.file("copy.db");
    for (int i = 0; i < 5; ++i) must(store::backup(s.path, copy));
    enough = true;
    load.join();

    auto keys = s.settings().keys;
    const auto facts = must(store::check_backup(copy, keys));
    CHECK(facts.tenants == 1);
    CHECK(facts.connections == 1);
    CHECK(facts.last_audit_seq >= 1);
    CHECK(facts.schema_version >= 1);
    struct stat file{};
    REQUIRE(::stat(copy.c_str(), &file) == 0);
    CHECK((file.st_mode & 07777) == 0600);
    keys[1].fill(9);
    CHECK(code_of(store::check_backup(copy, keys)) == errc::wrong_server_key);

    {
        const auto r = must(store::open_read_only(copy));
        const auto report = test::verify(*r, *s.chain);
        CHECK_FALSE(report.first);
        CHECK(report.records == facts.last_audit_seq);
    }
    s.close();
    s.path = copy;
    s.open();
    CHECK(must(s.append(t.id, "restored")) == facts.last_audit_seq + 1);
}

TEST_CASE("A backup that cannot be made leaves neither a part of one nor the last one damaged") {
    test::temporary_store s;
    s.open();
    s.add_tenant("acme");
    const auto copy = s.directory.file("copy.db");
    must(store::backup(s.path, copy));
    CHECK(code_of(store::backup(s.path, s.path)) == errc::invalid_request);
    CHECK_FALSE(store::backup(s.directory.file("absent.db"), copy).has_value());
    CHECK_FALSE(store::backup(s.path, s.directory.file("no/such/folder/copy.db")).has_value());
    CHECK(store::check_backup(copy, {}).has_value());
    int files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(s.path).parent_path()))
        files += entry.path().filename().string().find("partial") != std::string::npos;
    CHECK(files == 0);
}

TEST_CASE("A damaged or foreign backup is found") {
    test::temporary_store s;
    s.open();
    const auto t = s.add_tenant("acme");
    for (int i = 0; i < 200; ++i) must(s.append(t.id, "r"));
    const auto copy = s.directory.file("copy.db");
    must(store::backup(s.path, copy));
    CHECK(store::check_backup(copy, {}).has_value());
    const auto size = std::filesystem::file_size(copy);
    struct row {
        const char* name;
        std::function<void()> damage;
    };
    const row rows[] = {
        {"a page overwritten",
         [&] {
             std::fstream f(copy, std::ios::in | std::ios::out | std::ios::binary);
             f.seekp(static_cast<std::streamoff>(size / 4096 / 2 * 4096));
             f << std::string(4096, '\xee');
         }},
        {"cut short", [&] { std::filesystem::resize_file(copy, size / 2); }},
        {"empty", [&] { std::filesystem::resize_file(copy, 0); }},
        {"gone", [&] { std::filesystem::remove(copy); }},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        std::filesystem::remove(copy);  // as the row before left it, it may be no copy of ours any more
        must(store::backup(s.path, copy));
        r.damage();
        CHECK_FALSE(store::check_backup(copy, {}).has_value());
    }
}
