// What the schema itself refuses, whatever the code above it does: plain SQL on a real file.

#include "store_sqlite/open_connection.hpp"
#include "temporary_store.hpp"

#include <sqlite3.h>

using namespace hourkey;
using test::must;

namespace {

std::string hex(const ulid& id) { return "x'" + to_hex(id.bytes()) + "'"; }

struct shell {
    sqlite3* db = nullptr;
    explicit shell(const std::string& path) {
        sqlite3_open(path.c_str(), &db);
        run("PRAGMA foreign_keys = ON; PRAGMA recursive_triggers = ON");
    }
    ~shell() { sqlite3_close(db); }
    shell(const shell&) = delete;
    shell& operator=(const shell&) = delete;
    int run(const std::string& sql) {
        const int rc = sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr);
        return rc == SQLITE_OK ? rc : sqlite3_extended_errcode(db);
    }
};

}  // namespace

TEST_CASE("The schema refuses a reference across tenants, and every other row that must not be") {
    test::temporary_store s;
    s.open();
    const auto acme = s.add_tenant("acme");
    const auto evil = s.add_tenant("evil");
    s.add_app(acme, "web");
    s.add_app(evil, "mole");
    const auto prod = s.add_connection(acme, "prod");
    const auto web = s.add_token(model::role::app, acme, must(app_name::parse("web")));
    must(s.append(acme.id, "r1"));
    s.close();

    shell sql(s.path);
    const auto a = hex(acme.id), e = hex(evil.id);
    const std::string mac = "zeroblob(32)";
    const std::string fresh_id = "randomblob(16)";
    const auto grant = [](const std::string& tenant, const std::string& app) {
        return "INSERT INTO grants (tenant_id, connection, app, reason, created_at, revision, seal) VALUES (" + tenant +
               ", 'prod', '" + app + "', '', 1, 1, zeroblob(33))";
    };
    const auto token = [&](const std::string& role, const std::string& tenant, const std::string& app) {
        return "INSERT INTO tokens (id, role, tenant_id, app, mac_key, mac, created_at, expires_at, seal) VALUES (" +
               fresh_id + ", '" + role + "', " + tenant + ", " + app + ", 1, " + mac + ", 1, 2, zeroblob(33))";
    };
    const auto connection = [](const std::string& tenant, const std::string& name, const std::string& external_id) {
        return "INSERT INTO connections (tenant_id, name, kind, state, role_arn, account_id, region, external_id, "
               "capabilities, created_at, revision, seal) VALUES (" +
               tenant + ", '" + name +
               "', 'role', 'pending', 'arn:aws:iam::123456789012:role/x', '123456789012', '', '" + external_id +
               "', '', 1, 1, zeroblob(33))";
    };

    struct row {
        const char* name;
        std::string statement;
        int code;
    };
    const std::string other_id = "hk-ffffffffffffffffffffffffffffffff";
    const std::string segment =
        "INSERT INTO audit_segments VALUES (0, 1, 1, zeroblob(32), 1, zeroblob(32), 1, 1, zeroblob(32)); ";
    const row rows[] = {
        {"a grant on another tenant's connection", grant(e, "mole"), SQLITE_CONSTRAINT_FOREIGNKEY},
        {"a grant on another tenant's connection for any app", grant(e, "*"), SQLITE_CONSTRAINT_FOREIGNKEY},
        {"a grant for another tenant's app", grant(a, "mole"), SQLITE_CONSTRAINT_FOREIGNKEY},
        {"a grant for no app at all", grant(a, "nobody"), SQLITE_CONSTRAINT_FOREIGNKEY},
        {"a token for another tenant's app", token("app", e, "'web'"), SQLITE_CONSTRAINT_FOREIGNKEY},
        {"a token of no tenant", token("admin", fresh_id, "NULL"), SQLITE_CONSTRAINT_FOREIGNKEY},
        {"an operator's token with a tenant", token("operator", a, "NULL"), SQLITE_CONSTRAINT_CHECK},
        {"an admin's token without a tenant", token("admin", "NULL", "NULL"), SQLITE_CONSTRAINT_CHECK},
        {"an app's token without an app", token("app", a, "NULL"), SQLITE_CONSTRAINT_CHECK},
        {"an admin's token with an app", token("admin", a, "'web'"), SQLITE_CONSTRAINT_CHECK},
        {"a role that is none", token("root", a, "NULL"), SQLITE_CONSTRAINT_CHECK},
        {"a connection with another tenant's external id", connection(e, "prod", prod.external_id.str()),
         SQLITE_CONSTRAINT_UNIQUE},
        {"a second connection with the same external id", connection(a, "prod2", prod.external_id.str()),
         SQLITE_CONSTRAINT_UNIQUE},
        {"a connection with an external id that was never made", connection(a, "prod2", other_id),
         SQLITE_CONSTRAINT_FOREIGNKEY},
        {"an external id of a caller's own making", "INSERT INTO external_ids VALUES ('mine', " + a + ", 'prod')",
         SQLITE_CONSTRAINT_CHECK},
        {"an external id forgotten", "DELETE FROM external_ids", SQLITE_CONSTRAINT_TRIGGER},
        {"an external id moved", "UPDATE external_ids SET tenant_id = " + e, SQLITE_CONSTRAINT_TRIGGER},
        {"a name in capitals", "INSERT INTO apps VALUES (" + a + ", 'Web', 1, 1)", SQLITE_CONSTRAINT_CHECK},
        {"a name with a dash in front", "INSERT INTO apps VALUES (" + a + ", '-web', 1, 1)", SQLITE_CONSTRAINT_CHECK},
        {"a tenant that is nil", "INSERT INTO tenants VALUES (zeroblob(16), 'nil', 1, 1)", SQLITE_CONSTRAINT_CHECK},
        {"a value of another type", "UPDATE apps SET revision = 'two'", SQLITE_CONSTRAINT_DATATYPE},
        {"an audit record changed", "UPDATE audit SET outcome = 2", SQLITE_CONSTRAINT_TRIGGER},
        {"an audit record removed", "DELETE FROM audit", SQLITE_CONSTRAINT_TRIGGER},
        {"an audit record replaced", "INSERT OR REPLACE INTO audit SELECT * FROM audit", SQLITE_CONSTRAINT_TRIGGER},
        {"the audit head removed", "DELETE FROM audit_writers", SQLITE_CONSTRAINT_TRIGGER},
        {"the audit head put back", "UPDATE audit_writers SET seq = 0", SQLITE_CONSTRAINT_TRIGGER},
        {"the audit head at its place with another hash", "UPDATE audit_writers SET hash = randomblob(32)",
         SQLITE_CONSTRAINT_TRIGGER},
        {"a second writer",
         "INSERT INTO audit_writers SELECT 1, term, epoch, seq, hash, key, seal, holder, lease_until FROM "
         "audit_writers",
         SQLITE_CONSTRAINT_CHECK},
        {"a record of another writer",
         "INSERT INTO audit SELECT 1, seq + 1, tenant_seq + 1, format, key, time, request_id, action, outcome, reason, "
         "tenant_id, tenant, app, actor, actor_role, token_id, client_address, connection, role_arn, session_name, "
         "access_key_id, sts_request_id, aws_code, requested_seconds, expiration, target, detail, count, hash FROM "
         "audit",
         SQLITE_CONSTRAINT_CHECK},
        {"a server key removed", "DELETE FROM server_keys", SQLITE_CONSTRAINT_TRIGGER},
        {"a server key exchanged", "UPDATE server_keys SET key_check = randomblob(32)", SQLITE_CONSTRAINT_TRIGGER},
        {"two active keys", "INSERT INTO server_keys VALUES (2, 'active', zeroblob(32), 1)", SQLITE_CONSTRAINT_UNIQUE},
        {"a replaced key brought back", "UPDATE server_keys SET state = 'old'; UPDATE server_keys SET state = 'active'",
         SQLITE_CONSTRAINT_TRIGGER},
        {"a token under a key that there is not",
         "INSERT INTO tokens SELECT randomblob(16), role, tenant_id, app, stage, 9, mac, created_at, expires_at, "
         "last_used_at, revoked_at, seal FROM tokens",
         SQLITE_CONSTRAINT_FOREIGNKEY},
        {"a token's stage changed", "UPDATE tokens SET stage = 'prod'", SQLITE_CONSTRAINT_TRIGGER},
        {"a role's connection that is active without a role",
         "UPDATE connections SET state = 'active', role_arn = NULL", SQLITE_CONSTRAINT_CHECK},
        {"records removed that no segment names",
         "INSERT INTO audit_segments VALUES (0, 5, 5, zeroblob(32), 1, zeroblob(32), 1, 1, zeroblob(32))",
         SQLITE_CONSTRAINT_TRIGGER},
        {"a segment forgotten", segment + "DELETE FROM audit_segments", SQLITE_CONSTRAINT_TRIGGER},
        {"a segment made longer", segment + "UPDATE audit_segments SET last_seq = 9", SQLITE_CONSTRAINT_TRIGGER},
        {"a job of a lease that is nobody's",
         "INSERT INTO jobs VALUES ('x', zeroblob(16), '', randomblob(16), '', 1, 1, 0, '', NULL, 5)",
         SQLITE_CONSTRAINT_CHECK},
        {"a token's role raised", "UPDATE tokens SET role = 'admin', app = NULL", SQLITE_CONSTRAINT_TRIGGER},
        {"a token's life made longer", "UPDATE tokens SET expires_at = expires_at + 1", SQLITE_CONSTRAINT_TRIGGER},
        {"an app removed from under its live token", "DELETE FROM apps WHERE name = 'web'",
         SQLITE_CONSTRAINT_FOREIGNKEY},
        {"a revoked token revived", "UPDATE tokens SET revoked_at = 5; UPDATE tokens SET revoked_at = NULL",
         SQLITE_CONSTRAINT_TRIGGER},
        {"a second installation", "INSERT INTO installation VALUES (2, 1, 1)", SQLITE_CONSTRAINT_CHECK},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        CHECK(sql.run("BEGIN") == SQLITE_OK);
        CHECK(sql.run(r.statement) == r.code);
        CHECK(sql.run("ROLLBACK") == SQLITE_OK);
    }

    // The rows are refused for their one fault, not for their shape: the same with the fault mended are taken.
    CHECK(sql.run(grant(a, "web")) == SQLITE_OK);
    CHECK(sql.run(grant(a, "*")) == SQLITE_OK);
    CHECK(sql.run(token("app", a, "'web'")) == SQLITE_OK);
    CHECK(sql.run(token("operator", "NULL", "NULL")) == SQLITE_OK);
    CHECK(sql.run("INSERT INTO external_ids VALUES ('" + other_id + "', " + a + ", 'prod2');" +
                  connection(a, "prod2", other_id)) == SQLITE_OK);
    CHECK(sql.run("BEGIN;" + segment + "DELETE FROM audit WHERE seq = 1; ROLLBACK") == SQLITE_OK);
}

TEST_CASE("The tables of the audit's words are those of the program") {
    test::temporary_store s;
    s.open();
    const auto db = must(store::open_for_reading(s.path));
    const auto words_of = [&](const char* sql) {
        std::vector<std::pair<std::int64_t, std::string>> out;
        store::statement select(*db, sql);
        store::query q(select);
        while (must(q.next())) {
            const auto number = q.integer();
            out.emplace_back(number, q.text());
        }
        return out;
    };
    const auto check = [](const auto& words, auto word_of) {
        REQUIRE_FALSE(words.empty());
        std::int64_t number = 0;
        for (const auto& [stored, name] : words) {
            CHECK(stored == ++number);
            const auto word = word_of(number);
            REQUIRE(word.has_value());
            CHECK(to_text(*word) == name);
        }
        CHECK_FALSE(word_of(number + 1).has_value());
    };
    check(words_of("SELECT id, name FROM audit_actions ORDER BY id"), model::audit_action_of);
    check(words_of("SELECT id, name FROM audit_outcomes ORDER BY id"), model::audit_outcome_of);
    check(words_of("SELECT id, name FROM audit_actors ORDER BY id"), model::audit_actor_of);
}
