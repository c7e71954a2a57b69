#pragma once

#include "client/api_client.hpp"
#include "http/server.hpp"
#include "net/connection_limits.hpp"
#include "net/listener.hpp"
#include "net/reactor.hpp"
#include "support/results.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace hourkey::test {

/// hourkey's server on loopback, as far as an agent asks it: answers `status` and `body` to everything.
class stand_in_server final : public http::service {
public:
    explicit stand_in_server(net::reactor& on) : on_(on), http_(on, *this) { start(0); }

    task<http::response> answer(const http::request& r) override {
        asked.push_back(std::string(r.find("Authorization").value_or("")) + " " + std::string(r.target));
        http::response a;
        a.status = status;
        a.body = body;
        for (const auto& h : headers) a.headers.push_back(h);
        co_return a;
    }
    http::response refuse(const failure& why, const net::peer&) override {
        http::response a;
        a.status = describe(why.code).http_status;
        return a;
    }
    void finished(const http::request*, const http::response&, bool,
                  std::chrono::steady_clock::duration) noexcept override {}

    [[nodiscard]] client::channel make_channel() const {
        client::settings with{
            .url = "http://127.0.0.1:" + std::to_string(port_), .ca_file = {}, .token = secret("hk_app_token")};
        return must(client::make_channel(on_, std::move(with)));
    }
    void stop() {
        listener_->stop();
        http_.drain();
    }
    void start_again() { start(port_); }

    int status = 200;
    std::string body;
    std::vector<http::header> headers;
    std::vector<std::string> asked;

private:
    void start(std::uint16_t port) {
        listener_ = must(net::listener::bind_tcp(on_, "127.0.0.1", port, nullptr, limits_));
        port_ = listener_->port();
        http_.attach(*listener_);
    }

    net::reactor& on_;
    net::connection_limits limits_{net::connection_caps{}};
    http::server http_;
    std::unique_ptr<net::listener> listener_;
    std::uint16_t port_ = 0;
};

}  // namespace hourkey::test
