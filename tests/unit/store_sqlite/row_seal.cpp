// Rows that something else than the store has written, with plain SQL on a real file.

#include "store_sqlite/row_seal.hpp"
#include "store_sqlite/open_read_only.hpp"

#include "core/encoding.hpp"
#include "tampering.hpp"
#include "temporary_store.hpp"

#include <sqlite3.h>

#include <functional>

using namespace hourkey;
using test::code_of;
using test::must;

namespace {

/// One tenant with an app, a connection that is active, two grants and two tokens; closed, its bytes kept.
struct sealed_store : test::temporary_store {
    std::string pristine = directory.file("pristine.db");
    model::tenant acme;
    model::app web;
    model::connection prod;
    model::token web_token, admin_token;

    sealed_store() : acme((open(), add_tenant("acme"))), web(add_app(acme, "web")), prod(add_connection(acme, "prod")) {
        must(change([&](auto& tx) {
            return tx.set_connection_state(acme.id, prod.name, model::connection_state::broken, clock.now(), {});
        }));
        auto g = make_grant(prod, web.name);
        g.expires_at = clock.now() + std::chrono::hours(1);
        g.max_duration = std::chrono::seconds(900);
        must(change([&](auto& tx) { return tx.put_grant(g, {}); }));
        add_grant(prod, {});
        web_token = add_token(model::role::app, acme, web.name);
        admin_token = add_token(model::role::admin, acme, {});
        must(change([&](auto& tx) { return tx.revoke_token(acme.id, admin_token.id, clock.now()); }));
        close();
        std::filesystem::copy_file(path, pristine);
    }

    void mutate(const std::string& sql) {
        close();
        std::filesystem::copy_file(pristine, path, std::filesystem::copy_options::overwrite_existing);
        for (const auto* suffix : {"-wal", "-shm"}) std::filesystem::remove(path + suffix);
        test::run_without_triggers(path, sql);
        open();
    }
    result<std::optional<model::token>> token(const ulid& id) { return reader()->find_token(id); }
    result<model::vend_facts> facts() {
        HK_TRY(auto view, reader()->read_vend(web_token.id, prod.name));
        return view.facts;
    }
};

}  // namespace

TEST_CASE("A token, connection or grant that something else has written is refused, named and counted") {
    sealed_store s;
    const auto find_web = [&] { return code_of(s.token(s.web_token.id)); };
    const auto find_admin = [&] { return code_of(s.token(s.admin_token.id)); };
    const auto find_facts = [&] { return code_of(s.facts()); };
    struct row {
        const char* name;
        std::string sql;
        std::function<errc()> read;
    };
    const std::string hours = " + 3600000000000";
    const row rows[] = {
        {"a token made longer", "UPDATE tokens SET expires_at = expires_at" + hours, find_web},
        {"a token made older", "UPDATE tokens SET created_at = created_at - 1", find_web},
        {"a token made an admin's", "UPDATE tokens SET role = 'admin', app = NULL WHERE role = 'app'", find_web},
        {"a token of another secret", "UPDATE tokens SET mac = zeroblob(32)", find_web},
        {"a revoked token revived", "UPDATE tokens SET revoked_at = NULL", find_admin},
        {"a revocation moved", "UPDATE tokens SET revoked_at = revoked_at" + hours, find_admin},
        {"a tenant renamed under its tokens", "UPDATE tenants SET name = 'evil'", find_web},
        {"a seal of another row",
         "UPDATE tokens SET seal = (SELECT seal FROM tokens WHERE role = 'admin') WHERE role = 'app'", find_web},
        {"a seal of another key", "UPDATE tokens SET seal = CAST(x'02' || substr(seal, 2) AS BLOB)", find_web},
        {"a seal of nothing", "UPDATE tokens SET seal = zeroblob(33)", find_web},
        {"a connection made active", "UPDATE connections SET state = 'active'", find_facts},
        {"another role", "UPDATE connections SET role_arn = 'arn:aws:iam::123456789012:role/other'", find_facts},
        {"another account", "UPDATE connections SET account_id = '210987654321'", find_facts},
        {"another region", "UPDATE connections SET region = 'eu-west-1'", find_facts},
        {"a region for clients", "UPDATE connections SET default_region = 'eu-west-1'", find_facts},
        {"a region for clients that is none", "UPDATE connections SET default_region = 'Ireland'", find_facts},
        {"sessions shared", "UPDATE connections SET session_sharing = 4", find_facts},
        {"a region that is none", "UPDATE connections SET region = 'Ireland'", find_facts},
        {"a role that is none", "UPDATE connections SET role_arn = 'arn:aws:iam::x:role/'", find_facts},
        {"another external id",
         "INSERT INTO external_ids SELECT 'hk-ffffffffffffffffffffffffffffffff', tenant_id, name FROM connections;"
         "UPDATE connections SET external_id = 'hk-ffffffffffffffffffffffffffffffff'",
         find_facts},
        {"a grant made longer", "UPDATE grants SET max_duration_seconds = 43200 WHERE app = 'web'", find_facts},
        {"a grant without an end", "UPDATE grants SET expires_at = NULL WHERE app = 'web'", find_facts},
        {"a grant for an app made one for any", "DELETE FROM grants WHERE app = '*'; UPDATE grants SET app = '*'",
         find_facts},
        {"a grant with another reason", "UPDATE grants SET reason = 'asked for'", find_facts},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        s.mutate(r.sql);
        const auto before = s.db->figures().broken_seals;
        CHECK(r.read() == errc::broken_seal);
        CHECK(s.db->figures().broken_seals > before);
    }
    s.mutate("");
    CHECK(find_web() == errc{});
    CHECK(find_admin() == errc{});
    CHECK(find_facts() == errc{});
    s.mutate("UPDATE grants SET reason = 'x' WHERE app = 'web'");
    const auto told = s.facts();
    REQUIRE(!told);
    CHECK(told.error().message.find("connections/prod/grants/web") != std::string::npos);
}

