#include "store_sqlite/state_rows.hpp"

#include "model/audited_state.hpp"
#include "store_sqlite/apps.hpp"
#include "store_sqlite/grants.hpp"
#include "store_sqlite/rows.hpp"
#include "store_sqlite/tenants.hpp"

namespace hourkey::store {
namespace {

using rows = std::vector<model::state_row>;

/// The names in a target: "connections/prod/grants/web" has prod and web.
struct names {
    std::string_view first, second;
};

names names_in(std::string_view target) {
    const auto after_slash = [](std::string_view text) {
        return text.substr(std::min(text.find('/') + 1, text.size()));
    };
    const auto named = after_slash(target);
    const auto slash = named.find('/');
    if (slash == std::string_view::npos) return {named, {}};
    return {named.substr(0, slash), after_slash(named.substr(slash + 1))};
}

/// Reads every row that is left through `read`: result<model::state_row>(query&).
template <class Read>
result<> read_all(query& q, rows& out, Read read) {
    for (;;) {
        HK_TRY(const bool has_row, q.next());
        if (!has_row) return {};
        HK_TRY(auto row, read(q));
        out.push_back(std::move(row));
    }
}

result<bool> is_good(const result<>& checked) {
    if (!checked && checked.error().code != errc::broken_seal) return checked.error();
    return checked.has_value();
}

/// `seal` stands behind the row's columns.
template <class Row>
result<bool> has_its_seal(query& q, row_sealer& sealer, const Row& row) {
    return is_good(sealer.check(row, q.bytes<sizeof(row_seal)>()));
}

}  // namespace

result<model::state_page> state_rows::read(model::state_table table, const model::state_row* after, std::size_t limit) {
    HK_CHECK(query(begin_).run());
    model::state_page page;
    const auto done = read_rows(table, after, limit, page.rows);
    result<std::uint64_t> seq = std::uint64_t{0};
    {
        query q(seq_);
        const auto has_row = q.next();
        if (!has_row) {
            seq = has_row.error();
        } else {
            seq = static_cast<std::uint64_t>(q.integer());
        }
    }
    HK_CHECK(query(end_).run());
    HK_CHECK(done);
    HK_TRY(page.seq, std::move(seq));
    return page;
}

result<> state_rows::read_rows(model::state_table table, const model::state_row* after, std::size_t limit, rows& out) {
    const auto tenant = after == nullptr ? ulid() : after->tenant_id;
    const auto last = after == nullptr ? names() : names_in(after->target);
    const std::uint64_t most = limit;
    switch (table) {
        case model::state_table::tenants: {
            query q(tenants_, tenant, most);
            return read_all(q, out, [](query& row) -> result<model::state_row> {
                HK_TRY(const auto t, read_tenant(row));
                return model::state_row{t.id, model::target_of(t.name), model::audited_state(t)};
            });
        }
        case model::state_table::apps: {
            query q(apps_, tenant, last.first, most);
            return read_all(q, out, [](query& row) -> result<model::state_row> {
                HK_TRY(const auto a, read_app(row));
                return model::state_row{a.tenant_id, model::target_of(a.name), model::audited_state(a)};
            });
        }
        case model::state_table::connections: {
            query q(connections_, tenant, last.first, most);
            return read_all(q, out, [this](query& row) -> result<model::state_row> {
                HK_TRY(const auto found, read_any_connection(row));
                HK_TRY(const bool is_sealed, is_good(found.check(sealer_)));
                const auto& c = found.row;
                return model::state_row{c.tenant_id, model::target_of(c.name), model::audited_state(c), is_sealed};
            });
        }
        case model::state_table::grants: {
            query q(grants_, tenant, last.first, last.second, most);
            return read_all(q, out, [this](query& row) -> result<model::state_row> {
                const auto owner = row.id();
                HK_TRY(const auto connection, read_name<connection_name>(row, "grants"));
                HK_TRY(const auto g, read_grant(row, owner, connection, sealer_, seal_use::waived));
                HK_TRY(const bool is_sealed, has_its_seal(row, sealer_, g));
                return model::state_row{owner, model::target_of(g.connection, g.app), model::audited_state(g),
                                        is_sealed};
            });
        }
        case model::state_table::tokens: break;
    }
    const auto last_id = ulid::parse(last.first);
    query q(tokens_, last_id ? *last_id : ulid(), most);
    return read_all(q, out, [this](query& row) -> result<model::state_row> {
        HK_TRY(const auto t, read_token(row, sealer_, seal_use::waived));
        HK_TRY(const bool is_sealed, has_its_seal(row, sealer_, t));
        return model::state_row{t.tenant_id, model::target_of_token(t.id), model::audited_state(t), is_sealed};
    });
}

}  // namespace hourkey::store
