#include "api/tenant.hpp"

#include "api/description.hpp"
#include "api/forms.hpp"
#include "api/page.hpp"

namespace hourkey::api {

template <class Of, class Fields>
void tenant::describe(Of& of, Fields& has) {
    has({"name", "Unique on this server.", name_form}, of.name);
    has({"id", "A ULID; another one when a tenant of this name is made anew.", id_form}, of.id);
    has({"created_at", "When it was made."}, of.created_at);
    has(revision_field, of.revision);
}

template <class Of, class Fields>
void tenant_request::describe(Of& of, Fields& has) {
    has({"name", "Unique on this server.", name_form}, of.name);
}

template struct shape<tenant>;
template struct shape<page<tenant>>;
template struct shape<tenant_request>;

}  // namespace hourkey::api
