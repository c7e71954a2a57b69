#include "server/doors/control/control_door.hpp"

#include "server/doors/control/handlers.hpp"

#include <array>

#include <unistd.h>

namespace hourkey::server::control {
namespace {

using policy::right;
using enum http::method;

constexpr std::array table{
    route{post, "/control/tokens", right::anyone, create_token},
    route{delete_, "/control/tokens/{id}", right::anyone, revoke_token},
    route{post, "/control/keys", right::anyone, rotate_key},
    route{delete_, "/control/keys/{id}", right::anyone, retire_key},
    route{post, "/control/copy", right::anyone, begin_copy},
    route{get, "/control/copy/{id}", right::anyone, look_at_copy},
    route{delete_, "/control/copy/{id}", right::anyone, drop_copy},
};

}  // namespace

route_table routes() noexcept { return table; }

/// The socket's mode keeps others out; this holds where a file system does not honour modes.
task<result<>> control_door::admit(call& what, const route*) {
    const auto uid = what.http.client.uid;
    if (uid != 0 && uid != static_cast<int>(::geteuid()))
        co_return failure(errc::role_not_allowed, {}, "Run the command as the user that runs hourkeyd.");
    what.caller = {.kind = model::principal_kind::machine, .role = model::role::operator_};
    co_return result<>{};
}

}  // namespace hourkey::server::control
