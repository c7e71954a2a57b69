#include "api/whoami.hpp"

#include "api/description.hpp"
#include "api/forms.hpp"

namespace hourkey::api {

template <class Of, class Fields>
void whoami::describe(Of& of, Fields& has) {
    has({"role", "What the token may do.", role_form}, of.role);
    has({"token_id", "A ULID.", id_form}, of.token_id);
    has({"tenant", "Of every role but operator.", name_form}, of.tenant);
    has({"app", "Of role app.", name_form}, of.app);
    has({"stage", "That the token is pinned to.", name_form}, of.stage);
    has({"expires_at", "When the token ends."}, of.expires_at);
}

template struct shape<whoami>;

}  // namespace hourkey::api
