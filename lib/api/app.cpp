#include "api/app.hpp"

#include "api/description.hpp"
#include "api/forms.hpp"
#include "api/page.hpp"

namespace hourkey::api {

template <class Of, class Fields>
void app::describe(Of& of, Fields& has) {
    has({"name", "Unique in its tenant.", name_form}, of.name);
    has({"created_at", "When it was made."}, of.created_at);
    has(revision_field, of.revision);
}

template struct shape<app>;
template struct shape<page<app>>;

}  // namespace hourkey::api
