#include "store_sqlite/apps.hpp"

#include "store_sqlite/rows.hpp"

namespace hourkey::store {

result<model::app> read_app(query& q) {
    const auto tenant = q.id();
    HK_TRY(auto name, read_name<app_name>(q, "apps"));
    const auto created_at = q.time();
    return model::app{tenant, std::move(name), created_at, static_cast<std::uint64_t>(q.integer())};
}

result<std::optional<model::app>> app_rows::find(const ulid& tenant, const app_name& name) {
    query q(find_, tenant, name);
    return find_row<model::app>(q, read_app);
}

result<page<model::app>> app_rows::list(const ulid& tenant, const page_request& p) {
    HK_TRY(const auto after, read_place(cursor_of::apps, p));
    query q(list_, tenant, after, std::uint64_t{p.limit + 1});
    return read_page<model::app>(cursor_of::apps, q, p.limit, read_app,
                                 [](const model::app& a) { return a.name.str(); });
}

result<> app_rows::insert(const model::app& a) {
    HK_CHECK(query(insert_, a.tenant_id, a.name, a.created_at, a.revision).run());
    return {};
}

result<> app_rows::remove(const ulid& tenant, const app_name& name) {
    HK_CHECK(query(remove_, tenant, name).run());
    return {};
}

}  // namespace hourkey::store
