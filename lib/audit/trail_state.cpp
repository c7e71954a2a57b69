#include "audit/trail_state.hpp"

namespace hourkey::audit {
namespace {

using enum model::state_table;

constexpr std::array<std::string_view, 4> names{"unrecorded", "differs", "vanished", "unsealed"};
constexpr std::string_view app_prefix = "apps/", connection_prefix = "connections/";

std::string app_of_token(const model::audit_fields& fields) {
    for (const auto& e : fields.entries())
        if (e.field == model::audit_field::app) return std::get<std::string>(e.is);
    return {};
}

}  // namespace

std::string_view to_text(difference_kind k) noexcept { return names[static_cast<std::size_t>(k)]; }

void trail_state::apply(const model::audit_record& r) {
    if (r.detail.before.empty() && r.detail.after.empty()) return;  // it changed nothing
    const auto key = model::key_of(r.tenant_id, r.target);
    if (!key) return;
    if (!r.detail.after.empty()) {
        const bool is_new = of(key->table)
                                .insert_or_assign(key->bytes, entry{r.tenant_id, r.target, r.detail.after.canonical()})
                                .second;
        if (is_new && key->table == tokens) {
            tokens_of_tenant_[r.tenant_id].push_back(key->bytes);
            if (const auto app = app_of_token(r.detail.after); !app.empty())
                tokens_of_app_[{r.tenant_id, app}].push_back(key->bytes);
        }
        return;
    }
    of(key->table).erase(key->bytes);
    // What goes with it has no records of its own.
    if (key->table == tenants) end_with_tenant(r.tenant_id);
    if (key->table == connections)
        end_with_connection(r.tenant_id, std::string_view(r.target).substr(connection_prefix.size()));
    if (key->table == apps) end_with_app(r, r.target.substr(app_prefix.size()));
}

void trail_state::end_with_tenant(const ulid& tenant) {
    for (const auto& key : tokens_of_tenant_[tenant]) of(tokens).erase(key);
    tokens_of_tenant_.erase(tenant);
}

void trail_state::end_with_connection(const ulid& tenant, std::string_view connection) {
    auto& all = of(grants);
    const auto first = model::first_key_of(tenant, connection);
    auto at = all.lower_bound(first);
    while (at != all.end() && at->first.starts_with(first)) at = all.erase(at);
}

void trail_state::end_with_app(const model::audit_record& r, const std::string& app) {
    auto& all = of(grants);
    const auto first = model::first_key_of(r.tenant_id);
    const auto tail = '\0' + app;
    for (auto at = all.lower_bound(first); at != all.end() && at->first.starts_with(first);)
        at = at->first.ends_with(tail) ? all.erase(at) : std::next(at);

    const auto mine = tokens_of_app_.find({r.tenant_id, app});
    if (mine == tokens_of_app_.end()) return;
    for (const auto& key : mine->second) {
        const auto token = of(tokens).find(key);
        if (token == of(tokens).end()) continue;
        auto fields = model::audit_fields::parse(token->second.fields);
        if (fields && fields->entries().back().field != model::audit_field::revoked_at)
            token->second.fields = fields->time(model::audit_field::revoked_at, r.time).canonical();
    }
    tokens_of_app_.erase(mine);
}

void trail_state::compare(model::state_table table, const std::string& after, const model::state_page& page,
                          page_kind kind, std::vector<difference>& found) const {
    const auto& told = tables_[static_cast<std::size_t>(table)];
    auto expected = after.empty() ? told.begin() : told.upper_bound(after);
    const auto vanished_until = [&](const std::string* until) {
        for (; expected != told.end() && (until == nullptr || expected->first < *until); ++expected)
            found.push_back({difference_kind::vanished, expected->second.tenant_id, expected->second.target});
    };
    for (const auto& row : page.rows) {
        const auto key = model::key_of(row.tenant_id, row.target);
        if (!key) continue;
        vanished_until(&key->bytes);
        const auto tell = [&](difference_kind k) { found.push_back({k, row.tenant_id, row.target}); };
        if (expected == told.end() || expected->first != key->bytes) {
            tell(difference_kind::unrecorded);
            continue;
        }
        if (expected->second.tenant_id != row.tenant_id || expected->second.fields != row.fields.canonical()) {
            tell(difference_kind::differs);
        } else if (!row.is_sealed) {
            tell(difference_kind::unsealed);
        }
        ++expected;
    }
    if (kind == page_kind::last_page) vanished_until(nullptr);
}

}  // namespace hourkey::audit
