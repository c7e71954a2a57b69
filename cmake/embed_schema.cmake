# Run as a script at build time: writes the numbered migrations of schema/sqlite into one C++ source, so that the program needs
# no files beside it. -DSCHEMA_DIR=... -DOUTPUT=...
file(GLOB files ${SCHEMA_DIR}/[0-9][0-9][0-9][0-9]_*.sql)
list(SORT files)
set(rows "")
set(expected 1)
foreach(path ${files})
  get_filename_component(name ${path} NAME_WE)
  string(SUBSTRING ${name} 0 4 digits)
  string(REGEX REPLACE "^0+" "" number ${digits})
  if(NOT number EQUAL expected)
    message(FATAL_ERROR "schema/sqlite/${name}.sql: the migration after ${expected} is missing or doubled")
  endif()
  math(EXPR expected "${expected} + 1")
  file(READ ${path} sql)
  string(APPEND rows "    {${number}, \"${name}\", R\"sql(${sql})sql\"},\n")
endforeach()
file(WRITE ${OUTPUT} "// Made from schema/sqlite/*.sql by cmake/embed_schema.cmake.
#include \"store_sqlite/migrations.hpp\"

#include <array>

namespace hourkey::store {
namespace {

constexpr std::array rows = std::to_array<migration>({
${rows}});

}  // namespace

std::span<const migration> all_migrations() noexcept { return rows; }

}  // namespace hourkey::store
")
