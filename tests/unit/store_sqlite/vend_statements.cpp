#include "store_sqlite/write_session.hpp"
#include "temporary_store.hpp"

#include <sqlite3.h>

#include <string_view>
#include <vector>

using namespace hourkey;
using test::must;

namespace {

/// All that a vend asks of the store when what it rests on has changed: whose token, which facts, one record.
class whole_vend final : public store::append_submission {
public:
    whole_vend(model::audit_record record, ulid token, const connection_name& connection)
        : append_submission(
              std::move(record),
              store::vend_basis{
                  .token = token, .connection = connection, .seen = {.epoch = 1}, .until = wall_time::max()}) {}
    bool was_decided_again = false;

private:
    result<> decide_again(const result<model::vend_view>& fresh, wall_time, model::audit_record&) override {
        REQUIRE(fresh.has_value());
        CHECK(fresh->token);
        const auto facts = must(fresh->facts);
        CHECK((facts.connection && facts.app_grant && facts.any_grant));
        was_decided_again = true;
        return {};
    }
};

/// What the program of a statement opens beside the tables and indexes that are there.
std::vector<std::string> temporaries_of(sqlite3* db, const std::string& sql) {
    sqlite3_stmt* explained = nullptr;
    REQUIRE(sqlite3_prepare_v2(db, ("EXPLAIN " + sql).c_str(), -1, &explained, nullptr) == SQLITE_OK);
    std::vector<std::string> out;
    while (sqlite3_step(explained) == SQLITE_ROW) {
        const std::string_view opcode(reinterpret_cast<const char*>(sqlite3_column_text(explained, 1)));
        for (const auto* temporary : {"OpenEphemeral", "OpenAutoindex", "SorterOpen", "OpenPseudo"})
            if (opcode == temporary) out.emplace_back(opcode);
    }
    sqlite3_finalize(explained);
    return out;
}

}  // namespace

TEST_CASE("No statement of a vend builds a temporary table") {
    test::temporary_store s;
    s.open();
    const auto acme = s.add_tenant("acme");
    const auto web = s.add_app(acme, "web");
    const auto prod = s.add_connection(acme, "prod");
    s.add_grant(prod, web.name);
    s.add_grant(prod, {});
    const auto token = s.add_token(model::role::app, acme, web.name);
    s.close();

    const auto settings = s.settings();
    std::uint64_t changes = 0;
    const auto session = must(store::write_session::open(settings, changes));
    whole_vend vend(s.make_record(acme.id, "r1"), token.id, prod.name);
    must(session->begin());
    must(session->run(vend));
    CHECK(must(session->commit()) == 1);
    CHECK(vend.was_decided_again);

    auto* const db = session->handle().raw();
    int statements = 0;
    for (auto* used = sqlite3_next_stmt(db, nullptr); used != nullptr; used = sqlite3_next_stmt(db, used)) {
        const std::string sql = sqlite3_sql(used);
        INFO(sql);
        CHECK(temporaries_of(db, sql).empty());
        ++statements;
    }
    CHECK(statements >= 6);  // begin, token, facts, insert, head, commit at least
}
