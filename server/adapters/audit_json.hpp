#pragma once

#include "json/writer.hpp"
#include "model/audit_record.hpp"

namespace hourkey::server {

/// A record's fields behind its number and tenant, as the API and the export show them; what does not apply is left
/// out.
void write_audit_fields(json::writer& w, const model::audit_record& r);

}  // namespace hourkey::server
