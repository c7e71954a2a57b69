#include "audit/told_keys.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>

namespace hourkey::audit {
namespace {

using enum model::server_key_state;

constexpr std::string_view folder = "keys/";

std::optional<std::uint8_t> id_in(std::string_view target) {
    if (!target.starts_with(folder)) return std::nullopt;
    target.remove_prefix(folder.size());
    std::uint8_t id = 0;
    const auto* const end = target.data() + target.size();
    const auto [stopped, error] = std::from_chars(target.data(), end, id);
    return error == std::errc{} && stopped == end ? std::optional(id) : std::nullopt;
}

difference of(difference_kind kind, std::uint8_t id) {
    return {.kind = kind, .tenant_id = {}, .target = std::string(folder) + std::to_string(id)};
}

}  // namespace

void told_keys::apply(const model::audit_record& r) {
    const bool is_rotation = r.action == model::audit_action::key_rotate;
    if (!is_rotation && r.action != model::audit_action::key_retire) return;
    const auto id = id_in(r.target);
    if (!id) return;
    ++changes_;
    if (is_rotation) {
        is_first_active_ = false;
        for (auto& [other, state] : states_)
            if (state == active) state = old;
    }
    states_[*id] = is_rotation ? active : retired;
}

void told_keys::compare(const std::vector<model::server_key>& stored, std::vector<difference>& found) const {
    std::size_t first_keys = 0;
    for (const auto& key : stored) {
        const auto told = states_.find(key.id);
        if (told == states_.end() && ++first_keys > 1) {
            found.push_back(of(difference_kind::unrecorded, key.id));
            continue;
        }
        const auto expected = told != states_.end() ? told->second : is_first_active_ ? active : old;
        if (key.state != expected) found.push_back(of(difference_kind::differs, key.id));
    }
    for (const auto& [id, state] : states_)
        if (std::ranges::find(stored, id, &model::server_key::id) == stored.end())
            found.push_back(of(difference_kind::vanished, id));
}

}  // namespace hourkey::audit
