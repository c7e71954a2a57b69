// What the schema itself refuses, whatever the code above it does: plain SQL on a real file.

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
        return "INSERT INTO tokens (id, role, tenant_id, app, mac, created_at, expires_at, seal) VALUES (" + fresh_id +
               ", '" + role + "', " + tenant + ", " + app + ", " + mac + ", 1, 2, zeroblob(33))";
    };
    const auto connection = [](const std::string& tenant, const std::string& name, const std::string& external_id) {
        return "INSERT INTO connections (tenant_id, name, state, role_arn, account_id, region, external_id, "
               "created_at, revision, seal) VALUES (" +
               tenant + ", '" + name + "', 'pending', 'arn:aws:iam::123456789012:role/x', '123456789012', '', '" +
               external_id + "', 1, 1, zeroblob(33))";
    };

    struct row {
        const char* name;
        std::string statement;
        int code;
    };
    const std::string other_id = "hk-ffffffffffffffffffffffffffffffff";
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
        {"a connection with another tenant's external id", connection(e, "prod", prod.external_id),
         SQLITE_CONSTRAINT_UNIQUE},
        {"a second connection with the same external id", connection(a, "prod2", prod.external_id),
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
        {"an audit record changed", "UPDATE audit SET outcome = 'denied'", SQLITE_CONSTRAINT_TRIGGER},
        {"an audit record removed", "DELETE FROM audit", SQLITE_CONSTRAINT_TRIGGER},
        {"an audit record replaced", "INSERT OR REPLACE INTO audit SELECT * FROM audit", SQLITE_CONSTRAINT_TRIGGER},
        {"the audit head removed", "DELETE FROM audit_head", SQLITE_CONSTRAINT_TRIGGER},
        {"the audit head put back", "UPDATE audit_head SET seq = 0", SQLITE_CONSTRAINT_TRIGGER},
        {"a token's role raised", "UPDATE tokens SET role = 'admin', app = NULL", SQLITE_CONSTRAINT_TRIGGER},
        {"a token's life made longer", "UPDATE tokens SET expires_at = expires_at + 1", SQLITE_CONSTRAINT_TRIGGER},
        {"an app removed from under its live token", "DELETE FROM apps WHERE name = 'web'",
         SQLITE_CONSTRAINT_FOREIGNKEY},
        {"a revoked token revived", "UPDATE tokens SET revoked_at = 5; UPDATE tokens SET revoked_at = NULL",
         SQLITE_CONSTRAINT_TRIGGER},
        {"a second installation", "INSERT INTO installation VALUES (2, zeroblob(32), 1, 1)", SQLITE_CONSTRAINT_CHECK},
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
}
