#include "server/adapters/vend_views.hpp"

#include <cstring>
#include <functional>
#include <string>
#include <utility>

namespace hourkey::server {

std::size_t vend_views::key_hash::operator()(const key& k) const noexcept {
    std::size_t random = 0;  // the end of a ULID
    const auto& bytes = k.token.bytes();
    std::memcpy(&random, bytes.data() + bytes.size() - sizeof(random), sizeof(random));
    return random ^ std::hash<std::string_view>{}(k.connection.str());
}

result<vend_views::found> vend_views::read(const ulid& token, const std::optional<connection_name>& connection) {
    // A finding that is not stored yet has changed no row.
    if (!connection || !findings_.is_empty()) {
        HK_TRY(auto view, read_anew(token, connection));
        return found{.view = std::move(view), .is_kept = false};
    }
    key k{.token = token, .connection = *connection};
    if (auto kept = find_kept(k)) return found{.view = std::move(kept), .is_kept = true};
    HK_TRY(auto view, read_anew(token, connection));
    if (view->token && view->facts) keep(std::move(k), view);
    return found{.view = std::move(view), .is_kept = false};
}

result<vend_views::view_ptr> vend_views::read_anew(const ulid& token,
                                                   const std::optional<connection_name>& connection) {
    HK_TRY(auto view, reader_.read_vend(token, connection));
    if (view.facts && view.facts->connection) findings_.apply_to(*view.facts->connection);
    return std::make_shared<const model::vend_view>(std::move(view));
}

void vend_views::forget(const ulid& token, const std::optional<connection_name>& connection) {
    if (!connection) return;
    const key k{.token = token, .connection = *connection};
    young_.erase(k);
    old_.erase(k);
}

vend_views::view_ptr vend_views::find_kept(const key& k) {
    const auto now = database_.authorisation();
    if (const auto at = young_.find(k); at != young_.end()) return at->second->seen == now ? at->second : nullptr;
    const auto at = old_.find(k);
    if (at == old_.end() || at->second->seen != now) return nullptr;
    auto view = at->second;
    keep(k, view);
    return view;
}

void vend_views::keep(key k, view_ptr view) {
    if (young_.size() >= most_of_a_generation) {
        old_ = std::move(young_);
        young_.clear();
    }
    young_.insert_or_assign(std::move(k), std::move(view));
}

}  // namespace hourkey::server
