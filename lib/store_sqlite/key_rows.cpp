#include "store_sqlite/key_rows.hpp"

#include "store_sqlite/rows.hpp"

namespace hourkey::store {
namespace {

result<> change_one(const result<int>& changed) {
    if (!changed) return changed.error();
    if (*changed != 1) return damaged_row("server_keys");
    return {};
}

}  // namespace

result<std::vector<model::server_key>> key_rows::list() {
    std::vector<model::server_key> out;
    query q(list_);
    for (;;) {
        HK_TRY(const bool has_row, q.next());
        if (!has_row) break;
        model::server_key k;
        k.id = static_cast<std::uint8_t>(q.integer());
        const auto state = model::parse_server_key_state(q.text());
        k.created_at = q.time();
        if (!state) return damaged_row("server_keys");
        k.state = *state;
        out.push_back(k);
    }
    return out;
}

result<key_states> key_rows::states() {
    key_states out;
    query q(states_);
    for (;;) {
        HK_TRY(const bool has_row, q.next());
        if (!has_row) break;
        const auto id = static_cast<std::uint8_t>(q.integer());
        const auto state = model::parse_server_key_state(q.text());
        if (state == model::server_key_state::active) out.active = id;
        if (state == model::server_key_state::retired) out.retired.push_back(id);
    }
    if (out.active == 0) return damaged_row("server_keys");
    return out;
}

result<std::optional<stored_key>> key_rows::find(std::uint8_t id) {
    query q(find_, std::uint64_t{id});
    return find_row<stored_key>(q, [](query& row) -> result<stored_key> {
        const auto state = model::parse_server_key_state(row.text());
        const auto check = row.digest();
        if (!state || !row.is_whole()) return damaged_row("server_keys");
        return stored_key{.state = *state, .check = check};
    });
}

result<> key_rows::replace_active(std::uint8_t id, const model::audit_hash& check, wall_time now) {
    HK_CHECK(change_one(query(make_old_).run()));
    return change_one(query(insert_, std::uint64_t{id}, check, now).run());
}

result<> key_rows::retire(std::uint8_t id) { return change_one(query(retire_, std::uint64_t{id}).run()); }

}  // namespace hourkey::store
