#pragma once

#include "core/failure.hpp"
#include "core/task.hpp"
#include "http/message.hpp"
#include "server/doors/call.hpp"

namespace hourkey::server {
struct services;
}

namespace hourkey::server::control {

task<result<http::response>> create_token(services& with, call& what);
task<result<http::response>> revoke_token(services& with, call& what);

task<result<http::response>> rotate_key(services& with, call& what);
task<result<http::response>> retire_key(services& with, call& what);

task<result<http::response>> begin_copy(services& with, call& what);
task<result<http::response>> look_at_copy(services& with, call& what);
task<result<http::response>> drop_copy(services& with, call& what);

}  // namespace hourkey::server::control
