#include "api/nothing.hpp"

#include "api/description.hpp"

namespace hourkey::api {

template <class Of, class Fields>
void nothing::describe(Of&, Fields&) {}

template struct shape<nothing>;

}  // namespace hourkey::api
