#include "server/session_gate.hpp"

namespace hourkey::server {

result<session_gate::permit> session_gate::admit(const model::caller&) {
    if (!database_.is_writable()) {
        database_.count_refused();
        return failure(errc::audit_unavailable, {}, "Try again; if it lasts, the operator should look at the server's disk and /readyz.",
                       "the writer does not take records");
    }
    return permit();
}

}  // namespace hourkey::server