TEST_CASE("A connection's region for clients and its sharing cannot be taken away or changed") {
    for (const std::string sql : {"default_region = NULL", "default_region = 'us-east-1'", "session_sharing = 1",
                                  "session_sharing = 3", "default_region = NULL, session_sharing = 1"}) {
        CAPTURE(sql);
        sealed_store s;
        s.open();
        auto c = s.prod;
        c.default_region = must(aws::region::parse("eu-west-1"));
        c.sharing = model::session_sharing::job;
        must(s.change([&](auto& tx) { return tx.put_connection(c, {}); }));
        CHECK(must(s.facts()).connection->sharing == model::session_sharing::job);
        s.close();
        test::run_without_triggers(s.path, "UPDATE connections SET " + sql);
        s.open();
        CHECK(code_of(s.facts()) == errc::broken_seal);
    }
}

TEST_CASE("A connection's seal from before it could say anything to clients is good still") {
    sealed_store s;
    s.open();
    const auto c = must(s.facts()).connection.value();
    std::string row("c");
    const auto number = [&row](std::uint64_t n) {
        for (int shift = 56; shift >= 0; shift -= 8) row.push_back(static_cast<char>(n >> shift));
    };
    const auto text = [&](std::string_view value) {
        number(value.size());
        row.append(value);
    };
    row.append(crypto::as_text(c.tenant_id.bytes()));
    for (const auto value : {std::string_view("prod"), std::string_view("role"), std::string_view("broken"),
                             std::string_view(c.role_arn->str()), std::string_view(c.account_id->str()),
                             std::string_view(), std::string_view(c.external_id.str()), std::string_view()})
        text(value);
    number(static_cast<std::uint64_t>(c.created_at.time_since_epoch().count()));
    number(c.revision);
    crypto::mac_signer macs(s.row_ring);
    const auto mac = macs.find(1)->sign(row);
    s.close();
    test::run_without_triggers(s.path, "UPDATE connections SET seal = x'01" + to_hex(mac) + "'");
    s.open();
    CHECK(must(s.facts()).connection->revision == c.revision);
}

