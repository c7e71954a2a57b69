// What transactions do about server keys.

#include "store_sqlite/write_session.hpp"

#include <string>

namespace hourkey::store {
namespace {

std::string name_of(std::uint8_t key) { return "Server key " + std::to_string(key); }

}  // namespace

result<> write_session::rotate_key(std::uint8_t id, const model::audit_hash& check) {
    HK_TRY(const auto found, rows_.keys.find(id));
    if (found && found->state == model::server_key_state::active && found->check == check)
        return failure(errc::already_exists, name_of(id) + " is the active one.");
    HK_TRY(const auto keys, rows_.keys.states());
    if (found || id < keys.active)
        return failure(errc::internal, {}, {}, name_of(id) + " has been in use before this database's active one");
    HK_CHECK(rows_.keys.replace_active(id, check, now()));
    has_changed_keys_ = true;
    return {};
}

result<> write_session::retire_key(std::uint8_t id) {
    const auto name = name_of(id);
    HK_TRY(const auto found, rows_.keys.find(id));
    if (!found) return failure(errc::not_found, "There is no server key " + std::to_string(id) + ".");
    if (found->state == model::server_key_state::retired) return failure(errc::already_exists, name + " is retired.");
    if (found->state == model::server_key_state::active)
        return failure(errc::in_use, name + " is the active one.", "Replace it first: hourkeyd key rotate.");
    HK_TRY(const auto living, rows_.key_use.count_living_tokens(id, now(), 1));
    if (living != 0)
        return failure(errc::in_use, name + " made tokens that still work: `hourkeyd key list` tells how many.",
                       "Wait until they have expired, or revoke them: a token made anew is under the new key.");
    HK_TRY(const auto sealed, rows_.key_use.count_sealed_rows(id, 1));
    if (sealed != 0)
        return failure(errc::in_use, name + " has sealed rows that are still good.",
                       "A running hourkeyd seals them anew: try again in a moment.");
    HK_CHECK(rows_.keys.retire(id));
    has_changed_keys_ = true;
    return {};
}

}  // namespace hourkey::store
