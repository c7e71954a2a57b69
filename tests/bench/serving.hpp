#pragma once

#include "core/failure.hpp"
#include "http/server.hpp"
#include "net/reactor.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <memory>
#include <string>

namespace hourkey::bench {

struct serving_options {
    std::uint16_t port = 0;
    std::string cert_file, key_file;
    unsigned threads = 1;

    void add_to(CLI::App& app);
};

/// A service that refuses tersely and keeps no account of what it sent.
class plain_service : public http::service {
public:
    http::response refuse(const failure& why, const net::peer& from) final;
    void finished(const http::request*, const http::response&, bool,
                  std::chrono::steady_clock::duration) noexcept final {}
};

using make_service = std::function<std::unique_ptr<http::service>(net::reactor&)>;

/// Prints `listening PORT` and serves over TLS, one reactor a thread, until the process is ended. Returns an exit code
/// only when it cannot begin.
int serve(const serving_options& options, const make_service& make);

/// Says why a program cannot go on; 1.
int give_up(const failure& why);

}  // namespace hourkey::bench
