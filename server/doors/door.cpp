#include "server/doors/door.hpp"

#include "server/doors/error_answer.hpp"
#include "server/doors/hint.hpp"

namespace hourkey::server {

http::response door::refusal(failure why, const call& what, const route* row) const {
    why.hint = fill_in(why.hint, row, what);
    return error_answer(why, what.request_id);
}

}  // namespace hourkey::server
