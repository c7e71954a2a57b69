#pragma once

#include "credentials_fixture.hpp"

#include "core/time_text.hpp"
#include "credentials/source.hpp"
#include "crypto/certificate.hpp"
#include "http/server.hpp"
#include "net/tls_context.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace hourkey::test {

struct seen {
    std::string what;  ///< "GET /path"
    std::map<std::string, std::string> fields;
};

/// A certificate for loopback, and the authority that it is trusted by.
class tls_files {
public:
    tls_files() {
        const auto now = system_clock().now();
        const crypto::validity valid{now - 1h, now + 1h};
        const auto authority = crypto::certificate_authority::make("test", valid).value();
        const auto leaf = authority.issue({.dns = {"localhost"}, .ip = {"127.0.0.1"}}, valid).value();
        ca_file_ = folder_.put("ca.pem", authority.certificate());
        const auto cert = folder_.put("cert.pem", leaf.certificate);
        const auto key = folder_.put("key.pem", leaf.key.expose());
        context_ = net::tls_server_context::load(cert, key).value();
    }
    [[nodiscard]] const std::string& ca_file() const { return ca_file_; }
    [[nodiscard]] net::tls_server_context& context() const { return *context_; }

private:
    scratch_folder folder_;
    std::string ca_file_;
    std::unique_ptr<net::tls_server_context> context_;
};

/// What a platform gives to a container or a machine, on a thread and a loopback port of its own.
class platform : public http::service {
public:
    using answers = std::function<http::response(const seen&, int before)>;

    /// `tls` null: plain text.
    explicit platform(answers how, net::tls_server_context* tls = nullptr)
        : answer_(std::move(how)), scheme_(tls == nullptr ? "http" : "https") {
        auto bound = net::listener::bind_tcp(on_, "127.0.0.1", 0, tls, limits_);
        REQUIRE(bound.has_value());
        listener_ = *std::move(bound);
        server_.attach(*listener_);
        thread_ = std::thread([this] { on_.run(); });
    }
    ~platform() override {
        boost::asio::post(on_.context(), [this] { on_.stop(); });
        thread_.join();
    }
    platform(const platform&) = delete;
    platform& operator=(const platform&) = delete;

    task<http::response> answer(const http::request& r) override {
        seen now{std::string(to_text(r.verb)) + " " + std::string(r.target), {}};
        for (const auto& [name, value] : r.headers) now.fields.emplace(name, value);
        const std::scoped_lock lock(mutex_);
        seen_.push_back(now);
        co_return answer_(now, static_cast<int>(seen_.size()) - 1);
    }
    http::response refuse(const failure&, const net::peer&) override {
        http::response out;
        out.status = 400;
        return out;
    }
    void finished(const http::request*, const http::response&, bool,
                  std::chrono::steady_clock::duration) noexcept override {}

    [[nodiscard]] std::string url() const { return scheme_ + "://127.0.0.1:" + std::to_string(listener_->port()); }
    [[nodiscard]] std::vector<seen> all() {
        const std::scoped_lock lock(mutex_);
        return seen_;
    }

private:
    answers answer_;
    std::string scheme_;
    std::mutex mutex_;
    std::vector<seen> seen_;
    net::reactor on_;
    net::connection_limits limits_{{}};
    std::unique_ptr<net::listener> listener_;
    http::server server_{on_, *this};
    std::thread thread_;
};

inline http::response with(int status, std::string body) {
    http::response out;
    out.status = status;
    out.body = std::move(body);
    return out;
}

inline const std::string later = "2099-01-02T03:04:05Z";

/// The document of both kinds of endpoint.
inline std::string keys_document(const std::string& code = {}, const std::string& expiration = later,
                                 const std::string& id = "ASIATASK") {
    return R"({"RoleArn":"arn:aws:iam::111122223333:role/task","AccessKeyId":")" + id +
           R"(","SecretAccessKey":"s","Token":"t","Expiration":")" + expiration + '"' +
           (code.empty() ? "" : R"(,"Code":")" + code + '"') + "}";
}

/// As a peer does that thinks for long, or whose packets get lost.
inline http::response after(std::chrono::milliseconds pause, http::response out) {
    out.pause = pause;
    return out;
}
inline http::response never() { return after(24h, with(200, "")); }

/// Keys with an end, as a platform gives them now; its answers read this on another thread.
class given_keys {
public:
    void give(const std::string& id, wall_time until) {
        const std::scoped_lock lock(mutex_);
        document_ = keys_document("Success", to_rfc3339(until), id);
    }
    void break_off() {
        const std::scoped_lock lock(mutex_);
        document_.clear();
    }
    [[nodiscard]] http::response answer() const {
        const std::scoped_lock lock(mutex_);
        return document_.empty() ? with(500, "") : with(200, document_);
    }

private:
    mutable std::mutex mutex_;
    std::string document_;
};

/// What every platform's keys owe: they are fetched again ahead of their end, also while the platform has no newer
/// ones yet, serve while it is out until that end and not beyond it, and come back with it.
inline void check_life_of_keys(sts_peer& sts, test_environment& variables, given_keys& given) {
    sts.fail(emulator::fault::unavailable);  // so that it refuses nothing
    auto& clock = sts.clock;
    const auto in = [&clock](std::chrono::seconds life) { return clock.now() + life; };
    auto settings = quick_settings(variables);
    settings.calls.clock = &clock;
    given.give("ASIAONE", in(6h));
    const auto base = start_base(std::move(settings), sts.endpoints());
    const auto key = [&base] {
        const auto now = base->current();
        return now ? (*now)->keys.access_key_id : std::string(now.error().hint);
    };
    CHECK(key() == "ASIAONE");

    clock.advance(5h + 46min);
    wait_until([&] { return base->status().age.value() < 1h; });
    wait_until([&] { return key() == "ASIAONE"; });
    CHECK(base->status().problem.empty());
    given.give("ASIATWO", in(6h));
    clock.advance(10min);
    wait_until([&] { return key() == "ASIATWO"; });

    given.break_off();
    clock.advance(5h + 40min);
    wait_until([&] { return !base->status().problem.empty(); });
    // A call that was under way meanwhile takes the leap for a wrong clock, until the next is answered.
    wait_until([&] { return key() == "ASIATWO" && base->status().ready; });
    clock.advance(14min);
    wait_until([&] { return !base->current().has_value(); });
    given.give("ASIATHREE", in(6h));
    clock.advance(1min);
    wait_until([&] { return key() == "ASIATHREE"; });
}

/// Nobody: for sources that do not ask STS.
inline sts::channel no_sts(net::reactor& on) {
    auto endpoint =
        sts::endpoint_table::make({.region = "eu-west-1", .url = "http://127.0.0.1:9"})->for_region("eu-west-1");
    return sts::channel(on, *std::move(endpoint), {});
}

/// What a source comes to when it is asked once.
template <class Source>
result<credentials::fetched_keys> fetch_once(Source from, const credentials::base_credentials_settings& settings) {
    net::reactor on;
    auto nobody = no_sts(on);
    const credentials::fetch_tools tools{nobody, on, settings};
    return run_on(on, fetch(std::move(from), tools));
}

inline std::string told(const result<credentials::fetched_keys>& got) {
    if (!got) return got.error().hint;
    const auto& keys = got->keys;
    return keys.access_key_id + " until " + (keys.expiration ? to_rfc3339(*keys.expiration) : "ever");
}

}  // namespace hourkey::test
