#include "store_sqlite/resealing.hpp"

#include "store_sqlite/grants.hpp"
#include "store_sqlite/rows.hpp"

#include <array>
#include <vector>

namespace hourkey::store {
namespace {

using enum model::state_table;

template <class Row>
struct found_row {
    reseal_place place;
    std::optional<Row> row;  ///< none: something else has written it
};

/// All rows of `q`, whose first columns `read_place` reads and whose others `read` does.
template <class Row, class ReadPlace, class Read>
result<std::vector<found_row<Row>>> read_rows(query& q, ReadPlace read_place, Read read) {
    std::vector<found_row<Row>> out;
    for (;;) {
        HK_TRY(const bool has_row, q.next());
        if (!has_row) return out;
        found_row<Row> found{.place = read_place(q), .row = {}};
        auto row = read(q, found.place);
        if (row) {
            found.row = *std::move(row);
        } else if (!is_unusable_row(row.error())) {
            return std::move(row).error();
        }
        out.push_back(std::move(found));
    }
}

/// Each good row through `put`; what comes behind is the table after.
template <class Row, class Put>
result<reseal_step> seal_all(const std::vector<found_row<Row>>& found, std::size_t most,
                             std::optional<model::state_table> after, Put put) {
    reseal_step done;
    for (const auto& f : found) {
        if (!f.row) {
            ++done.broken;
            continue;
        }
        HK_CHECK(put(*f.row));
        ++done.resealed;
    }
    if (found.size() == most) {
        done.next = found.back().place;
    } else if (after) {
        done.next = reseal_place{.table = *after, .tenant = {}, .first = {}, .second = {}};
    }
    return done;
}

}  // namespace

result<reseal_step> resealing::step(const reseal_place& from, std::size_t most) {
    if (from.table == connections) return of_connections(from, most);
    return from.table == grants ? of_grants(from, most) : of_tokens(from, most);
}

result<reseal_step> resealing::of_connections(const reseal_place& from, std::size_t most) {
    const std::array<unsigned char, 1> active{sealer_.active_key()};
    std::vector<found_row<model::connection>> found;
    {
        query q(connections_, active, from.tenant, from.first, std::uint64_t{most});
        const auto place = [](query& row) {
            const auto tenant = row.id();
            return reseal_place{.table = connections, .tenant = tenant, .first = std::string(row.text()), .second = {}};
        };
        HK_TRY(found, read_rows<model::connection>(q, place, [this](query& row, const reseal_place&) {
                   return read_connection(row, sealer_, seal_use::demanded);
               }));
    }
    return seal_all(found, most, std::optional(grants), [this](const model::connection& c) -> result<> {
        HK_CHECK(query(seal_connection_, c.tenant_id, c.name, sealer_.seal(c)).run());
        return {};
    });
}

result<reseal_step> resealing::of_grants(const reseal_place& from, std::size_t most) {
    const std::array<unsigned char, 1> active{sealer_.active_key()};
    std::vector<found_row<model::grant>> found;
    {
        query q(grants_, active, from.tenant, from.first, from.second, std::uint64_t{most});
        const auto place = [](query& row) {
            reseal_place out{.table = grants, .tenant = row.id(), .first = {}, .second = {}};
            out.first = row.text();
            out.second = row.text();
            return out;
        };
        HK_TRY(found,
               read_rows<model::grant>(q, place, [this](query& row, const reseal_place& at) -> result<model::grant> {
                   const auto connection = connection_name::parse(at.first);
                   if (!connection) return damaged_row("grants");
                   return read_grant(row, at.tenant, *connection, sealer_, seal_use::demanded);
               }));
    }
    return seal_all(found, most, std::optional(tokens), [this](const model::grant& g) -> result<> {
        const std::string app = g.app ? g.app->str() : "*";
        HK_CHECK(query(seal_grant_, g.tenant_id, g.connection, app, sealer_.seal(g)).run());
        return {};
    });
}

result<reseal_step> resealing::of_tokens(const reseal_place& from, std::size_t most) {
    const std::array<unsigned char, 1> active{sealer_.active_key()};
    std::vector<found_row<model::token>> found;
    {
        query q(tokens_, active, from.tenant, std::uint64_t{most});
        const auto place = [](query& row) {
            return reseal_place{.table = tokens, .tenant = row.id(), .first = {}, .second = {}};
        };
        HK_TRY(found, read_rows<model::token>(q, place, [this](query& row, const reseal_place&) {
                   return read_token(row, sealer_, seal_use::demanded);
               }));
    }
    return seal_all(found, most, std::nullopt, [this](const model::token& t) -> result<> {
        HK_CHECK(query(seal_token_, t.id, sealer_.seal(t)).run());
        return {};
    });
}

}  // namespace hourkey::store
