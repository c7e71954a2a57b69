#pragma once

#include "http/server.hpp"
#include "net/reactor.hpp"
#include "scripted_stream.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hourkey::test {

/// Keeps what it was asked and answers with what it saw.
class recording_service final : public http::service {
public:
    struct seen {
        std::string method, target, path, query, body, authorization;
        std::size_t headers;
        deadline until;
    };
    struct finish {
        bool had_request, delivered;
        int status;
        bool body_wiped;
        std::size_t body_size;
    };

    explicit recording_service(net::reactor& on) : on_(on) {}

    task<http::response> answer(const http::request& r) override {
        requests.push_back({std::string(to_text(r.verb)), std::string(r.target), std::string(r.path),
                            std::string(r.query), std::string(r.body),
                            std::string(r.find("authorization").value_or("")), r.headers.size(), r.until});
        co_await boost::asio::post(on_.get_executor(), use_task);  // a service suspends: the views must outlive that
        if (before_answer) before_answer();
        if (throws) throw std::runtime_error("SELECT secret FROM /etc/shadow");
        // Read from the views again, after the suspension.
        http::response a = reply;
        if (a.body.empty())
            a.body = std::string(to_text(r.verb)) + " " + std::string(r.target) + " " + std::string(r.body);
        co_return a;
    }

    http::response refuse(const failure& why, const net::peer&) override {
        refusals.push_back(why);
        http::response a;
        a.status = describe(why.code).http_status;
        a.body = "{\"code\":\"" + std::string(describe(why.code).api) + "\",\"message\":\"" + std::string(why.text()) +
                 "\"}";
        a.pause = refusals_pause;
        return a;
    }

    void finished(const http::request* r, const http::response& a, bool delivered,
                  std::chrono::steady_clock::duration took) noexcept override {
        finishes.push_back(
            {r != nullptr, delivered, a.status, a.body.find_first_not_of('\0') == std::string::npos, a.body.size()});
        if (took < std::chrono::steady_clock::duration::zero()) finishes.clear();
    }

    http::response reply;
    std::chrono::milliseconds refusals_pause{0};
    bool throws = false;
    std::function<void()> before_answer;
    std::vector<seen> requests;
    std::vector<failure> refusals;
    std::vector<finish> finishes;

private:
    net::reactor& on_;
};

/// A server on scripted streams.
class server_fixture {
public:
    explicit server_fixture(http::server_limits limits = {}) : service(on), server(on, service, limits) {}

    /// Starts one connection; run() or run_until() moves it.
    std::shared_ptr<script> connect(std::deque<std::string> chunks, ending end = ending::fin,
                                    net::connection_slot slot = {}) {
        auto peer = std::make_shared<script>(std::move(chunks), end);
        net::accepted connection;
        connection.stream = std::make_unique<scripted_stream>(on.get_executor(), peer);
        connection.from.address = "192.0.2.1";
        connection.slot = std::move(slot);
        connection.slot.let_give_way(on.handle(), [stream = connection.stream.get()] { stream->give_way(); });
        ++open;
        on.spawn(watch(server.serve(std::move(connection))));
        return peer;
    }

    void run() {
        run_until([this] { return open == 0; });
    }
    template <class Done>
    void run_until(Done done) {
        const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        while (!done()) {
            if (std::chrono::steady_clock::now() > limit)
                throw std::runtime_error("the connection did not come to an end");
            on.context().run_one();
        }
    }

    /// What one connection writes for these chunks.
    std::string talk(std::deque<std::string> chunks, ending end = ending::fin) {
        auto peer = connect(std::move(chunks), end);
        run();
        return peer->written();
    }

    net::reactor on;
    recording_service service;
    http::server server;
    int open = 0;

private:
    task<> watch(task<> served) {
        co_await std::move(served);
        --open;
    }
};

[[nodiscard]] inline std::size_t count(std::string_view text, std::string_view what) {
    std::size_t n = 0;
    for (auto at = text.find(what); at != std::string_view::npos; at = text.find(what, at + what.size())) ++n;
    return n;
}

/// Date changes between two runs.
[[nodiscard]] inline std::string without_date(std::string text) {
    for (auto at = text.find("Date: "); at != std::string::npos; at = text.find("Date: ", at))
        text.erase(at, text.find("\r\n", at) - at + 2);
    return text;
}

[[nodiscard]] inline std::deque<std::string> byte_by_byte(std::string_view text) {
    std::deque<std::string> bytes;
    for (const char c : text) bytes.emplace_back(1, c);
    return bytes;
}

}  // namespace hourkey::test
