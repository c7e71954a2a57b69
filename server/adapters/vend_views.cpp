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

vend_views::kept_view* vend_views::find_kept(const ulid& token, const std::optional<connection_name>& connection) {
    // A finding that is not stored yet has changed no row.
    if (!connection || !findings_.is_empty()) return nullptr;
    key k{.token = token, .connection = *connection};
    const auto now = database_.authorisation();
    if (const auto at = young_.find(k); at != young_.end()) return at->second.view->seen == now ? &at->second : nullptr;
    const auto at = old_.find(k);
    if (at == old_.end() || at->second.view->seen != now) return nullptr;
    return keep(std::move(k), std::move(old_.extract(at).mapped()));
}

task<result<vend_views::view_ptr>> vend_views::read_anew(ulid token, std::optional<connection_name> connection) {
    HK_CO_TRY(auto read, co_await database_.read_vend(token, connection));
    const bool is_whole = read.token && read.facts && connection;
    const bool is_doubtful = !findings_.is_empty();
    if (read.facts && read.facts->connection) findings_.apply_to(*read.facts->connection);
    auto view = std::make_shared<const model::vend_view>(std::move(read));
    if (is_whole && !is_doubtful)
        keep({.token = token, .connection = *std::move(connection)}, {.view = view, .print = {}});
    co_return view;
}

void vend_views::forget(const ulid& token, const std::optional<connection_name>& connection) {
    if (!connection) return;
    const key k{.token = token, .connection = *connection};
    young_.erase(k);
    old_.erase(k);
}

vend_views::kept_view* vend_views::keep(key k, kept_view what) {
    if (young_.size() >= most_of_a_generation) {
        old_ = std::move(young_);
        young_.clear();
    }
    return &young_.insert_or_assign(std::move(k), std::move(what)).first->second;
}

}  // namespace hourkey::server
