#include "store/reader.hpp"

#include "store/migrations.hpp"
#include "store/open_connection.hpp"
#include "store/reading.hpp"

namespace hourkey::store {
namespace {

class sqlite_reader final : public reading<reader> {
public:
    sqlite_reader(std::unique_ptr<sqlite_handle> db, std::shared_ptr<const row_key> key) : reading(*db, std::move(key)), db_(std::move(db)) {}

    ~sqlite_reader() override = default;

private:
    std::unique_ptr<sqlite_handle> db_;
};

}  // namespace

result<std::unique_ptr<reader>> open_read_only(const std::string& path, std::shared_ptr<const row_key> key) {
    HK_TRY(auto db, open_for_reading(path));
    HK_TRY(const auto state, read_schema_state(*db, all_migrations()));
    if (state.version != all_migrations().back().version)
        return failure(errc::store_unavailable, "The database has an older schema.", "Run `hourkeyd migrate` first.", {});
    return std::unique_ptr<reader>(std::make_unique<sqlite_reader>(std::move(db), std::move(key)));
}

}  // namespace hourkey::store
