#pragma once

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <string>
#include <vector>

namespace hourkey::test {

inline void run_sql(const std::string& path, const std::string& sql) {
    sqlite3* db = nullptr;
    REQUIRE(sqlite3_open(path.c_str(), &db) == SQLITE_OK);
    char* error = nullptr;
    sqlite3_exec(db, sql.c_str(), nullptr, nullptr, &error);
    const std::string message = error == nullptr ? "" : error;
    CHECK(message == "");
    sqlite3_free(error);
    sqlite3_close(db);
}

/// As somebody does who knows that the schema is looked at: the triggers are there again afterwards.
inline void run_without_triggers(const std::string& path, const std::string& sql) {
    sqlite3* db = nullptr;
    REQUIRE(sqlite3_open(path.c_str(), &db) == SQLITE_OK);
    std::string drop, make;
    sqlite3_stmt* select = nullptr;
    REQUIRE(sqlite3_prepare_v2(db, "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'", -1, &select,
                               nullptr) == SQLITE_OK);
    const auto text = [&](int column) {
        return std::string(reinterpret_cast<const char*>(sqlite3_column_text(select, column)));
    };
    while (sqlite3_step(select) == SQLITE_ROW) {
        drop += "DROP TRIGGER " + text(0) + ";";
        make += text(1) + ";";
    }
    sqlite3_finalize(select);
    sqlite3_close(db);
    run_sql(path, drop + "PRAGMA ignore_check_constraints = ON;" + sql + ";" + make);
}

}  // namespace hourkey::test
