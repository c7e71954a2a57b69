#pragma once

#include "core/failure.hpp"
#include "http/client.hpp"
#include "net/connection_pool.hpp"
#include "net/reactor.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace hourkey::server {

/// A blocking client for the command line: one exchange after the other on a reactor of its own.
class blocking_client {
public:
    explicit blocking_client(net::endpoint to);

    struct answer {
        int status = 0;
        std::string body;
    };
    /// `token` empty: none is sent. The body, when there is one, is JSON.
    [[nodiscard]] result<answer> send(http::method verb, std::string target, std::string body, std::string_view token);

private:
    std::string host_field_;
    net::reactor reactor_;
    net::connection_pool pool_;
};

}  // namespace hourkey::server
