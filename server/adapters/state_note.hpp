#pragma once

#include "model/audit_record.hpp"
#include "model/audited_state.hpp"
#include "store/row_change.hpp"

namespace hourkey::server {

/// Puts what was found and what was left into a change's record.
template <class Row>
void note_states(model::audit_record& record, const store::row_change<Row>& done) {
    if (done.before) record.detail.before = model::audited_state(*done.before);
    if (done.after) record.detail.after = model::audited_state(*done.after);
}

}  // namespace hourkey::server
