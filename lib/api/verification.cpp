#include "api/verification.hpp"

#include "api/description.hpp"
#include "api/forms.hpp"

namespace hourkey::api {
namespace {

constexpr std::array<std::string_view, 4> outcomes{"pass", "fail", "warn", "skipped"};

}  // namespace

template <class Of, class Fields>
void verification_step::describe(Of& of, Fields& has) {
    has({"id", "What was looked at."}, of.id);
    has({"state", "warn: inconclusive.", {.values = outcomes}}, of.state);
    has({"cause", "What was found; empty when all is well."}, of.cause);
    has({"fix", "What to do about it."}, of.fix);
}

template <class Of, class Fields>
void verification::describe(Of& of, Fields& has) {
    has({"state", "The connection's, from now on.", state_form}, of.state);
    has({"steps", "In the order in which they were taken."}, of.steps);
}

template struct shape<verification_step>;
template struct shape<verification>;

}  // namespace hourkey::api