TEST_CASE("A connection with what is no value of its column is named by it, shows in the state and can be deleted") {
    sealed_store s;
    s.mutate("UPDATE connections SET region = 'Ireland'");
    const auto told = s.facts();
    REQUIRE(!told);
    CHECK(told.error().message.find("connections/prod holds no valid region") != std::string::npos);
    const auto page = must(s.reader()->read_state(model::state_table::connections, nullptr, 10));
    REQUIRE(page.rows.size() == 1);
    CHECK_FALSE(page.rows.front().is_sealed);
    must(s.change([&](auto& tx) { return tx.delete_connection(s.acme.id, s.prod.name, {}); }));
    CHECK_FALSE(must(s.facts()).connection);
}

TEST_CASE("What comes and goes without deciding anything is under no seal") {
    sealed_store s;
    s.mutate("UPDATE tokens SET last_used_at = 5; UPDATE connections SET verified_at = 5");
    CHECK(must(s.token(s.web_token.id))->last_used_at);
    CHECK(must(s.facts()).connection->verified_at);
}

TEST_CASE("A row that was good once is looked at again, for it may have been changed since") {
    sealed_store s;
    s.open();
    const auto reader = s.reader();
    const auto find = [&] { return code_of(reader->find_token(s.web_token.id)); };
    for (int i = 0; i < 3; ++i) CHECK(find() == errc{});
    sqlite3* raw = nullptr;
    REQUIRE(sqlite3_open(s.path.c_str(), &raw) == SQLITE_OK);
    REQUIRE(sqlite3_exec(raw, "DROP TRIGGER tokens_are_fixed; UPDATE tokens SET expires_at = expires_at + 1", nullptr,
                         nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(raw);
    CHECK(find() == errc::broken_seal);
    CHECK(find() == errc::broken_seal);
}

TEST_CASE("A right that is not good can be taken away") {
    sealed_store s;
    s.mutate(
        "UPDATE tokens SET expires_at = expires_at + 1; UPDATE grants SET reason = 'x'; UPDATE connections SET state = "
        "'active'");
    const auto reader = s.reader();
    CHECK(code_of(reader->list_tokens(s.acme.id, {})) == errc::broken_seal);
    must(s.change([&](auto& tx) { return tx.revoke_token(s.acme.id, s.web_token.id, s.clock.now()); }));
    CHECK(must(reader->find_token(s.web_token.id))->revoked_at);
    must(s.change([&](auto& tx) { return tx.delete_grant(s.acme.id, s.prod.name, s.web.name, {}); }));
    CHECK_FALSE(must(reader->find_grant(s.acme.id, s.prod.name, s.web.name)));
    must(s.change([&](auto& tx) { return tx.delete_connection(s.acme.id, s.prod.name, {}); }));
    CHECK_FALSE(must(s.facts()).connection);
    must(s.change([&](auto& tx) { return tx.delete_app(s.acme.id, s.web.name, s.clock.now(), {}); }));
    must(s.change([&](auto& tx) { return tx.delete_tenant(s.acme.id, {}); }));
}

TEST_CASE("A row that is not good is not put right by a PUT") {
    sealed_store s;
    s.mutate("UPDATE grants SET reason = 'x'; UPDATE connections SET state = 'active'");
    CHECK(code_of(s.change([&](auto& tx) { return tx.put_grant(s.make_grant(s.prod, s.web.name), {}); })) ==
          errc::broken_seal);
    CHECK(code_of(s.change([&](auto& tx) { return tx.put_connection(s.prod, {}); })) == errc::broken_seal);
    CHECK(code_of(s.change([&](auto& tx) {
              return tx.set_connection_state(s.acme.id, s.prod.name, model::connection_state::active, s.clock.now(),
                                             {});
          })) == errc::broken_seal);
}

TEST_CASE("Another key's seals are none") {
    sealed_store s;
    s.row_keys = std::make_shared<store::row_keys>(test::ring_of("not that key"));
    s.open();
    CHECK(code_of(s.token(s.web_token.id)) == errc::broken_seal);
    CHECK(must(must(store::open_read_only(s.path))->find_token(s.web_token.id)));  // only to show what is there
}

TEST_CASE("What was found good once is good no more when its key was retired") {
    sealed_store s;
    s.mutate("");
    const auto reader = s.reader();
    CHECK(must(reader->find_token(s.web_token.id)).has_value());
    s.row_ring->remove(1);
    CHECK(code_of(reader->find_token(s.web_token.id)) == errc::broken_seal);
}
