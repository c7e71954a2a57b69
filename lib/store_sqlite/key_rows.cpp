#include "store_sqlite/key_rows.hpp"

#include <array>

namespace hourkey::store {

result<std::vector<model::server_key>> key_rows::list(wall_time now) {
    std::vector<model::server_key> out;
    {
        query q(list_, now);
        for (;;) {
            HK_TRY(const bool has_row, q.next());
            if (!has_row) break;
            model::server_key k;
            k.id = static_cast<std::uint8_t>(q.integer());
            const auto state = model::parse_server_key_state(q.text());
            k.created_at = q.time();
            k.living_tokens = static_cast<std::uint64_t>(q.integer());
            if (!state) return damaged_row("server_keys");
            k.state = *state;
            out.push_back(k);
        }
    }
    for (auto& k : out) {
        const std::array<unsigned char, 1> first_byte{k.id};
        query q(sealed_, first_byte);
        HK_CHECK(q.next());
        k.sealed_rows = static_cast<std::uint64_t>(q.integer());
    }
    return out;
}

result<> key_rows::replace_active(std::uint8_t id, const model::audit_hash& check, wall_time now) {
    HK_CHECK(query(make_old_).run());
    HK_CHECK(query(insert_, std::uint64_t{id}, check, now).run());
    return {};
}

result<> key_rows::retire(std::uint8_t id) {
    HK_CHECK(query(retire_, std::uint64_t{id}).run());
    return {};
}

}  // namespace hourkey::store
