#pragma once

#include "core/failure.hpp"
#include "core/name.hpp"
#include "core/secret.hpp"
#include "core/task.hpp"
#include "core/ulid.hpp"
#include "linking/open_findings.hpp"
#include "model/vend_view.hpp"
#include "store/database.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <unordered_map>

namespace hourkey::server {

/// What a vend rests on.
struct authorization_basis {
    std::shared_ptr<const model::vend_view> view;
    bool is_kept = false;  ///< from an earlier request: it may allow, and a refusal is read anew
};

/// What vends rest on, as the store has it. A view is kept while authorisation has not changed since, so that a token's
/// next vend asks no database: any change whatever, of whichever tenant, ends them all. A kept view may only allow;
/// whoever would refuse by one reads anew first. One a reactor.
class vend_views {
public:
    /// Half of what is kept at most; each is about a kilobyte.
    static constexpr std::size_t most_of_a_generation = 512;

    vend_views(store::database& database, const linking::open_findings& findings)
        : database_(database), findings_(findings) {}

    using view_ptr = std::shared_ptr<const model::vend_view>;
    struct kept_view {
        view_ptr view;
        secret print;  ///< auth::print_of() of the token that was found good by it; empty: none was yet
    };
    /// Null when there is none that still holds. Good until the next call.
    [[nodiscard]] kept_view* find_kept(const ulid& token, const std::optional<connection_name>& connection);
    /// And kept from then on. Fails as store::database::read_vend() does.
    [[nodiscard]] task<result<view_ptr>> read_anew(ulid token, std::optional<connection_name> connection);
    /// The token's row is to be changed, in what is no right.
    void forget(const ulid& token, const std::optional<connection_name>& connection);

private:
    struct key {
        ulid token;
        connection_name connection;
        friend bool operator==(const key&, const key&) = default;
    };
    struct key_hash {
        std::size_t operator()(const key& k) const noexcept;
    };
    using generation = std::unordered_map<key, kept_view, key_hash>;

    kept_view* keep(key k, kept_view what);

    store::database& database_;
    const linking::open_findings& findings_;
    generation young_, old_;  ///< what was not used while the young one filled up goes with the old one
};

}  // namespace hourkey::server
