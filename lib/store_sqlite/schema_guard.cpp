#include "store_sqlite/schema_guard.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

namespace hourkey::store {
namespace {

struct object {
    std::string type;
    std::string name;
    std::string table;
    std::string sql;  ///< empty: an index that SQLite makes for a key

    friend auto operator<=>(const object&, const object&) = default;
};

/// Sorted.
result<std::vector<object>> objects_of(sqlite_handle& db) {
    statement select(
        db,
        "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_schema WHERE NOT (type = 'table' AND tbl_name = "
        "name AND sql IN ("
        "'CREATE TABLE sqlite_stat1(tbl,idx,stat)', 'CREATE TABLE sqlite_stat4(tbl,idx,neq,nlt,ndlt,sample)'))");
    std::vector<object> all;
    query q(select);
    for (;;) {
        HK_TRY(const bool has_row, q.next());
        if (!has_row) break;
        object one;
        for (auto* part : {&one.type, &one.name, &one.table, &one.sql}) *part = q.text();
        all.push_back(std::move(one));
    }
    std::ranges::sort(all);
    return all;
}

result<std::vector<object>> objects_made_by(std::span<const migration> migrations, int version) {
    HK_TRY(const auto db, sqlite_handle::open(":memory:", sqlite_handle::access::read_write, {}));
    HK_TRY(const auto rules, migration_rules::set(*db));
    for (const auto& m : migrations)
        if (m.version <= version) HK_CHECK(db->execute(m.sql));
    return objects_of(*db);
}

failure foreign_schema(const object& what, std::string_view is) {
    return failure(errc::store_corrupt,
                   "The database's schema is not what hourkey makes: the " + what.type + " " + what.name + " " +
                       std::string(is) + ". Somebody else has changed the file.",
                   "Find out who, and restore the last backup that `hourkeyd restore --check` calls sound.", {});
}

bool has_name_of(const std::vector<object>& all, const object& one) {
    return std::ranges::any_of(all, [&](const object& o) { return o.type == one.type && o.name == one.name; });
}

}  // namespace

result<> check_schema(sqlite_handle& db, std::span<const migration> migrations, int version) {
    HK_TRY(const auto expected, objects_made_by(migrations, version));
    HK_TRY(const auto found, objects_of(db));
    std::vector<object> foreign, missing;
    std::ranges::set_difference(found, expected, std::back_inserter(foreign));
    std::ranges::set_difference(expected, found, std::back_inserter(missing));
    if (!foreign.empty())
        return foreign_schema(foreign.front(),
                              has_name_of(expected, foreign.front()) ? "is another one" : "is none of its own");
    if (!missing.empty()) return foreign_schema(missing.front(), "is missing");
    return {};
}

}  // namespace hourkey::store
