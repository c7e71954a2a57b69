// What transactions do about server keys.

#include "store_sqlite/write_session.hpp"

#include <algorithm>
#include <string>

namespace hourkey::store {

result<> write_session::rotate_key(std::uint8_t id, const model::audit_hash& check) {
    return rows_.keys.replace_active(id, check, now());
}

result<> write_session::retire_key(std::uint8_t id) {
    HK_TRY(const auto keys, rows_.keys.list(now()));
    const auto found = std::ranges::find(keys, id, &model::server_key::id);
    const auto name = "Server key " + std::to_string(id);
    if (found == keys.end()) return failure(errc::not_found, "There is no server key " + std::to_string(id) + ".");
    if (found->state == model::server_key_state::retired) return failure(errc::already_exists, name + " is retired.");
    if (found->state == model::server_key_state::active)
        return failure(errc::in_use, name + " is the active one.", "Replace it first: hourkeyd key rotate.");
    if (found->living_tokens != 0)
        return failure(errc::in_use,
                       name + " made " + std::to_string(found->living_tokens) + " tokens that still work.",
                       "Wait until they have expired, or revoke them: a token made anew is under the new key.");
    if (found->sealed_rows != 0)
        return failure(errc::in_use, name + " has sealed " + std::to_string(found->sealed_rows) + " rows.",
                       "A running hourkeyd seals them anew: try again in a moment. If it stays so, `hourkeyd audit "
                       "verify` names rows that nobody can seal.");
    return rows_.keys.retire(id);
}

}  // namespace hourkey::store
