#include "store_sqlite/open_read_only.hpp"

#include "store_sqlite/migrations.hpp"
#include "store_sqlite/open_connection.hpp"
#include "store_sqlite/reading.hpp"

namespace hourkey::store {
namespace {

class sqlite_reader final : public reading<reader> {
public:
    sqlite_reader(std::unique_ptr<sqlite_handle> db, std::shared_ptr<const row_keys> keys, epoch_source epoch)
        : reading(*db, std::move(keys)), db_(std::move(db)), epoch_(std::move(epoch)) {}

    ~sqlite_reader() override = default;

    result<model::vend_view> read_vend(const ulid& token, const std::optional<connection_name>& connection) override {
        const model::authorisation_mark seen{
            .epoch = epoch_ ? epoch_() : 0};  // before the snapshot: what has changed since is missed by nobody
        HK_CHECK(query(begin_).run());
        auto view = read_vend_rows(token, connection, seen);
        HK_CHECK(query(end_).run());
        return view;
    }

private:
    std::unique_ptr<sqlite_handle> db_;
    epoch_source epoch_;
    statement begin_{*db_, "BEGIN"};
    statement end_{*db_, "COMMIT"};
};

}  // namespace

result<std::unique_ptr<reader>> open_read_only(const std::string& path, std::shared_ptr<const row_keys> keys,
                                               epoch_source epoch) {
    HK_TRY(auto db, open_for_reading(path));
    HK_TRY(const auto state, read_schema_state(*db, all_migrations()));
    if (state.version != all_migrations().back().version)
        return failure(errc::store_unavailable, "The database has an older schema.", "Run `hourkeyd migrate` first.",
                       {});
    return std::unique_ptr<reader>(std::make_unique<sqlite_reader>(std::move(db), std::move(keys), std::move(epoch)));
}

}  // namespace hourkey::store
