#pragma once

#include "core/task.hpp"
#include "crypto/certificate.hpp"
#include "emulator/emulator_server.hpp"
#include "emulator/sts_emulator.hpp"
#include "net/reactor.hpp"
#include "net/tls_context.hpp"
#include "sts/endpoint.hpp"
#include "support/run_on.hpp"
#include "support/scratch_folder.hpp"
#include "support/wait_until.hpp"

#include <doctest/doctest.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>

namespace hourkey::test {

using namespace std::chrono_literals;

class test_clock final : public clock_source {
public:
    wall_time now() const noexcept override { return system_clock().now() + std::chrono::seconds(ahead_.load()); }
    steady_time steady_now() const noexcept override {
        return system_clock().steady_now() + std::chrono::seconds(ahead_.load());
    }
    void advance(std::chrono::seconds by) noexcept { ahead_ += by.count(); }

private:
    std::atomic<long> ahead_{0};
};

inline constexpr std::string_view user_arn = "arn:aws:iam::111122223333:user/hourkey";

/// The emulator on a thread and loopback port of its own, over TLS.
class sts_peer {
public:
    sts_peer() {
        const auto now = system_clock().now();
        const crypto::validity valid{now - 24h, now + 24h * 30};
        auto authority = crypto::certificate_authority::make("hourkey test", valid);
        REQUIRE(authority.has_value());
        auto issued = authority->issue(
            {{"localhost", "sts.eu-west-1.amazonaws.com", "sts.me-south-1.amazonaws.com"}, {"127.0.0.1"}}, valid);
        REQUIRE(issued.has_value());
        ca_file = folder.put("ca.pem", authority->certificate());
        auto context = net::tls_server_context::load(folder.put("cert.pem", issued->certificate),
                                                     folder.put("key.pem", issued->key.expose()));
        REQUIRE(context.has_value());
        tls_ = *std::move(context);

        emulator.put_user("AKIAHOURKEY", "base-secret", user_arn);
        emulator.put_user("AKIASECOND", "second-secret", user_arn);
        emulator::role target;
        target.arn = "arn:aws:iam::444455556666:role/team/deploy";
        target.principals = {std::string(user_arn), "arn:aws:iam::111122223333:role/base"};
        target.max_session_duration = 12h;
        emulator.put_role(target);
        emulator::role base;
        base.arn = "arn:aws:iam::111122223333:role/base";
        base.principals = {std::string(user_arn)};
        base.external_ids = {"base-id"};
        emulator.put_role(base);

        emulator::server_settings settings;
        settings.tls = tls_.get();
        auto bound = emulator::emulator_server::bind(reactor_, emulator, settings);
        REQUIRE(bound.has_value());
        server_ = *std::move(bound);
        port = server_->port();
        thread_ = std::thread([this] { reactor_.run(); });
    }
    ~sts_peer() {
        boost::asio::post(reactor_.context(), [this] {
            server_->stop();
            reactor_.stop();
        });
        thread_.join();
    }
    sts_peer(const sts_peer&) = delete;
    sts_peer& operator=(const sts_peer&) = delete;

    [[nodiscard]] sts::endpoint_table endpoints(const std::string& host = "localhost") const {
        auto table = sts::endpoint_table::make(
            {.region = "eu-west-1", .url = "https://" + host + ":" + std::to_string(port), .ca_file = ca_file});
        REQUIRE(table.has_value());
        return *std::move(table);
    }
    /// Each region's own, of those in the certificate; look_up() leads there.
    [[nodiscard]] sts::endpoint_table regional_endpoints() const {
        auto table = sts::endpoint_table::make({.region = "eu-west-1", .ca_file = ca_file});
        REQUIRE(table.has_value());
        return *std::move(table);
    }
    [[nodiscard]] net::name_lookup look_up() const {
        return [port = port](const std::string&, std::uint16_t) -> result<net::addresses> {
            return net::addresses{boost::asio::ip::tcp::endpoint(boost::asio::ip::address_v4::loopback(), port)};
        };
    }
    void fail(emulator::fault what, std::optional<std::uint64_t> count = std::nullopt,
              std::chrono::milliseconds delay = 20ms) {
        emulator::fault_rule rule;
        rule.what = what;
        rule.count = count;
        rule.delay = delay;
        emulator.set_fault(rule);
    }
    /// Open now, asked on the server's own thread.
    [[nodiscard]] std::size_t connections() {
        std::promise<std::size_t> count;
        boost::asio::post(reactor_.context(), [&] { count.set_value(server_->connections()); });
        return count.get_future().get();
    }
    [[nodiscard]] std::string last_outcome() const { return emulator.history().back().outcome; }

    scratch_folder folder;
    std::string ca_file;
    /// The emulator's; a test that moves its own gives that one, or hourkey would see its clock differ.
    test_clock clock;
    emulator::sts_emulator emulator{clock};
    std::uint16_t port = 0;

private:
    std::unique_ptr<net::tls_server_context> tls_;
    net::reactor reactor_;
    std::unique_ptr<emulator::emulator_server> server_;
    std::thread thread_;
};

}  // namespace hourkey::test
