#pragma once

#include "server/blocking_client.hpp"
#include "server/config.hpp"

#include <string>

namespace hourkey::server {

/// One writer: a running server makes the change itself, asked over its control socket. Without a server (no socket, or one
/// that nobody answers: a leftover) connection_failed; an answer other than `expected` is the failure that it tells of.
[[nodiscard]] result<blocking_client::answer> ask_server(const config& c, http::method verb, std::string target, std::string body, int expected);

template <class T>
[[nodiscard]] bool is_without_server(const result<T>& asked) {
    return !asked && asked.error().code == errc::connection_failed;
}

}  // namespace hourkey::server
