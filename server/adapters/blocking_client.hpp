#pragma once

#include "core/failure.hpp"
#include "http/client.hpp"
#include "net/connection_pool.hpp"
#include "net/reactor.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace hourkey::server {

/// A blocking client for the command line: one exchange after the other on a reactor of its own.
class blocking_client {
public:
    /// `gives_up` is asked several times a second while an answer is awaited; true ends the call with shutting_down.
    /// Empty: never.
    explicit blocking_client(net::endpoint to, std::function<bool()> gives_up = {});

    struct answer {
        int status = 0;
        std::string body;
    };
    /// `token` empty: none is sent. The body, when there is one, is JSON.
    [[nodiscard]] result<answer> send(http::method verb, std::string target, std::string body, std::string_view token);

private:
    std::string host_field_;
    std::function<bool()> gives_up_;
    net::reactor reactor_;
    /// Shared with an exchange that was given up: its connection goes before it.
    std::shared_ptr<net::connection_pool> pool_;
};

}  // namespace hourkey::server
