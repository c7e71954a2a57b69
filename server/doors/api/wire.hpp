#pragma once

#include "api/app.hpp"
#include "api/connection.hpp"
#include "api/grant.hpp"
#include "api/tenant.hpp"
#include "api/token.hpp"
#include "model/connection.hpp"
#include "model/grant.hpp"
#include "model/tenant.hpp"
#include "model/token.hpp"

#include <string>

namespace hourkey::server::api {

namespace wire = hourkey::api;  // which this namespace hides

/// A thing of the model as the API shows it.
[[nodiscard]] wire::tenant to_wire(const model::tenant& t);
[[nodiscard]] wire::app to_wire(const model::app& a);
[[nodiscard]] wire::grant to_wire(const model::grant& g);
[[nodiscard]] wire::token to_wire(const model::token& t);
/// `principal_arn`: who hourkey is to AWS; empty while that is not known.
[[nodiscard]] wire::connection to_wire(const model::connection& c, const std::string& principal_arn);

}  // namespace hourkey::server::api
