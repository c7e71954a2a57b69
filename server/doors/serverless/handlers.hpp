#pragma once

#include "core/failure.hpp"
#include "core/task.hpp"
#include "http/message.hpp"
#include "server/doors/call.hpp"

namespace hourkey::server {
struct services;
}

namespace hourkey::server::serverless {

[[nodiscard]] task<result<http::response>> access_secret(services& with, call& what);

}  // namespace hourkey::server::serverless
