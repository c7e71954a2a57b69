#include "model/audit_target.hpp"

namespace hourkey::model {
namespace {

std::string bytes_of(const ulid& id) { return {reinterpret_cast<const char*>(id.bytes().data()), id.bytes().size()}; }

bool take(std::string_view& from, std::string_view front) {
    if (!from.starts_with(front)) return false;
    from.remove_prefix(front.size());
    return true;
}

}  // namespace

std::string first_key_of(const ulid& tenant) { return bytes_of(tenant); }

// No name has a NUL in it, which sorts before all that names have.
std::string first_key_of(const ulid& tenant, std::string_view connection) {
    return bytes_of(tenant).append(connection).append(1, '\0');
}

std::optional<state_key> key_of(const ulid& tenant, std::string_view target) {
    if (take(target, "tenants/")) return state_key{state_table::tenants, bytes_of(tenant)};
    if (take(target, "apps/")) return state_key{state_table::apps, first_key_of(tenant).append(target)};
    if (take(target, "tokens/")) {
        const auto id = ulid::parse(target);
        return id ? std::optional(state_key{state_table::tokens, bytes_of(*id)}) : std::nullopt;
    }
    if (!take(target, "connections/")) return std::nullopt;
    constexpr std::string_view grants = "/grants/";
    const auto at = target.find(grants);
    if (at == std::string_view::npos) return state_key{state_table::connections, first_key_of(tenant).append(target)};
    return state_key{state_table::grants,
                     first_key_of(tenant, target.substr(0, at)).append(target.substr(at + grants.size()))};
}

}  // namespace hourkey::model
