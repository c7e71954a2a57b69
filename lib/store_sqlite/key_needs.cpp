#include "store_sqlite/key_needs.hpp"

#include "store_sqlite/grants.hpp"
#include "store_sqlite/rows.hpp"

#include <array>

namespace hourkey::store {
namespace {

/// The rows of `q` that `read` can read, added to `found`, up to `most`.
template <class Read>
result<> count_good(query& q, std::uint64_t most, std::uint64_t& found, Read read) {
    while (found < most) {
        HK_TRY(const bool has_row, q.next());
        if (!has_row) break;
        const auto row = read(q);
        if (row)
            ++found;
        else if (!is_unusable_row(row.error()))
            return row.error();
    }
    return {};
}

}  // namespace

result<std::uint64_t> key_needs::count_living_tokens(std::uint8_t key, wall_time now, std::uint64_t most) {
    std::uint64_t found = 0;
    query q(living_tokens_, std::uint64_t{key}, now);
    HK_CHECK(count_good(q, most, found, [this](query& row) { return read_token(row, sealer_, seal_use::demanded); }));
    return found;
}

result<std::uint64_t> key_needs::count_sealed_rows(std::uint8_t key, std::uint64_t most) {
    const std::array<unsigned char, 1> first_byte{key};
    std::uint64_t found = 0;
    query tokens(tokens_, first_byte);
    HK_CHECK(
        count_good(tokens, most, found, [this](query& row) { return read_token(row, sealer_, seal_use::demanded); }));
    query connections(connections_, first_byte);
    HK_CHECK(count_good(connections, most, found,
                        [this](query& row) { return read_connection(row, sealer_, seal_use::demanded); }));
    query grants(grants_, first_byte);
    HK_CHECK(count_good(grants, most, found, [this](query& row) -> result<model::grant> {
        const auto tenant = row.id();
        HK_TRY(const auto connection, read_name<connection_name>(row, "grants"));
        return read_grant(row, tenant, connection, sealer_, seal_use::demanded);
    }));
    return found;
}

}  // namespace hourkey::store
