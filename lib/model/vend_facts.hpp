#pragma once

#include "model/connection.hpp"
#include "model/grant.hpp"

#include <optional>

namespace hourkey::model {

/// What decides a vend besides the caller, read in one transaction.
struct vend_facts {
    std::optional<model::connection> connection;
    std::optional<grant> app_grant;  ///< for the caller's app
    std::optional<grant> any_grant;  ///< for any app of the tenant
};

}  // namespace hourkey::model
