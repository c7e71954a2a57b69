#include "model/principal.hpp"

#include "model/token.hpp"

namespace hourkey::model {

principal principal_of(const token& t) {
    return {.kind = principal_kind::token,
            .id = t.id,
            .role = t.role,
            .tenant_id = t.tenant_id,
            .tenant = t.tenant,
            .app = t.app,
            .stage = t.stage,
            .until = t.expires_at};
}

}  // namespace hourkey::model
