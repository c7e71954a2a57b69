#pragma once

#include "model/audit_fields.hpp"
#include "model/connection.hpp"
#include "model/grant.hpp"
#include "model/tenant.hpp"
#include "model/token.hpp"

namespace hourkey::model {

/// What the audit keeps of a thing: all that decides what someone may do, and nothing that comes and goes without a
/// record (a token's last use, when a connection was last found active). `audit verify` holds the living row against
/// it.
[[nodiscard]] audit_fields audited_state(const tenant& t);
[[nodiscard]] audit_fields audited_state(const app& a);
[[nodiscard]] audit_fields audited_state(const connection& c);
[[nodiscard]] audit_fields audited_state(const grant& g);
[[nodiscard]] audit_fields audited_state(const token& t);

}  // namespace hourkey::model
