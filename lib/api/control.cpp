#include "api/control.hpp"

#include "api/description.hpp"
#include "api/token_fields.hpp"

namespace hourkey::api {
namespace {

constexpr std::array<std::string_view, 2> copy_states{"copying", "ready"};

}  // namespace

template <class Of, class Fields>
void local_token_request::describe(Of& of, Fields& has) {
    has({"tenant", "Whose token it is; an operator's is nobody's.", name_form}, of.tenant);
    has(token_role_field, of.role);
    has(token_app_field, of.app);
    has(token_stage_field, of.stage);
    has(token_life_field, of.expires_in);
}

template <class Of, class Fields>
void key_changed::describe(Of& of, Fields& has) {
    has({.name = "id", .meaning = "Its number in the ring.", .least = 1, .most = 255}, of.id);
}

template <class Of, class Fields>
void copy_begun::describe(Of& of, Fields& has) {
    has({.name = "id", .meaning = "By which it is asked for.", .least = 1}, of.id);
}

template <class Of, class Fields>
void copy_progress::describe(Of& of, Fields& has) {
    has({"state", "ready: the file is whole.", {.values = copy_states}}, of.state);
    has({"file", "Where the copy is, once it is ready."}, of.file);
}

template struct shape<local_token_request>;
template struct shape<key_changed>;
template struct shape<copy_begun>;
template struct shape<copy_progress>;

}  // namespace hourkey::api
