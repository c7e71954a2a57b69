#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace hourkey {

/// Every coroutine runs on one thread's io_context and stays there. Naming the concrete executor saves the
/// type-erased one's allocations (docs/PERFORMANCE.md).
using executor = boost::asio::io_context::executor_type;

template <class T = void>
using task = boost::asio::awaitable<T, executor>;

inline constexpr boost::asio::use_awaitable_t<executor> use_task{};
/// Errors come back as the first element instead of an exception.
inline constexpr boost::asio::as_tuple_t<boost::asio::use_awaitable_t<executor>> as_task_tuple{};

}  // namespace hourkey
