#pragma once

#include "core/task.hpp"
#include "linking/open_findings.hpp"
#include "linking/verifier.hpp"
#include "server/doors/call.hpp"
#include "server/services.hpp"

namespace hourkey::server {

/// Records a verification with all sessions that it made at AWS, and gives the connection the state that it proves.
/// What raises trust is the asker's change, and its token must still be good; what lowers it is the server's own: it is
/// stored whoever asked, holds from this moment on, and is tried again until it is stored.
[[nodiscard]] task<result<>> keep_verdict(services& with, const call& what, const model::connection& seen,
                                          const linking::verification& v);

}  // namespace hourkey::server
