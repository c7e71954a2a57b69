#pragma once

#include "core/task.hpp"

#include <boost/asio/basic_waitable_timer.hpp>

#include <chrono>

namespace hourkey {

using steady_timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                       boost::asio::wait_traits<std::chrono::steady_clock>, executor>;

}  // namespace hourkey
