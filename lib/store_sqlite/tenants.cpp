#include "store_sqlite/tenants.hpp"

#include "store_sqlite/rows.hpp"

namespace hourkey::store {

result<model::tenant> read_tenant(query& q) {
    const auto id = q.id();
    HK_TRY(auto name, read_name<tenant_name>(q, "tenants"));
    const auto created_at = q.time();
    return model::tenant{id, std::move(name), created_at, static_cast<std::uint64_t>(q.integer())};
}

result<std::optional<model::tenant>> tenant_rows::find(const tenant_name& name) {
    query q(find_, name);
    return find_row<model::tenant>(q, read_tenant);
}

result<std::optional<model::tenant>> tenant_rows::find_by_id(const ulid& id) {
    query q(find_by_id_, id);
    return find_row<model::tenant>(q, read_tenant);
}

result<page<model::tenant>> tenant_rows::list(const page_request& p) {
    HK_TRY(const auto after, read_place(cursor_of::tenants, p));
    query q(list_, after, std::uint64_t{p.limit + 1});
    return read_page<model::tenant>(cursor_of::tenants, q, p.limit, read_tenant,
                                    [](const model::tenant& t) { return t.name.str(); });
}

result<> tenant_rows::insert(const model::tenant& t) {
    HK_CHECK(query(insert_, t.id, t.name, t.created_at, t.revision).run());
    return {};
}

result<> tenant_rows::remove(const ulid& id) {
    query used(is_used_, id);
    HK_CHECK(used.next());
    if (used.integer() != 0)
        return failure(errc::in_use, "The tenant still has apps or connections.", "Delete them first.");
    HK_CHECK(query(remove_, id).run());
    return {};
}

}  // namespace hourkey::store
